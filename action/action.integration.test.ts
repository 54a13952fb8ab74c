import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endStep, type RunningStep, type StepOutcome } from '../demo/stand-ins/github-runner/index.ts';
import { publishedPullRequest } from '../demo/stand-ins/github-runner/published-event.ts';
import { bundleAction, DIST, LICENCES, licencesOf, PARSER, parserOfPackage } from './bundle.ts';
import { type ActionStage, json, LINEAGE, openActionStage, PLAN, SECRETS } from './stage.ts';

let stage: ActionStage;
beforeEach(async () => {
  stage = await openActionStage();
});
afterEach(() => stage.end());

const PLANNING = { mode: 'plan', stack: 'shop' };
const APPLYING = { mode: 'apply', stack: 'shop', plan: PLAN };

/** Waits for what another process writes. */
async function appears(name: string): Promise<void> {
  while (!stage.has(name)) await new Promise(setImmediate);
}

function expectNothingLeaked({ log, outputs, summary, state }: StepOutcome): void {
  const seen = JSON.stringify([log.shown(), log.annotations(), log.groups(), outputs, summary, state]);
  for (const secret of Object.values(SECRETS)) expect(seen).not.toContain(secret);
}

const titles = ({ log }: StepOutcome): readonly (string | undefined)[] =>
  log.annotations().map(({ properties }) => properties.title);

it('is what its sources give: after a change, run `node scripts/make-action.ts`', async () => {
  const { code, packages } = await bundleAction();
  expect(readFileSync(DIST, 'utf8') === code).toBe(true);
  expect(packages).toEqual(['@cdktn/hcl2json', 'zod']);
  expect(readFileSync(LICENCES, 'utf8')).toBe(await licencesOf(packages));
  expect(readFileSync(PARSER).equals(await parserOfPackage())).toBe(true);
});

describe('a step that plans', () => {
  it('uploads the plan, tells its outputs and summary, groups Terraform’s words, and leaves nothing on disk', async () => {
    stage.put('says-plan', 'Plan: 1 to add, 0 to change, 0 to destroy.\n');
    const ended = await stage.start({ ...PLANNING, 'plan-arguments': '-target=a.b\n-var=x=1 2' }).ended;
    expect([ended.exitCode, ended.log.annotations()], ended.log.shown()).toEqual([0, []]);
    expect(ended.outputs).toMatchObject({
      ...{ plan: PLAN, state: 'approved', changes: '{"create":1}' },
      findings: '{"critical":0,"high":1,"medium":0,"low":0,"info":0}',
    });
    expect(ended.summary).toContain('### Sekisho: shop (staging)');
    expect(ended.log.groups()).toEqual(['terraform init', 'terraform plan']);
    expect(ended.log.shown()).toMatch(/group: terraform plan\nPlan: 1 to add/);
    expect(stage.read('calls')).toMatch(/^plan .* -target=a\.b -var=x=1 2$/m);
    expect([stage.leftOnDisk(), ended.forLaterSteps]).toEqual([[], '']);
    expectNothingLeaked(ended);
  });

  it('masks every secret before anything could print it, in the words of whatever runs', async () => {
    stage.put('leaks-plan');
    const ended = await stage.start(PLANNING).ended;
    expect(ended.log.shown()).toContain('"SecretAccessKey":"***"');
    for (const secret of Object.values(SECRETS).filter(
      (one) => one !== SECRETS.requestToken && one !== SECRETS.grant,
    ))
      expect(ended.log.masks()).toContain(secret);
    expectNothingLeaked(ended);
  });

  it('gives Terraform nothing by which it could speak to the runner, to GitHub or to us', async () => {
    await stage.start(PLANNING, {
      env: { TF_LOG: 'trace', TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE: '1' },
    }).ended;
    const environment = stage.read('environment-plan');
    expect(environment).not.toMatch(
      /^(?:INPUT_|STATE_|ACTIONS_|GITHUB_(?:ENV|PATH|OUTPUT|STATE|STEP_SUMMARY)=|TF_LOG|NODE_CHANNEL)/m,
    );
    expect(environment).not.toContain('MAY_BREAK');
    expect(environment).not.toContain('canary');
  });

  it('makes the provider cache’s folder where one is named', async () => {
    await stage.start(PLANNING, { env: { TF_PLUGIN_CACHE_DIR: `${stage.root}/a/cache` } }).ended;
    expect([stage.has('a/cache'), stage.read('environment-init')]).toEqual([
      true,
      expect.stringContaining('a/cache'),
    ]);
  });

  it.each([
    '::stop-commands::x',
    '  ::add-mask::pln',
    '\u2028::error::no',
    'fine\r::error::not an error',
    'it says ##[error]no',
    '##[add-mask]pln',
    '::set-output name=plan::pln_other',
  ])('lets Terraform give the runner no command: %j', async (line) => {
    stage.put('says-plan', `${line}\n`);
    const ended = await stage.start(PLANNING).ended;
    expect([ended.log.annotations(), ended.log.misused()]).toEqual([[], []]);
    expect(ended.log.shown()).toContain(PLAN);
    expectNothingLeaked(ended);
  });

  it('marks Terraform’s errors in their files, and says what to do', async () => {
    stage.put(
      'says-plan',
      '\nError: Unsupported argument\n\n  on main.tf line 4, in resource "aws_sns_topic" "a":\n   4:   foo = 1\n\nAn argument named "foo": 100%, not expected here.\n',
    );
    stage.put('exit-plan', '1');
    const ended = await stage.start(PLANNING).ended;
    expect(ended.exitCode).toBe(4);
    expect(ended.log.annotations()).toEqual([
      {
        name: 'error',
        properties: { file: 'stack/main.tf', line: '4', title: 'Error: Unsupported argument' },
        data: expect.stringContaining('An argument named "foo": 100%, not expected here.'),
      },
      {
        name: 'error',
        properties: { title: 'Sekisho: ci.terraform-failed' },
        data: expect.stringContaining('exit code 1'),
      },
    ]);
  });

  it('on a schedule looks for drift, and tells of it without failing', async () => {
    const step = { env: { GITHUB_EVENT_NAME: 'schedule' } };
    const ended = await stage.start({ stack: 'shop' }, step).ended;
    expect([ended.exitCode, titles(ended)]).toEqual([0, ['Sekisho: shop has drifted']]);
  });

  it('speaks Japanese where it is asked to', async () => {
    stage.put('exit-init', '1');
    const ended = await stage.start({ ...PLANNING, language: 'ja' }).ended;
    expect(ended.log.annotations()[0]?.data).toContain('終了コード 1 で終了しました');
  });
});

it('does nothing with a secret until the runner masks it', async () => {
  const { env } = stage.step(PLANNING);
  const work = spawn(process.execPath, [DIST, 'worker'], {
    env,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const order = {
    ...{ mode: 'plan', language: 'en', stack: 'shop', plan: '', terraform: 'terraform' },
    wait: '0',
  };
  const variables = { SEKISHO_URL: stage.step({}).inputs.server };
  work.send({ kind: 'order', folder: stage.root, order: { ...order, arguments: [], variables } });
  const secrets: string[] = [];
  const [first] = await once(work, 'message');
  // Time enough to ask the server many times.
  for (let count = 0; count < 50; count += 1) await fetch(`${variables.SEKISHO_URL}/token`);
  expect([first, stage.asked]).toEqual([{ kind: 'secret', id: 1, value: SECRETS.token }, []]);
  work.on('message', (said: { readonly kind: string; readonly id: number; readonly value: string }) => {
    if (said.kind !== 'secret') return;
    secrets.push(said.value);
    work.send({ kind: 'masked', id: said.id });
  });
  work.send({ kind: 'masked', id: 1 });
  expect(await once(work, 'exit')).toEqual([0, null]);
  expect(secrets).toEqual(expect.arrayContaining([SECRETS.secretAccessKey, SECRETS.sessionToken]));
  expect(stage.asked).toEqual(['POST /v1/grants', 'POST /v1/plans']);
});

describe('a step that cannot do its work', () => {
  it('names everything that is wrong with its inputs at once', async () => {
    const ended = await stage.start({ mode: 'aply', server: 'http://sekisho.example.com', wait: 'long' })
      .ended;
    expect(ended.exitCode).toBe(2);
    const words = ended.log.annotations().map(({ data }) => /`(.*?)`/.exec(data)?.[1]);
    expect(words).toEqual(['mode', 'server', 'wait']);
    expect(stage.asked).toEqual([]);
  });

  it('shows the server’s refusal with its rule and remedy', async () => {
    const reasons = [{ rule: 'trust.no-match', message: 'Not this job.', remedy: 'Look at sekisho.yaml.' }];
    stage.instead.set('POST /v1/grants', (response) => json(response, 403, { code: 'denied', reasons }));
    const ended = await stage.start(PLANNING).ended;
    expect([ended.exitCode, ended.log.annotations()]).toMatchObject([
      3,
      [{ properties: { title: 'Sekisho: trust.no-match' }, data: 'Not this job.\n→ Look at sekisho.yaml.' }],
    ]);
    expect(ended.summary).toContain('  • Not this job. [trust.no-match]\n    → Look at sekisho.yaml.');
  });

  it('for the pull request of a fork says so and does nothing', async () => {
    const change = {
      event: publishedPullRequest({ fromFork: true }),
      without: ['ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'],
    };
    const ended = await stage.start(PLANNING, change).ended;
    expect([ended.exitCode, titles(ended), ended.outputs]).toEqual([
      0,
      ['Sekisho: a fork gets no credentials'],
      { state: 'skipped' },
    ]);
    expect([stage.asked, stage.has('calls')]).toEqual([[], false]);
  });

  it('without an identity, but for a fork, fails and says what is missing', async () => {
    const change = {
      event: publishedPullRequest(),
      without: ['ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'],
    };
    const ended = await stage.start(PLANNING, change).ended;
    expect([ended.exitCode, ended.log.annotations()[0]?.data]).toEqual([
      3,
      expect.stringContaining('id-token: write'),
    ]);
  });

  it('names the action to install Terraform with where there is none', async () => {
    const ended = await stage.start({ ...PLANNING, terraform: 'tofu' }, { env: { PATH: '/usr/bin' } }).ended;
    expect([ended.exitCode, ended.log.annotations()[0]?.data]).toEqual([
      2,
      expect.stringContaining('setup-opentofu'),
    ]);
  });
});

describe('the wrapper of setup-terraform', () => {
  it('is bypassed, and it is said how to be rid of it', async () => {
    const { chmodSync, renameSync } = await import('node:fs');
    renameSync(`${stage.root}/bin/terraform`, `${stage.root}/bin/terraform-bin`);
    stage.put('bin/terraform', '#!/usr/bin/env node\nprocess.exit(7);\n');
    chmodSync(`${stage.root}/bin/terraform`, 0o755);
    const ended = await stage.start(PLANNING).ended;
    expect([ended.exitCode, ended.log.annotations()[0]?.data]).toEqual([
      0,
      expect.stringContaining('terraform_wrapper: false'),
    ]);
  });
});

describe('a step that applies', () => {
  it('applies the approved file and reports, and no secret is shown or left', async () => {
    stage.put('leaks-apply');
    const ended = await stage.start(APPLYING).ended;
    expect([ended.exitCode, ended.outputs.state], ended.log.shown()).toEqual([0, 'applied']);
    expect(stage.reports).toEqual([
      { outcome: 'applied', exitCode: 0, state: { lineage: LINEAGE, serial: 5 } },
    ]);
    expect(ended.log.masks()).toContain(SECRETS.grant);
    expect(stage.leftOnDisk()).toEqual([]);
    expectNothingLeaked(ended);
  });

  it('never tries an apply again, only the questions to the server', async () => {
    stage.put('exit-apply', '1');
    let lost = 0;
    stage.instead.set('POST /v1/reports', (response) => {
      lost += 1;
      if (lost === 2) stage.instead.clear();
      response.destroy();
    });
    const ended = await stage.start(APPLYING).ended;
    expect([ended.exitCode, stage.reports.length, ended.outputs.state]).toEqual([4, 3, 'failed']);
    expect(ended.log.shown()).toContain('trying again in');
    expect(stage.read('calls').match(/^apply/gm)).toHaveLength(1);
  });

  const applyingNow = async (): Promise<RunningStep> => {
    stage.put('hang-apply');
    const running = stage.start(APPLYING);
    await appears('running');
    return running;
  };

  it('cancelled ends in order with one signal, and the server is told', async () => {
    const running = await applyingNow();
    await running.cancel();
    const ended = await running.ended;
    expect([ended.exitCode, ended.outputs.state]).toEqual([130, 'failed']);
    expect(ended.log.shown()).toContain('ended in order');
    expect(stage.reports).toEqual([
      { outcome: 'failed', exitCode: 1, state: { lineage: LINEAGE, serial: 5 } },
    ]);
    expect(stage.leftOnDisk()).toEqual([]);
  });

  it('killed by the runner while Terraform still ends goes on, and the step’s end waits for it', async () => {
    stage.put('slow-apply');
    const running = await applyingNow();
    await running.cancel();
    const killed = await running.ended;
    expect([killed.exitCode, stage.reports]).toEqual([137, []]);
    expect(killed.log.shown()).toContain('the job’s last step waits for it');
    const ending = endStep(stage.step(APPLYING), killed);
    while (!ending.log.shown().includes('still ending')) await new Promise(setImmediate);
    const { rmSync } = await import('node:fs');
    rmSync(`${stage.root}/slow-apply`);
    const ended = await ending.ended;
    expect(ended.exitCode, ended.log.shown()).toBe(0);
    expect(ended.log.shown()).toContain('ended in order');
    expect(stage.read('signals').match(/INT|TERM/g)).toEqual(['INT']);
    expect(stage.reports).toEqual([
      { outcome: 'failed', exitCode: 1, state: { lineage: LINEAGE, serial: 5 } },
    ]);
    expect(stage.leftOnDisk()).toEqual([]);
  });

  it.each([
    ['all is well', APPLYING, 0],
    ['the step did not begin its work', { mode: 'apply' }, 2],
  ] as const)('leaves nothing for the step’s end to do when %s', async (_, inputs, exitCode) => {
    const ended = await stage.start(inputs).ended;
    expect(ended.exitCode).toBe(exitCode);
    const asked = stage.asked.length;
    const after = await endStep(stage.step(inputs), ended).ended;
    expect([after.exitCode, after.log.shown(), stage.asked.length]).toEqual([0, '', asked]);
  });
});

describe('a step that lists stacks', () => {
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=taro', '-c', 'user.email=taro@shop.example', ...args], {
      cwd: stage.root,
      encoding: 'utf8',
    }).trim();

  const STACK = 'terraform {\n  backend "s3" {}\n}\n';

  /** Three stacks, the second on top of the first; then a change to the two. */
  function changed(): string {
    for (const folder of ['network', 'shop', 'apart']) {
      mkdirSync(`${stage.root}/stacks/${folder}`, { recursive: true });
      stage.put(`stacks/${folder}/main.tf`, STACK);
    }
    git('init', '--quiet', '--initial-branch=main');
    git('add', 'stacks');
    git('commit', '--quiet', '--message=Begin');
    const before = git('rev-parse', 'HEAD');
    for (const folder of ['network', 'shop'])
      stage.put(`stacks/${folder}/main.tf`, `${STACK}resource "aws_sns_topic" "a" {}\n`);
    git('commit', '--quiet', '--all', '--message=Add topics');
    stage.instead.set('GET /v1/job-stacks', (response) => json(response, 200, { stacks: STACKS }));
    return before;
  }

  const named = (name: string, dependsOn: readonly string[]) => ({
    ...{ name, path: `stacks/${name}`, region: 'ap-northeast-1', dependsOn, applyEnvironment: 'production' },
    account: { id: '333333333333', name: 'staging', environment: 'staging' },
  });
  const STACKS = [named('shop', ['network']), named('network', []), named('apart', [])];

  const listed = (outputs: StepOutcome['outputs']) =>
    [1, 2, 3, 4].map((wave) => JSON.parse(outputs[`wave-${wave}`] ?? ''));

  it('gives those that a merge affects in waves, one after the other', async () => {
    const before = changed();
    const ended = await stage.start({}, { event: { before } }).ended;
    expect(ended.exitCode, ended.log.shown()).toBe(0);
    const entry = (stack: string) => ({ stack, environment: 'production' });
    expect(listed(ended.outputs)).toEqual([[entry('network')], [entry('shop')], [], []]);
  });

  it('gives those that a comment names, all at once for a plan', async () => {
    changed();
    const env = { GITHUB_EVENT_NAME: 'workflow_dispatch' };
    const ended = await stage.start({ stacks: 'apart, shop', purpose: 'plan' }, { env }).ended;
    const names = listed(ended.outputs).map((wave) =>
      wave.map(({ stack }: { stack: string }) => stack).toSorted(),
    );
    expect([ended.exitCode, names]).toEqual([0, [['apart', 'shop'], [], [], []]]);
  });

  it('for the pull request of a fork gives none, so that no job begins', async () => {
    const change = {
      event: publishedPullRequest({ fromFork: true }),
      without: ['ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'],
    };
    const ended = await stage.start({}, change).ended;
    expect([ended.exitCode, listed(ended.outputs)]).toEqual([0, [[], [], [], []]]);
  });

  it('fails where the event does not say what changed, rather than give none', async () => {
    changed();
    const ended = await stage.start({}, { event: {} }).ended;
    expect([ended.exitCode, titles(ended)]).toEqual([2, ['Sekisho: ci.nothing-to-compare']]);
  });
});
