import { join } from 'node:path';
import { z } from 'zod';
import { SHOP_REPOSITORY } from '../../../demo/sekisho-yaml.ts';
import { fetchInto } from '../../../demo/stand-ins/github/fetch-into.ts';
import type { StandInGitHubApi } from '../../../demo/stand-ins/github/index.ts';
import {
  type App,
  accountOf,
  type Dispatch,
  pullOf,
  type Repository,
} from '../../../demo/stand-ins/github/state.ts';
import { type StepOutcome, startStep } from '../../../demo/stand-ins/github-runner/index.ts';
import type { SimulatedJob } from '../../../demo/stand-ins/github-tokens.ts';

const ACTION = join(import.meta.dirname, '../../../action');

/** A repository on GitHub whose workflows are ours. */
export interface OnGitHub {
  readonly github: StandInGitHubApi;
  readonly repository: Repository;
  readonly app: App;
  readonly world: {
    /** Git's own, from which jobs check out. */
    readonly repository: { readonly directory: string };
    startJob(job: JobOnGitHub): Promise<{ readonly env: Readonly<Record<string, string>> }>;
  };
  /** The server's address. */
  readonly stage: { readonly url: string };
  /** With `terraform` in it. */
  readonly bin: string;
}

export interface JobOnGitHub {
  readonly stack: string;
  readonly commit: string;
  readonly actor: string;
  readonly environment?: string;
  readonly claims?: Partial<SimulatedJob>;
}

/** What a job of a stack did; its apply is absent where the workflow skips it. */
export interface StackJobs {
  readonly plan: StepOutcome;
  readonly apply?: StepOutcome;
}

/** One run of `change.yml`, by stack. */
export type Run = ReadonlyMap<string, StackJobs>;

interface RunOrder {
  /** `commit` is `github.sha`. */
  readonly job: Partial<SimulatedJob> & Pick<SimulatedJob, 'event' | 'ref' | 'commit' | 'runId'>;
  /** What the run's jobs check out. */
  readonly checkout: string;
  readonly actor: string;
  /** The event, as GitHub delivers it. */
  readonly payload: object;
  /** Of `workflow_dispatch`. */
  readonly inputs: Readonly<Record<string, string>>;
}

/** What GitHub starts when a pull request was opened or pushed to. */
export function runOfPullRequest(shop: OnGitHub, number: number): Promise<Run> {
  const { head, issue, mergeCommit } = pullOf(shop.repository, number);
  const commit = mergeCommit ?? '';
  const branches = { headRef: head.branch, baseRef: 'main' };
  return play(shop, {
    job: {
      ...{
        event: 'pull_request',
        ref: `refs/pull/${number}/merge`,
        commit,
        runId: newRun(shop),
        ...branches,
      },
    },
    ...{ checkout: commit, actor: issue.author, payload: lastEvent(shop, 'pull_request'), inputs: {} },
  });
}

/** What GitHub starts when somebody pushed, or merged, to the main branch. */
export function runOfPush(shop: OnGitHub, actor: string): Promise<Run> {
  const commit = shop.repository.branches.get('main') ?? '';
  return play(shop, {
    job: { event: 'push', ref: 'refs/heads/main', commit, runId: newRun(shop) },
    ...{ checkout: commit, actor, payload: lastEvent(shop, 'push'), inputs: {} },
  });
}

/** What GitHub starts when our App asks it to: the workflow as the main branch has it. */
export function runOfDispatch(shop: OnGitHub, { ref, inputs, actor, run }: Dispatch): Promise<Run> {
  const actorId = String(accountOf(shop.github.state, actor).id);
  return play(shop, {
    job: {
      ...{ event: 'workflow_dispatch', ref, commit: run.sha, runId: String(run.id), actor, actorId },
    },
    ...{ checkout: inputs.commit ?? '', actor: 'taro', payload: { inputs }, inputs },
  });
}

const newRun = ({ github }: OnGitHub): string => String(github.state.nextId());

const lastEvent = ({ app }: OnGitHub, name: string): object =>
  app.deliveries.findLast(({ event }) => event === name)?.payload ?? {};

const waves = z.array(z.object({ stack: z.string(), environment: z.string() }));

/** The jobs of action/workflows: which stacks; then for each its plan, and its apply where that is asked for. */
async function play(shop: OnGitHub, order: RunOrder): Promise<Run> {
  const { stacks = '', purpose = '', commit = '' } = order.inputs;
  for (const each of [order.checkout, order.job.commit])
    await fetchInto(shop.world.repository.directory, shop.repository, each);
  const step = steps(shop, order);
  const listed = await step({ mode: 'stacks', stacks, purpose }, 'shop-staging');
  if (listed.exitCode !== 0) throw new Error(listed.log.shown());
  const run = new Map<string, StackJobs>();
  for (const wave of [1, 2, 3, 4]) {
    for (const { stack, environment } of waves.parse(JSON.parse(listed.outputs[`wave-${wave}`] ?? ''))) {
      const of = { 'pull-request': order.inputs['pull-request'] ?? '', commit };
      const plan = await step({ mode: 'plan', stack, ...of }, stack);
      const { plan: id = '', state } = plan.outputs;
      const isAsked = order.job.event === 'push' || purpose === 'apply';
      const applies = isAsked && id !== '' && state !== 'no-changes';
      // The workflow waits half an hour for who has yet to approve; here nobody comes.
      const inputs = { mode: 'apply', stack, plan: id, wait: '0' };
      run.set(stack, { plan, ...(applies ? { apply: await step(inputs, stack, environment) } : {}) });
    }
  }
  return run;
}

type Step = (
  inputs: Readonly<Record<string, string>>,
  stack: string,
  environment?: string,
) => Promise<StepOutcome>;

/** Steps of one run, each in a job of its own with a fresh checkout. */
function steps({ world, repository, stage, bin }: OnGitHub, order: RunOrder): Step {
  const { job, checkout: commit, actor, payload } = order;
  const { callingWorkflow, protectedWorkflow } = SHOP_REPOSITORY;
  const main = { ref: 'refs/heads/main', commit: repository.branches.get('main') ?? '' };
  const masks = new Set<string>();
  return async (inputs, stack, environment) => {
    const jobWorkflow =
      inputs.mode === 'stacks'
        ? { path: callingWorkflow, ref: job.ref, commit: job.commit }
        : { path: protectedWorkflow, ...main };
    const { env } = await world.startJob({
      ...{ stack, commit, actor },
      ...(environment === undefined ? {} : { environment }),
      claims: { ...job, jobWorkflow, runNumber: job.runId ?? '', runAttempt: '1' },
    });
    return startStep({
      ...{ action: ACTION, event: payload, masks },
      inputs: { server: stage.url, ...inputs },
      env: { ...env, PATH: `${bin}:${env.PATH}` },
    }).ended;
  };
}
