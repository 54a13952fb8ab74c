import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { PlanId } from '#core-values';
import type { StandInGitHubApi } from '../../../demo/stand-ins/github/index.ts';
import type { PullRequest, Repository } from '../../../demo/stand-ins/github/state.ts';
import { planSummary } from '../../changes/core/plan-summary-api.ts';
import { HARMLESS, mustBeTaken, openShop, type Shop, type UploadAtShop } from '../../changes/testing/shop.ts';
import { type ShopApp, shopApp } from '../../changes/testing/shop-app.ts';
import { againRoutes } from '../again-routes.ts';
import type { GitHubConnections } from '../api/port.ts';
import { gitHubOfShop } from '../testing/shop-on-github.ts';

let shop: Shop;
let app: ShopApp;
let github: StandInGitHubApi;
let repository: Repository;
let pull: PullRequest;
let connections: GitHubConnections;
let failing: string | undefined;
let run = 100;

beforeAll(async () => {
  shop = await openShop();
});
beforeEach(async () => {
  await shop.startOver();
  failing = undefined;
  const nowMs = () => Date.now();
  ({ github, repository, pull, connections } = await gitHubOfShop(
    nowMs,
    (route) => failing !== undefined && route.includes(failing),
  ));
  app = shopApp(shop, (changes) => [againRoutes({ changes, connections })]);
});
afterEach(async () => {
  const complaints = github.complaints();
  await github.stop();
  expect(complaints).toEqual([]);
});
afterAll(() => shop.close());

const head = (): string => repository.branches.get('topic') ?? '';

/** A plan as the pull request's own job uploads it. */
const planned = (options: UploadAtShop = {}) => {
  const merge = head().replace(/^./, '0');
  shop.github.merges(merge, head());
  run += 1;
  const of = { ref: `refs/pull/${pull.issue.number}/merge`, event_name: 'pull_request', sha: merge };
  const claims = { ...of, run_id: String(run), run_number: String(run) };
  return shop.uploaded('shop-staging', { changes: HARMLESS, claims, ...options });
};

const again = async (id: string, as = 'taro') => {
  const answer = await app.request(`/v1/plans/${id}/again`, {
    method: 'POST',
    headers: { authorization: `Bearer sks_${as}` },
  });
  const body = JSON.parse(await answer.text());
  return answer.ok ? { ...body, status: answer.status } : [answer.status, body.reasons[0].rule];
};
const inMine = async ({ id }: { readonly id: PlanId }) =>
  (await app.get(`/v1/plans/${id}/summary`, planSummary, 'taro')).mine?.again;

/** What GitHub was told to start. */
const dispatched = () => github.state.dispatches.map(({ inputs }) => inputs);

/** The plan of the merge, whose apply failed. */
async function failedApply(): Promise<PlanId> {
  github.merge(repository, pull.issue.number, 'taro', 'merge');
  shop.clock.advance(Math.max(0, Date.now() - shop.clock.now()) + 60_000);
  const claims = { sha: repository.branches.get('main') ?? '', run_id: '900', run_number: '900' };
  const plan = await shop.approved('shop-staging', { changes: HARMLESS, claims });
  const granted = mustBeTaken(await shop.grant(plan, claims));
  await shop.fetch(granted);
  await shop.report(granted, 'failed');
  return plan.id;
}

async function cancelled(): Promise<PlanId> {
  const { id } = await planned();
  const answer = await app.request(`/v1/plans/${id}/cancel`, {
    method: 'POST',
    headers: { authorization: 'Bearer sks_taro' },
  });
  expect(answer.status).toBe(200);
  return id;
}

test('a new plan of the same commit is made by the protected workflow, and the log says who asked for it', async () => {
  const id = await cancelled();
  expect(await inMine({ id })).toEqual({ how: 'run' });
  expect(await again(id)).toMatchObject({ status: 200, started: true, asked: { byWhom: 'taro' } });
  expect(dispatched()).toEqual([
    { stacks: 'shop-staging', 'pull-request': String(pull.issue.number), commit: head(), purpose: 'plan' },
  ]);
  expect(await shop.audited('command.followed')).toMatchObject({
    actor: { kind: 'person', name: 'taro' },
    subject: { plan: id, other: `pull-request:github.com/700100#${pull.issue.number}` },
    evidence: { command: 'plan', stacks: ['shop-staging'], commit: head(), by: 'page' },
  });
  expect((await shop.stored(id)).state).toBe('cancelled');
  expect(await inMine({ id })).toMatchObject({ how: 'run', asked: { byWhom: 'taro' } });
});

test('after the merge it is planned and applied again, though its plan names no pull request', async () => {
  const id = await failedApply();
  expect(await again(id, 'hanako')).toMatchObject({ started: true });
  expect(dispatched()).toMatchObject([{ commit: repository.branches.get('main'), purpose: 'apply' }]);
});

test('asked by several at once, or again soon after, it is started once; later it is started anew', async () => {
  const id = await cancelled();
  const answers = await Promise.all([again(id), again(id, 'hanako'), again(id)]);
  expect(answers.filter(({ started }) => started)).toHaveLength(1);
  expect(new Set(answers.map(({ asked }) => asked.byWhom)).size).toBe(1);
  expect(await again(id)).toMatchObject({ started: false });
  expect(dispatched()).toHaveLength(1);
  shop.clock.advance(15 * 60_000);
  expect(await inMine({ id })).toEqual({ how: 'run' });
  expect(await again(id)).toMatchObject({ started: true });
  expect(dispatched()).toHaveLength(2);
});

test('where GitHub starts nothing, that is told, and whoever asks again is heard', async () => {
  const id = await cancelled();
  failing = '/dispatches';
  expect(await again(id)).toEqual([502, 'github.failed']);
  const { timeline } = await app.get(`/v1/plans/${id}/summary`, planSummary);
  expect(timeline.passed.slice(-2).map(({ words }) => words)).toEqual([
    'Asked for a new plan',
    'GitHub started no run',
  ]);
  failing = undefined;
  expect(await again(id)).toMatchObject({ started: true });
});

test('nothing is started for a commit that the person has not seen', async () => {
  const id = await cancelled();
  github.push(repository, 'taro', 'topic', { 'stacks/shop-staging/more.tf': '# more\n' });
  expect(await again(id)).toEqual([403, 'again.not-the-newest']);
  expect(await shop.audited('command.refused')).toMatchObject({
    actor: { name: 'taro' },
    subject: { plan: id },
    reasons: [{ rule: 'again.not-the-newest' }],
  });
  expect(dispatched()).toEqual([]);
});

test('nothing is started in the place of a plan that something may still come of, or that was replaced', async () => {
  const waiting = await planned();
  expect(await again(waiting.id)).toEqual([409, 'plan.not-spent']);
  expect(await inMine(waiting)).toBeUndefined();
  const id = await cancelled();
  await planned();
  expect(await inMine({ id })).toBeUndefined();
  expect(await again(id)).toEqual([403, 'again.not-the-newest']);
  expect(dispatched()).toEqual([]);
});

test('what the command refuses is refused: nothing of a closed pull request', async () => {
  const id = await cancelled();
  github.close(repository, pull.issue.number, 'taro');
  expect(await again(id)).toEqual([403, 'command.closed']);
  expect(dispatched()).toEqual([]);
});

test('only people of sekisho.yaml ask for it: no stranger, no job', async () => {
  const id = await cancelled();
  const job = { method: 'POST', headers: { authorization: `Bearer ${await shop.token()}` } };
  expect((await app.request(`/v1/plans/${id}/again`, job)).status).toBe(401);
  expect((await app.request(`/v1/plans/${id}/again`, { method: 'POST' })).status).toBe(401);
  expect(await again('pln_00000000-0000-7000-8000-000000000000')).toEqual([404, 'plan.unknown']);
  expect(dispatched()).toEqual([]);
});

test('a plan of no pull request is run again by hand', async () => {
  const schedule = { events: ['schedule'], refs: ['refs/heads/main'] };
  shop.reconfigure(({ stacks }) => stacks.forEach((stack) => void Object.assign(stack, { plan: schedule })));
  const claims = { event_name: 'schedule', run_id: '500', run_number: '500' };
  const plan = await shop.uploaded('shop-staging', { changes: HARMLESS, claims });
  await shop.decide(plan, 'hanako', 'reject', 'not now');
  expect(await inMine(plan)).toEqual({ how: 'by-hand' });
  expect(await again(plan.id)).toEqual([409, 'again.no-pull-request']);
});

test('a rejected plan goes on saying who rejected it and why', async () => {
  const plan = await planned();
  await shop.decide(plan, 'hanako', 'reject', 'too late in the day');
  await again(plan.id);
  const { refusal } = await app.get(`/v1/plans/${plan.id}/summary`, planSummary);
  expect(refusal?.reasons[0]?.message).toBe('hanako rejected it: too late in the day');
});
