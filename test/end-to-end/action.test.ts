import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, type ServerProcess, startServerProcess } from '../../demo/server-process.ts';
import {
  type ActionStep,
  type RunningStep,
  type StepOutcome,
  startStep,
} from '../../demo/stand-ins/github-runner/index.ts';
import { publishedPullRequest } from '../../demo/stand-ins/github-runner/published-event.ts';
import { openStage, type Stage } from '../../demo/story/stage.ts';
import { startWorld, type World } from '../../demo/world.ts';
import { obtainGrant } from '../../src/cli/ci-job.ts';
import { jobClient } from '../../src/cli/clients.ts';
import type { CliContext } from '../../src/cli/context.ts';
import { epochMs } from '../../src/core-values/index.ts';

/*
 * The bundled action as GitHub runs it, with a real server, real Terraform and an AWS that enforces. OpenTofu itself is not run: where
 * the action is told to take it, it finds Terraform under that name.
 */

const ACTION = join(import.meta.dirname, '../../action');
const SECRETS = /ASIA[A-Z0-9]{12,}|skg_[\w-]{20,}|eyJ[\w-]+\.eyJ[\w-]+\.|FwoG[\w/+=]{20,}/;

let directory: string;
let world: World;
let server: ServerProcess;
let serve: () => Promise<ServerProcess>;
let stage: Stage;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sekisho-action-'));
  world = await startWorld({ directory: join(directory, 'world') });
  const port = await freePort();
  serve = () => startServerProcess({ world, directory: join(directory, 'server'), port });
  server = await serve();
  const print = (): void => undefined;
  stage = await openStage({ world, url: server.url, directory, language: 'en', print, color: false });
  await mkdir(join(directory, 'bin'));
  for (const name of ['terraform', 'tofu'])
    await symlink(world.tools.terraform, join(directory, 'bin', name));
});
afterAll(async () => {
  await server?.stop();
  await world?.stop();
  await rm(directory, { recursive: true, force: true });
});

interface Run {
  readonly number: string;
  readonly commit: string;
  readonly event?: object;
  readonly masks: Set<string>;
}

let runs = 100;
const newRun = (commit: string): Run => {
  runs += 1;
  return { number: String(runs), commit, masks: new Set() };
};

const STACK = 'shop-staging';

/** One job of the protected workflow, with one step of the action; planning has no environment, applying has. */
async function step(run: Run, inputs: Readonly<Record<string, string>>): Promise<ActionStep> {
  const claims = { runId: run.number, runNumber: run.number, runAttempt: '1' };
  const order = { stack: STACK, commit: run.commit, actor: 'taro', claims } as const;
  const { env } = await world.startJob(
    inputs.mode === 'apply' ? { ...order, environment: 'staging' } : order,
  );
  return {
    ...{ action: ACTION, event: {}, masks: run.masks },
    inputs: { server: server.url, stack: STACK, ...inputs },
    env: { ...env, PATH: `${join(directory, 'bin')}:${env.PATH}` },
  };
}

async function ended(running: RunningStep): Promise<StepOutcome> {
  const outcome = await running.ended;
  const { log, outputs, summary, state } = outcome;
  expect(JSON.stringify([log.shown(), log.annotations(), outputs, summary, state])).not.toMatch(SECRETS);
  expect(log.misused()).toEqual([]);
  return outcome;
}

async function planned(run: Run, more: Readonly<Record<string, string>> = {}): Promise<string> {
  const outcome = await ended(startStep(await step(run, { mode: 'plan', ...more })));
  expect(outcome.exitCode, outcome.log.shown()).toBe(0);
  expect(outcome.outputs.state).toBe('awaiting-approval');
  // Key, token of the session, and the job's own: what must not be shown was there to be shown.
  expect([...run.masks].filter((mask) => SECRETS.test(mask)).length).toBeGreaterThanOrEqual(2);
  return outcome.outputs.plan ?? '';
}

const approve = async (plan: string): Promise<void> => {
  const { exitCode, output } = await stage.person('hanako', 'approve', plan, '--yes');
  expect(exitCode, output).toBe(0);
};

const commitTopic = (name: string): Promise<string> =>
  world.repository.commitFiles(
    { [`stacks/${STACK}/main.tf`]: `resource "aws_sns_topic" "a" {\n  name = "${name}"\n}\n` },
    'taro',
    `Add the topic ${name}`,
  );

/** Waits for what the step shows. */
async function shows({ log, ended: over }: RunningStep, words: string): Promise<void> {
  let isOver = false;
  void over.finally(() => {
    isOver = true;
  });
  while (!log.shown().includes(words)) {
    if (isOver) throw new Error(`The step ended without “${words}”:\n${log.shown()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('the action', () => {
  it('plans, is refused without an approval, and applies what was approved, once', async () => {
    const run = newRun(await commitTopic('first'));
    const plan = await planned(run);
    const early = await ended(startStep(await step(run, { mode: 'apply', plan })));
    expect(early.exitCode, early.log.shown()).toBe(3);
    expect(early.log.annotations().map(({ properties }) => properties.title)).toContain(
      'Sekisho: policy.not-permitted',
    );
    await approve(plan);
    const applied = await ended(startStep(await step(run, { mode: 'apply', plan })));
    expect([applied.exitCode, applied.outputs.state], applied.log.shown()).toEqual([0, 'applied']);
    expect(applied.log.shown()).toContain('Apply complete! Resources: 1 added');
    expect(applied.log.groups()).toEqual(['terraform init', 'terraform apply', 'terraform state']);
    const again = await ended(startStep(await step(run, { mode: 'apply', plan })));
    expect([again.exitCode, again.log.shown()]).toEqual([3, expect.stringContaining('[grant.used]')]);
  });

  it('tells the server what became of an apply although it was down at its end', async () => {
    const run = newRun(await commitTopic('second'));
    const plan = await planned(run);
    await approve(plan);
    const applying = startStep(await step(run, { mode: 'apply', plan }));
    await shows(applying, 'group: terraform apply');
    await server.kill();
    await shows(applying, 'trying again in');
    server = await serve();
    const applied = await ended(applying);
    expect([applied.exitCode, applied.outputs.state], applied.log.shown()).toEqual([0, 'applied']);
    expect((await stage.person('hanako', 'show', plan)).output).toContain('applied');
  });

  it('cancelled while OpenTofu (or Terraform by its name) applies ends in order and frees the stack', async () => {
    const commit = await world.repository.commitFiles(
      {
        [`stacks/${STACK}/main.tf`]:
          'resource "terraform_data" "slow" {\n  provisioner "local-exec" {\n    command = "exec sleep 600"\n  }\n}\n',
      },
      'taro',
      'Take long',
    );
    const run = newRun(commit);
    const plan = await planned(run, { terraform: 'tofu' });
    await approve(plan);
    const applying = startStep(await step(run, { mode: 'apply', plan, terraform: 'tofu' }));
    await shows(applying, 'Provisioning with');
    await applying.cancel();
    const cancelled = await ended(applying);
    expect(cancelled.exitCode, cancelled.log.shown()).not.toBe(0);
    expect(cancelled.log.shown()).not.toContain('Two interrupts received');
    const { output } = await stage.person('hanako', 'show', plan);
    expect(output).toContain('failed');
    await planned(newRun(await commitTopic('third')));
  });

  it('plans a pull request, told by the event that GitHub publishes as its example', async () => {
    const run = newRun(await commitTopic('fourth'));
    const change = await step(run, { mode: 'plan' });
    const claims = { event: 'pull_request', ref: 'refs/pull/2/merge', headRef: 'changes', baseRef: 'main' };
    const { env } = await world.startJob({ stack: STACK, commit: run.commit, actor: 'taro', claims });
    const outcome = await ended(
      startStep({ ...change, env: { ...env, PATH: change.env.PATH ?? '' }, event: publishedPullRequest() }),
    );
    expect(outcome.exitCode, outcome.log.shown()).toBe(0);
  });

  it('by hand, as a comment starts it, lists the stacks in waves and plans one at exactly the commit given', async () => {
    const main = await world.repository.head();
    const commit = await commitTopic('fifth');
    const claims = { event: 'workflow_dispatch', commit: main };
    const { env } = await world.startJob({ stack: STACK, commit, actor: 'taro', claims });
    const job = (inputs: Readonly<Record<string, string>>): ActionStep => ({
      ...{ action: ACTION, event: {}, inputs: { server: server.url, ...inputs } },
      env: { ...env, PATH: `${join(directory, 'bin')}:${env.PATH}` },
    });
    const listed = await ended(startStep(job({ mode: 'stacks', purpose: 'apply' })));
    expect(listed.exitCode, listed.log.shown()).toBe(0);
    const all = [1, 2, 3, 4].flatMap((wave) => JSON.parse(listed.outputs[`wave-${wave}`] ?? ''));
    expect(all).toContainEqual({ stack: STACK, environment: 'staging' });
    const planning = job({ mode: 'plan', stack: STACK, 'pull-request': '7', commit });
    const planned = await ended(startStep(planning));
    expect(planned.exitCode, planned.log.shown()).toBe(0);
    const { output } = await stage.person('hanako', 'show', planned.outputs.plan ?? '', '--format', 'json');
    expect(JSON.parse(output)).toMatchObject({ pullRequest: 7 });
  });

  it('gives forty jobs at once their credentials, and none fails', async () => {
    const commit = await world.repository.head();
    const { env } = await world.startJob({ stack: STACK, commit, actor: 'taro' });
    const output = { write: () => undefined, isTerminal: false, columns: 80 };
    const grants = await Promise.all(
      Array.from({ length: 40 }, async () => {
        const context: CliContext = {
          ...{ env: { ...env, SEKISHO_URL: server.url }, cwd: directory, language: 'en' },
          ...{ stdout: output, stderr: output, clock: { now: () => epochMs(Date.now()) } },
          exitWith: () => undefined,
        };
        const client = jobClient(context);
        return client.ok ? obtainGrant(context, client.value, { purpose: 'plan', stack: STACK }) : client;
      }),
    );
    expect(grants.filter((grant) => !grant.ok)).toEqual([]);
    const keys = grants.map((grant) => (grant.ok ? grant.value.credentials.accessKeyId : ''));
    expect(new Set(keys).size).toBe(40);
  });
});
