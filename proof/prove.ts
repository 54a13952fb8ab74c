import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OutsideTools } from '../demo/outside-tools.ts';
import type { Decision } from '../demo/stand-ins/enforcing-aws/index.ts';
import { type FittedPolicy, fitPolicy, type Need, needsOfPlan } from '../src/credentials/core/index.ts';
import { type Plan, readPlan } from '../src/plan/index.ts';
import { type Account, openAccount } from './account.ts';
import type { Denial, PlanResult, ProvenCall, Step, WithGrant } from './result.ts';
import { STEPS } from './result.ts';
import { MOST_RESOURCES, type Stack } from './stacks.ts';
import { stolenGrants } from './stolen-grants.ts';
import { openStackFolder, type StackFolder } from './workspace.ts';

export interface ProofOptions {
  readonly tools: OutsideTools;
  /** A folder to work in; emptied first. */
  readonly folder: string;
  /** Hears of each result as soon as it is there. */
  readonly onResult: (result: PlanResult) => Promise<void> | void;
  /** Is handed each grant after its apply; a thief, where absent. */
  readonly withGrant?: WithGrant;
  readonly steps?: readonly Step[];
}

const QUIET = ['-input=false', '-lock=false'];
const PLAN_FILE = 'step.tfplan';

/**
 * Takes a stack through its steps by the real Terraform in a stand-in of its own. Each step is planned by a reader; its policy is
 * derived from the plan file alone, and it is applied by an administrator's session that this policy restricts.
 */
export async function proveStack(
  stackFor: (account: string) => Promise<Stack>,
  { tools, folder, onResult, withGrant = stolenGrants(), steps = STEPS }: ProofOptions,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const account = await openAccount(tools, join(folder, 'moto'));
  try {
    const stack = await stackFor(account.id);
    if (stack.stateBucket !== undefined) await account.makeBucket(stack.stateBucket);
    const place = await openStackFolder(tools, join(folder, 'terraform'), stack, account);
    if (stack.prerequisites.length > 0) {
      const targets = stack.prerequisites.map((address) => `-target=${address}`);
      const errors = await place.run(['apply', ...QUIET, '-auto-approve', ...targets], account.administrator);
      if (errors.length > 0) throw new Error(`${stack.name}: prerequisites: ${errors.join('\n')}`);
    }
    for (const step of steps) await onResult(await proveStep(stack, step, account, place, withGrant));
  } finally {
    await account.stop();
  }
}

async function proveStep(
  stack: Stack,
  step: Step,
  account: Account,
  place: StackFolder,
  withGrant: WithGrant,
): Promise<PlanResult> {
  if (step === 'update') await place.use(stack.after);
  const kept = step === 'import' ? await place.readState(account.administrator) : undefined;
  const imported =
    step === 'import' ? await place.forgetForImport(stack.resources, account.administrator) : [];
  const args = [...QUIET, '-refresh=false', ...argumentsOf(stack, step)];
  const planning = await place.run(['plan', ...args, `-out=${PLAN_FILE}`], account.reader);
  if (planning.length > 0) throw new Error(`${stack.name} ${step}: no plan: ${planning.join('\n')}`);
  const derived = await derive(join(place.folder, PLAN_FILE), account);
  const session = `${stack.name}-${step}`;
  const { credentials, end } = await account.begin(derived.fitted, session);
  const begin = performance.now();
  const errors = await place.run(['apply', '-input=false', PLAN_FILE], credentials);
  const applySeconds = Math.round((performance.now() - begin) / 100) / 10;
  const result: PlanResult = {
    stack: stack.name,
    step,
    resources: changedBy(derived.plan),
    account: account.id,
    region: account.region,
    inline: derived.fitted.managed.length === 0,
    sizeCharacters: derived.fitted.sizeCharacters,
    additions: derived.fitted.additions,
    needs: [...derived.needs],
    policies: [derived.fitted.policy, ...derived.fitted.managed.map(({ policy }) => policy)],
    ...askedBy(session, account.aws.decisions()),
    errors: [...errors],
    applySeconds,
  };
  if (result.resources.length > MOST_RESOURCES) {
    throw new Error(`${stack.name} ${step}: the plan changes ${result.resources.length} resources`);
  }
  const grant = { endpoint: account.aws.url, credentials, administrator: account.administrator };
  const { id, region, roleArn, aws } = account;
  const { decisions } = aws;
  const misuses = await withGrant({ ...grant, account: id, region, roleArn, decisions, result });
  await end();
  await place.forgetImports();
  // The steps that follow are proven all the same: what is missing is made, or removed, by the administrator.
  if (kept !== undefined && errors.length > 0) await place.putState(kept, account.administrator);
  else if (result.denied.length > 0 && imported.length === 0) {
    await place.run(['apply', ...args, '-auto-approve'], account.administrator);
  }
  return misuses === undefined ? result : { ...result, misuses };
}

function argumentsOf({ resources }: Stack, step: Step): readonly string[] {
  switch (step) {
    case 'replace':
      return resources.map((address) => `-replace=${address}`);
    case 'delete':
      return ['-destroy', ...resources.map((address) => `-target=${address}`)];
    default:
      return [];
  }
}

interface Derived {
  readonly plan: Plan;
  readonly needs: readonly Need[];
  readonly fitted: FittedPolicy;
}

/** As `sekisho policy session` does it, and the server. */
async function derive(file: string, { id, region, protectedArns }: Account): Promise<Derived> {
  const plan = await readPlan(await readFile(file));
  if (!plan.ok) throw new Error(JSON.stringify(plan.error));
  const account = id as Parameters<typeof needsOfPlan>[1]['account'];
  const needs = needsOfPlan(plan.value, { account, region });
  if (!needs.ok) throw new Error(JSON.stringify(needs.error));
  const fitted = fitPolicy(needs.value, { account, region, protectedArns });
  if (!fitted.ok) throw new Error(JSON.stringify(fitted.error));
  return { plan: plan.value, needs: needs.value, fitted: fitted.value };
}

const changedBy = ({ changes }: Plan): string[] =>
  changes
    .filter(
      ({ mode, action, importing }) => mode === 'managed' && (action !== 'no-op' || importing !== undefined),
    )
    .map(({ address }) => address);

/** What the session asked of AWS, each different call once, and what of it was denied. */
function askedBy(
  session: string,
  decisions: readonly Decision[],
): { readonly calls: ProvenCall[]; readonly denied: Denial[] } {
  const own = decisions.filter(({ sessionName }) => sessionName === session);
  const calls = new Map<string, ProvenCall>();
  for (const { permissions } of own) {
    for (const [action, asked] of Map.groupBy(permissions, (permission) => permission.action)) {
      const resources = [...new Set(asked.map(({ resource }) => resource))].toSorted();
      if (action !== 'sts:GetCallerIdentity')
        calls.set(JSON.stringify([action, resources]), { action, resources });
    }
  }
  const denied = own.flatMap(({ kind, permissions, refusal, request }) => {
    if (kind !== 'refused') return [];
    const last = permissions.at(-1);
    const action = last?.action ?? `${request?.service}:${request?.operation}`;
    const resource = last?.resource ?? '*';
    const lacking = { Effect: 'Allow', Action: action, Resource: resource };
    return [{ action, resource, message: refusal?.message ?? '', lacking }];
  });
  return {
    calls: [...calls.values()],
    denied: [...Map.groupBy(denied, (one) => JSON.stringify(one)).values()].flatMap(([one]) => one ?? []),
  };
}
