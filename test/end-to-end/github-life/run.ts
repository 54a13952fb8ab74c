import { join } from 'node:path';
import { z } from 'zod';
import type { PersonOfShop } from '../../../demo/people.ts';
import { SHOP_REPOSITORY } from '../../../demo/sekisho-yaml.ts';
import { fetchInto } from '../../../demo/stand-ins/github/fetch-into.ts';
import { type StepOutcome, startStep } from '../../../demo/stand-ins/github-runner/index.ts';
import type { SimulatedJob } from '../../../demo/stand-ins/github-tokens.ts';
import type { ShopStack } from '../../../demo/world.ts';
import type { ShopOnGitHub } from './shop.ts';

const ACTION = join(import.meta.dirname, '../../../action');

/** What a job of a stack did; its apply is absent where the workflow skips it. */
export interface StackJobs {
  readonly plan: StepOutcome;
  readonly apply?: StepOutcome;
}

/** One run of `change.yml`, by stack. */
export type Run = ReadonlyMap<string, StackJobs>;

interface RunOrder {
  readonly event: string;
  readonly ref: string;
  /** `github.sha` */
  readonly commit: string;
  readonly actor: PersonOfShop;
  /** The event, as GitHub delivers it. */
  readonly payload: object;
  readonly branches?: Pick<SimulatedJob, 'headRef' | 'baseRef'>;
}

/** What GitHub starts when a pull request was opened or pushed to. */
export function runOfPullRequest(shop: ShopOnGitHub, number: number): Promise<Run> {
  const pull = shop.repository.pulls.get(number);
  return play(shop, {
    ...{ event: 'pull_request', ref: `refs/pull/${number}/merge`, commit: pull?.mergeCommit ?? '' },
    ...{ actor: 'taro', payload: lastEvent(shop, 'pull_request') },
    branches: { headRef: pull?.head.branch ?? '', baseRef: 'main' },
  });
}

/** What GitHub starts when somebody pushed, or merged, to the main branch. */
export function runOfPush(shop: ShopOnGitHub, actor: PersonOfShop): Promise<Run> {
  const commit = shop.repository.branches.get('main') ?? '';
  const payload = lastEvent(shop, 'push');
  return play(shop, { ...{ event: 'push', ref: 'refs/heads/main', commit, actor, payload } });
}

const lastEvent = ({ app }: ShopOnGitHub, name: string): object =>
  app.deliveries.findLast(({ event }) => event === name)?.payload ?? {};

const waves = z.array(
  z.object({
    stack: z.enum(['shop-staging', 'shop-production']),
    environment: z.enum(['staging', 'production']),
  }),
);

/** The jobs of action/workflows: which stacks; then for each its plan, and its apply where something was pushed. */
async function play(shop: ShopOnGitHub, order: RunOrder): Promise<Run> {
  const { world, repository, github } = shop;
  await fetchInto(world.repository.directory, repository, order.commit);
  const runId = String(github.state.nextId());
  const here = jobsOf(shop, order, runId);
  const listed = await here.step({ mode: 'stacks' }, 'shop-staging');
  if (listed.exitCode !== 0) throw new Error(listed.log.shown());
  const run = new Map<string, StackJobs>();
  for (const wave of [1, 2, 3, 4]) {
    for (const { stack, environment } of waves.parse(JSON.parse(listed.outputs[`wave-${wave}`] ?? ''))) {
      const plan = await here.step({ mode: 'plan', stack }, stack);
      const { plan: id = '', state } = plan.outputs;
      const applies = order.event === 'push' && id !== '' && state !== 'no-changes';
      // The workflow waits half an hour for who has yet to approve; here nobody comes.
      const inputs = { mode: 'apply', stack, plan: id, wait: '0' };
      run.set(stack, { plan, ...(applies ? { apply: await here.step(inputs, stack, environment) } : {}) });
    }
  }
  return run;
}

function jobsOf({ world, repository, stage, bin }: ShopOnGitHub, order: RunOrder, runId: string) {
  const { event, ref, commit, actor, branches, payload } = order;
  const { callingWorkflow, protectedWorkflow } = SHOP_REPOSITORY;
  const main = { ref: 'refs/heads/main', commit: repository.branches.get('main') ?? '' };
  const masks = new Set<string>();
  const step = async (
    inputs: Readonly<Record<string, string>>,
    stack: ShopStack,
    environment?: 'staging' | 'production',
  ): Promise<StepOutcome> => {
    const jobWorkflow =
      inputs.mode === 'stacks'
        ? { path: callingWorkflow, ref, commit }
        : { path: protectedWorkflow, ...main };
    const { env } = await world.startJob({
      ...{ stack, commit, actor },
      ...(environment === undefined ? {} : { environment }),
      claims: { event, ref, jobWorkflow, runId, runNumber: runId, runAttempt: '1', ...branches },
    });
    const path = `${bin}:${env.PATH}`;
    return startStep({
      ...{ action: ACTION, event: payload, masks },
      inputs: { server: stage.url, ...inputs },
      env: { ...env, PATH: path },
    }).ended;
  };
  return { step };
}
