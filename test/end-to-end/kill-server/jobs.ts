import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { grantAnswer, type PlanDetails, uploadAnswer } from '#changes/core';
import { SHOP_REPOSITORY } from '../../../demo/sekisho-yaml.ts';
import type { World } from '../../../demo/world.ts';
import { type Answer, type Client, json } from './client.ts';
import type { Ledger } from './ledger.ts';
import type { LoadedStack } from './organization.ts';
import { APPROVERS, type People } from './people.ts';
import { type PlanFiles, plannedFrom, type TerraformState } from './plan-files.ts';

/** One stack's CI and its people: they make one change after the other, whatever happens to the server. */
export interface Crew {
  /** `applied` when Terraform ran and its report was taken; `again` when the run came to nothing and the next must plan anew. */
  change(): Promise<'applied' | 'again'>;
}

export interface CrewOptions {
  readonly world: World;
  readonly url: string;
  readonly send: Client;
  readonly people: People;
  readonly ledger: Ledger;
  readonly files: PlanFiles;
  readonly stack: LoadedStack;
  readonly random: () => number;
}

type Run = () => Promise<string>;

const reported = z.object({ auditEntry: z.string() });
const oidc = z.object({ value: z.string() });
const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** A grant that could not be had after so many tries is stuck, and a finding. */
const MOST_TRIES = 10;

export function crew(options: CrewOptions): Crew {
  const { stack, people, ledger, files, random } = options;
  let state: TerraformState = { lineage: '', serial: 0 };
  return {
    change: async () => {
      const token = startRun(options);
      if (!(await grantToPlan(options, token))) return 'again';
      const plan = await upload(options, token, plannedFrom(files[stack.account], state));
      if (plan === undefined) return 'again';
      // Those who approved a plan that came to nothing need not say it again.
      if (plan.state !== 'approved')
        await Promise.all(APPROVERS.map((person) => people.approve(person, plan)));
      const granted = await grantToApply(options, token, plan);
      if (granted === undefined) return 'again';
      if (!(await fetchFile(options, plan, granted.secret))) return 'again';
      await delay(random() * 20);
      // Terraform ran: the state moved on, whether the apply went well or not, and whatever becomes of the report.
      state = {
        lineage: state.lineage === '' ? crypto.randomUUID() : state.lineage,
        serial: state.serial + 1,
      };
      const outcome = random() < 0.2 ? 'failed' : 'applied';
      await report(options, plan, { ...granted, outcome, state });
      if (ledger.surprises.length > MOST_TRIES) throw new Error(ledger.surprises.join('\n'));
      return 'applied';
    },
  };
}

/** A new run of the protected workflow; answers how its jobs get tokens. */
function startRun({ world, url, stack }: CrewOptions): Run {
  const commit = 'c0ffee'.repeat(7).slice(0, 40);
  const variables = world.github.startJob({
    repository: SHOP_REPOSITORY.name,
    repositoryId: SHOP_REPOSITORY.id,
    ownerId: SHOP_REPOSITORY.ownerId,
    actor: 'taro',
    actorId: world.people.taro.githubId,
    event: 'push',
    ref: 'refs/heads/main',
    commit,
    workflow: SHOP_REPOSITORY.callingWorkflow,
    jobWorkflow: { path: SHOP_REPOSITORY.protectedWorkflow, ref: 'refs/heads/main', commit },
    job: 'apply',
    environment: stack.account,
  });
  const { ACTIONS_ID_TOKEN_REQUEST_URL: from = '', ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer = '' } = variables;
  return async () => {
    const headers = { authorization: `bearer ${bearer}` };
    const answer = await fetch(`${from}&audience=${encodeURIComponent(url)}`, { headers });
    return oidc.parse(await answer.json()).value;
  };
}

async function grantToPlan(options: CrewOptions, token: Run): Promise<boolean> {
  const { stack, ledger } = options;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const granted = await askForGrant(options, await token(), { purpose: 'plan', stack: stack.name });
    if (granted.kind === 'acknowledged') return true;
    if (granted.kind === 'refused') break;
  }
  ledger.surprises.push(`no plan grant for ${stack.name}`);
  return false;
}

async function askForGrant(
  { send, ledger }: CrewOptions,
  bearer: string,
  body: { readonly purpose: 'plan' | 'apply'; readonly stack: string; readonly plan?: string },
): Promise<Answer<z.infer<typeof grantAnswer>>> {
  const what = `grant to ${body.purpose}`;
  const answer = await send({
    ...{ what, method: 'POST', path: '/v1/grants', bearer, body },
    read: json(grantAnswer),
  });
  if (answer.kind !== 'acknowledged') return answer;
  const { grant, purpose, stack, account, plan, secret, credentials, auditEntry } = answer.value;
  const { accessKeyId } = credentials;
  const secretSha256 = secret === undefined ? undefined : sha256(secret);
  ledger.grants.push({ grant, purpose, stack, account, plan, secretSha256, accessKeyId, auditEntry });
  return answer;
}

/** A job that repeats its upload gets the same plan: the server may have taken it without being able to say so. */
async function upload(
  { send, stack, ledger }: CrewOptions,
  token: Run,
  file: Uint8Array,
): Promise<PlanDetails | undefined> {
  const path = `/v1/plans?stack=${stack.name}`;
  for (;;) {
    const bearer = await token();
    const sent = { what: 'upload', method: 'POST', path, bearer, body: file } as const;
    const answer = await send({ ...sent, read: json(uploadAnswer) });
    if (answer.kind === 'unanswered') continue;
    if (answer.kind === 'refused') {
      ledger.surprises.push(`upload for ${stack.name}: ${answer.rules.join()}`);
      return undefined;
    }
    const { id: plan, digest, auditEntry } = answer.value;
    if (digest !== sha256(file)) ledger.surprises.push(`${plan} has another digest than its file`);
    ledger.uploads.push({ plan, stack: stack.name, digest, auditEntry });
    return answer.value;
  }
}

interface GrantInHand {
  readonly grant: string;
  readonly secret: string;
}

/** Asks twice at the same time, as an impatient job may: at most one answer may hold credentials. */
async function grantToApply(
  options: CrewOptions,
  token: Run,
  plan: PlanDetails,
): Promise<GrantInHand | undefined> {
  const { stack, ledger, people, random } = options;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const body = { purpose: 'apply', stack: stack.name, plan: plan.digest } as const;
    const ask = async () => askForGrant(options, await token(), body);
    const answers = await Promise.all(random() < 0.5 ? [ask()] : [ask(), ask()]);
    const granted = answers.flatMap((answer) => (answer.kind === 'acknowledged' ? [answer.value] : []))[0];
    if (granted?.secret !== undefined) return { grant: granted.grant, secret: granted.secret };
    const { state } = await people.show(plan.id);
    if (state === 'failed') return undefined;
    // The answer with the credentials was lost. Nobody has them, so nobody can report: a person takes them back.
    if (state === 'granted') await people.revokeGrantOf(plan.id);
  }
  ledger.surprises.push(`${plan.id} of ${stack.name} is stuck: no grant in ${MOST_TRIES} tries`);
  return undefined;
}

async function fetchFile({ send, ledger }: CrewOptions, plan: PlanDetails, bearer: string): Promise<boolean> {
  const path = `/v1/plans/${plan.id}/file`;
  for (;;) {
    const fetched = await send({
      ...{ what: 'fetch', method: 'GET', path, bearer },
      read: async (response) => new Uint8Array(await response.arrayBuffer()),
    });
    if (fetched.kind === 'unanswered') continue;
    if (fetched.kind === 'acknowledged') {
      ledger.fetches.push({ plan: plan.id, digest: plan.digest, sha256: sha256(fetched.value) });
      return true;
    }
    ledger.surprises.push(`fetch of ${plan.id}: ${fetched.rules.join()}`);
    return false;
  }
}

async function report(
  { send, ledger }: CrewOptions,
  plan: PlanDetails,
  of: GrantInHand & { readonly outcome: 'applied' | 'failed'; readonly state: TerraformState },
): Promise<void> {
  const { grant, outcome, state } = of;
  const body = { outcome, exitCode: outcome === 'applied' ? 0 : 1, state };
  for (;;) {
    const answer = await send({
      ...{ what: 'report', method: 'POST', path: '/v1/reports', bearer: of.secret, body },
      read: json(reported),
    });
    if (answer.kind === 'acknowledged') {
      const { auditEntry } = answer.value;
      ledger.reports.push({ grant, plan: plan.id, stack: plan.stack, outcome, state, auditEntry });
      return;
    }
    if (answer.kind === 'unanswered') continue;
    ledger.surprises.push(`report of ${plan.id}: ${answer.rules.join()}`);
    return;
  }
}
