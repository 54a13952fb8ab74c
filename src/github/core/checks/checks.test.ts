import { expect, test } from 'vitest';
import { PLAN_STATES, type PlanState } from '#changes/core';
import { LANGUAGES, text } from '#core-values';
import { deploymentsOf } from '../deployments.ts';
import type { StackFacts } from '../facts.ts';
import { pullRequest, stackFacts, stackName, stackPlan, unplannedStack } from '../testing.ts';
import { ALL_STACKS, type CheckRun, checksOf, MOST_UNTOUCHED } from './index.ts';

const NO_FILES = new Map<string, string>();

const inState = (state: PlanState, more: Partial<StackFacts> = {}): StackFacts =>
  stackFacts({ plan: stackPlan({ state }), ...more });

const checkOf = (stack: StackFacts, facts = {}): CheckRun | undefined =>
  checksOf(pullRequest({ stacks: [stack], ...facts }), NO_FILES).find(
    ({ externalId }) => externalId === `stack:${stack.name}`,
  );

test('a check passes only once its plan is approved, applied or changes nothing', () => {
  const passing = PLAN_STATES.filter((state) => checkOf(inState(state))?.conclusion === 'success');
  expect(passing).toEqual(['approved', 'applied', 'no-changes']);
});

test('applied before the merge, approval alone does not pass', () => {
  const passing = PLAN_STATES.filter(
    (state) => checkOf(inState(state, { applies: 'before-merge' }))?.conclusion === 'success',
  );
  expect(passing).toEqual(['applied', 'no-changes']);
});

test('no plan, no passing: not without a plan, from a fork, with a deleted folder, while held, nor when something cannot be read', () => {
  expect(checkOf(unplannedStack())).toMatchObject({ status: 'queued' });
  expect(checkOf(inState('approved'), { fork: true })?.conclusion).toBe('action_required');
  expect(checkOf(inState('approved', { touched: { kind: 'deleted' } }))?.conclusion).toBe('action_required');
  expect(checkOf(inState('approved', { touched: { kind: 'moved', from: 'a', to: 'b' } }))?.conclusion).toBe(
    'action_required',
  );
  expect(
    checkOf(inState('approved', { heldBy: { number: 9, why: text('held', '使用中') } }))?.conclusion,
  ).toBe('action_required');
  expect(checkOf(inState('approved', { unreadable: [] }))?.conclusion).toBe('failure');
  const failedLookups = [{ rule: 'x', message: text('a', 'a'), remedy: text('b', 'b') }];
  for (const check of checksOf(
    pullRequest({ stacks: [inState('approved')], untouched: [stackName('other')], failedLookups }),
    NO_FILES,
  ))
    expect(check.conclusion).toBe('failure');
});

test('of a fork no check passes, though no stack is known to be touched; merged, it is judged as any other', () => {
  const fork = pullRequest({ fork: true, stacks: [], untouched: [stackName('shop')] });
  expect(checksOf(fork, NO_FILES).map(({ conclusion }) => conclusion)).toEqual([
    'action_required',
    'action_required',
  ]);
  const merged = checksOf({ ...fork, status: 'merged' }, NO_FILES);
  expect(merged.map(({ conclusion }) => conclusion)).toEqual(['success', 'success']);
});

test('neutral and skipped are never used: GitHub lets them pass', () => {
  for (const state of PLAN_STATES)
    expect(['success', 'failure', 'action_required', undefined]).toContain(
      checkOf(inState(state))?.conclusion,
    );
});

test('a stack that is not touched passes at once, so that a required check never hangs', () => {
  const checks = checksOf(pullRequest({ stacks: [], untouched: [stackName('shop')] }), NO_FILES);
  expect(checks.map(({ name, conclusion }) => [name, conclusion])).toEqual([
    [ALL_STACKS, 'success'],
    ['sekisho: shop', 'success'],
  ]);
  const many = Array.from({ length: 500 }, (_, at) => stackName(`s${at}`));
  expect(checksOf(pullRequest({ stacks: [], untouched: many }), NO_FILES)).toHaveLength(1 + MOST_UNTOUCHED);
});

test('what is for another branch than the default one never answers for the same commit’s request for that', () => {
  const ofMain = checksOf(
    pullRequest({ stacks: [unplannedStack()], untouched: [stackName('web')] }),
    NO_FILES,
  );
  const names = new Set(ofMain.flatMap(({ name, externalId }) => [name, externalId]));
  const facts = pullRequest({
    stacks: [],
    untouched: [stackName('shop'), stackName('web')],
    otherBase: 'mine',
  });
  const ofMine = checksOf(facts, NO_FILES);
  expect(ofMine.map(({ name }) => name)).toEqual([
    'sekisho → mine',
    'sekisho: shop → mine',
    'sekisho: web → mine',
  ]);
  expect(ofMine.filter(({ name, externalId }) => names.has(name) || names.has(externalId))).toEqual([]);
});

test('the check of all stacks is that of the stack that most needs somebody', () => {
  const two = [inState('applied'), inState('awaiting-approval', { name: stackName('other') })];
  const [all] = checksOf(pullRequest({ stacks: two }), NO_FILES);
  expect(all).toMatchObject({ conclusion: 'action_required', title: 'waits for approval (1 of 2 stacks)' });
  const [running] = checksOf(pullRequest({ stacks: [inState('applied'), inState('applying')] }), NO_FILES);
  expect(running?.status).toBe('in_progress');
  expect(running?.conclusion).toBeUndefined();
});

test('titles and summaries stay within GitHub’s limits, in both languages', () => {
  for (const language of LANGUAGES)
    for (const state of PLAN_STATES)
      for (const applies of ['after-merge', 'before-merge'] as const) {
        const stacks = [inState(state, { applies })];
        for (const check of checksOf(pullRequest({ language, stacks }), NO_FILES)) {
          expect(check.title.length).toBeLessThanOrEqual(255);
          expect(check.title).not.toBe('');
          expect(check.summary).not.toBe('');
        }
      }
  const findings = Array.from({ length: 5_000 }, () => ({
    rule: 'r',
    severity: 'critical',
    message: '重大な指摘です。'.repeat(50),
    remedy: '修正してください。',
  }));
  const long = checkOf(stackFacts({ plan: stackPlan({ review: { findings, changes: [] } }) }));
  expect(Buffer.byteLength(long?.summary ?? '')).toBeLessThanOrEqual(65_535);
  expect(long?.summary).toContain('Cut for length');
});

test('findings stand on the lines that cause them, also in a module of the repository', () => {
  const files = new Map([
    [
      'stacks/production/main.tf',
      'module "store" {\n  source = "../../modules/store"\n}\n\nresource "aws_sqs_queue" "jobs" {}\n',
    ],
    ['modules/store/bucket.tf', '# buckets\n\nresource "aws_s3_bucket" "images" {\n}\n'],
  ]);
  const finding = (address: string) => ({
    rule: 'r',
    severity: 'high',
    address,
    message: 'm\n::error::x',
    remedy: 'h',
  });
  const review = {
    findings: [
      finding('module.store["a.b"].aws_s3_bucket.images[0]'),
      finding('aws_sqs_queue.jobs'),
      finding('aws_sqs_queue.unknown'),
      finding('module.elsewhere.aws_sqs_queue.jobs'),
    ],
    changes: [],
  };
  const [, check] = checksOf(pullRequest({ stacks: [stackFacts({ plan: stackPlan({ review }) })] }), files);
  expect(check?.annotations.map(({ path, line, level }) => [path, line, level])).toEqual([
    ['modules/store/bucket.tf', 3, 'failure'],
    ['stacks/production/main.tf', 5, 'failure'],
  ]);
  expect(check?.annotations[0]?.message).toBe('m\\n::error::x\n→ h');
});

test('a long line of spaces in the configuration is read as fast as any other', () => {
  const files = new Map([['stacks/production/main.tf', `resource${' '.repeat(3_000)}\n`]]);
  const finding = { rule: 'r', severity: 'high', address: 'aws_sqs_queue.jobs', message: 'm', remedy: 'h' };
  const review = { findings: [finding], changes: [] };
  const [, check] = checksOf(pullRequest({ stacks: [stackFacts({ plan: stackPlan({ review }) })] }), files);
  expect(check?.annotations).toEqual([]);
});

test('a deployment is shown from the moment that credentials were given, and not before', () => {
  const states = PLAN_STATES.flatMap((state) =>
    deploymentsOf(pullRequest({ stacks: [inState(state)] })).map((one) => [
      state,
      one.state,
      one.environment,
    ]),
  );
  expect(states).toEqual([
    ['granted', 'in_progress', 'production/shop-production'],
    ['applying', 'in_progress', 'production/shop-production'],
    ['applied', 'success', 'production/shop-production'],
    ['failed', 'failure', 'production/shop-production'],
  ]);
});
