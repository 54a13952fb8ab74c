import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { SESSION_NAMESPACE, sessionStatementText } from '#accounts/core';
import { APPROVAL_NAMESPACE, formatStatement, type PlanDetails, planDetails } from '#changes/core';
import { epochMs, parseAccountId, parseFingerprint, parsePersonName, parseStackName } from '#core-values';
import { type Client, json } from './client.ts';
import type { Ledger } from './ledger.ts';
import { ACTING, type Acting, type Keys } from './organization.ts';

/** The people of the shop at their keyboards; each does a thing again until it is answered. */
export interface People {
  /** Ends when the approval was answered, or when the person sees on the plan that it had been taken. */
  approve(name: Acting, plan: PlanDetails): Promise<void>;
  show(plan: string): Promise<PlanDetails>;
  /** What a person does about a plan that says `granted` while its job has nothing: takes the grant back. */
  revokeGrantOf(plan: string): Promise<void>;
  /** Asks for a signed checkpoint and keeps it. */
  keepCheckpoint(): Promise<void>;
}

const signedIn = z.object({ token: z.string() });
const taken = z.object({ auditEntry: z.string() });
const grants = z.object({ grants: z.array(z.object({ id: z.string(), status: z.string() })) });
const checkpoint = z.object({ note: z.string(), key: z.string() });

export async function peopleAt(url: string, send: Client, keys: Keys, ledger: Ledger): Promise<People> {
  const sessions = new Map<Acting, Promise<string>>();
  const sessionOf = (name: Acting): Promise<string> => {
    const known = sessions.get(name) ?? signIn(url, send, keys, name);
    sessions.set(name, known);
    return known;
  };
  const show: People['show'] = async (plan) => {
    const path = `/v1/plans/${plan}`;
    for (;;) {
      const bearer = await sessionOf('yuki');
      const shown = await send({ what: 'show', method: 'GET', path, bearer, read: json(planDetails) });
      if (shown.kind === 'acknowledged') return shown.value;
      if (shown.kind === 'refused')
        throw new Error(`${plan} was acknowledged and is gone: ${shown.rules.join()}`);
    }
  };
  return {
    show,
    approve: async (name, plan) => {
      const bearer = await sessionOf(name);
      for (;;) {
        const signed = sign(keys, name, plan);
        const path = `/v1/plans/${plan.id}/approvals`;
        const given = await send({
          ...{ what: 'approve', method: 'POST', path, bearer, body: signed },
          read: json(taken),
        });
        if (given.kind === 'acknowledged') {
          const { id, stack, fingerprint } = plan;
          const { auditEntry } = given.value;
          ledger.approvals.push({ plan: id, stack, fingerprint, person: name, ...signed, auditEntry });
          return;
        }
        if (given.kind === 'refused')
          return void ledger.surprises.push(`${name} may not approve: ${given.rules.join()}`);
        const { approvals } = await show(plan.id);
        if (approvals.some(({ approver, counts }) => approver === name && counts)) return;
      }
    },
    revokeGrantOf: async (plan) => {
      const bearer = await sessionOf('hanako');
      for (;;) {
        const path = `/v1/grants?plan=${plan}&status=issued`;
        const found = await send({ what: 'grants', method: 'GET', path, bearer, read: json(grants) });
        if (found.kind === 'unanswered') continue;
        const grant = found.kind === 'acknowledged' ? found.value.grants[0]?.id : undefined;
        if (grant === undefined) return;
        const revoked = await send({
          ...{ what: 'revoke', method: 'POST', path: `/v1/grants/${grant}/revoke`, bearer },
          ...{ body: { reason: 'the job never received it' }, read: json(taken) },
        });
        if (revoked.kind === 'acknowledged') ledger.revocations.push({ grant, ...revoked.value });
        if (revoked.kind !== 'unanswered') return;
      }
    },
    keepCheckpoint: async () => {
      const bearer = await sessionOf('kenji');
      const path = '/v1/audit/checkpoint';
      const made = await send({ what: 'checkpoint', method: 'GET', path, bearer, read: json(checkpoint) });
      if (made.kind === 'acknowledged') ledger.checkpoints.push(made.value);
      if (made.kind === 'refused') ledger.surprises.push(`no checkpoint: ${made.rules.join()}`);
    },
  };
}

async function signIn(url: string, send: Client, keys: Keys, name: Acting): Promise<string> {
  for (;;) {
    const nonce = randomBytes(24).toString('base64url');
    const statement = sessionStatementText({ server: url, at: epochMs(Date.now()), nonce });
    const body = { statement, signature: keys[name].sign(statement, SESSION_NAMESPACE) };
    const path = '/v1/sessions';
    const opened = await send({ what: 'sign in', method: 'POST', path, body, read: json(signedIn) });
    if (opened.kind === 'acknowledged') return opened.value.token;
    if (opened.kind === 'refused') throw new Error(`${name} cannot sign in: ${opened.rules.join()}`);
  }
}

function sign(keys: Keys, name: Acting, plan: PlanDetails): { statement: string; signature: string } {
  const statement = formatStatement({
    stack: read(parseStackName, plan.stack),
    account: read(parseAccountId, plan.account),
    environment: plan.environment,
    fingerprint: read(parseFingerprint, plan.fingerprint),
    decision: 'approve',
    approver: read(parsePersonName, name),
    at: epochMs(Date.now()),
  });
  return { statement, signature: keys[name].sign(statement, APPROVAL_NAMESPACE) };
}

function read<T>(parse: (words: string) => T | undefined, words: string): T {
  const value = parse(words);
  if (value === undefined) throw new Error(`not of its form: ${words}`);
  return value;
}

/** Both who own the stacks; Kenji only watches the log. */
export const APPROVERS: readonly Acting[] = ACTING.filter((name) => name !== 'kenji');
