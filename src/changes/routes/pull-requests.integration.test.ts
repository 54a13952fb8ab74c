import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { IssuerName } from '#accounts/core';
import { ok } from '#core-values';
import { createHttpApp, createLogger, createMetrics, DEFAULT_ROUTE_LIMITS, type HttpApp } from '#platform';
import { planDetails, planPage, unlockedAnswer, uploadAnswer } from '../core/api.ts';
import { hearReviews } from '../reviews/hear-reviews.ts';
import { type Claims, mustBeTaken, type NameAtShop, openShop, type Shop } from '../testing/shop.ts';
import { HEAD, OF_7, type ShopReviews, shopReviews } from '../testing/shop-reviews.ts';
import { changesRoutes } from './index.ts';

const DISPATCH: Claims = { event_name: 'workflow_dispatch', run_id: '40', run_number: '40' };
let shop: Shop;
let reviews: ShopReviews;
let app: HttpApp;
let who: NameAtShop = 'hanako';

beforeAll(async () => {
  shop = await openShop();
  reviews = shopReviews(shop);
  app = createHttpApp({
    version: '0.0.0',
    logger: createLogger({ level: 'debug', destination: { write: () => undefined } }),
    metrics: createMetrics({ processMetrics: false }),
    clock: shop.clock,
    newRequestId: () => 'request-id-1',
    readiness: [],
    limits: { byDefault: DEFAULT_ROUTE_LIMITS },
    routes: changesRoutes({ ...shop.room, requirePerson: async () => ok(shop.person(who)) }),
  });
});
beforeEach(async () => {
  await shop.startOver();
  reviews.startOver();
  // What an earlier test was shown is forgotten by now.
  shop.clock.advance(15_000);
  who = 'hanako';
  shop.reconfigure(({ stacks }) => {
    for (const stack of stacks)
      Object.assign(stack, {
        plan: {
          events: ['pull_request', 'push', 'workflow_dispatch'],
          refs: ['refs/heads/main', 'refs/pull/*/merge'],
        },
        apply: { when: 'before-merge' },
      });
  });
});
afterAll(() => shop.close());

const upload = async (query: string, claims: Claims) =>
  app.request(`/v1/plans?stack=shop-staging${query}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await shop.token(claims)}`,
      'content-type': 'application/octet-stream',
    },
    body: shop.file(),
  });
const get = async (path: string) =>
  (await app.request(path, { headers: { authorization: 'Bearer sks_hanako' } })).json();
const unlock = (body: object) =>
  app.request('/v1/stacks/shop-staging/unlock', {
    method: 'POST',
    headers: { authorization: 'Bearer sks_hanako', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

describe('an upload', () => {
  it('of a manual run names pull request and commit together, each of its form', async () => {
    const taken = await upload(`&pullRequest=7&commit=${HEAD}`, DISPATCH);
    expect(uploadAnswer.parse(await taken.json())).toMatchObject({ pullRequest: 7, headCommit: HEAD });
    for (const query of [
      '&pullRequest=7',
      `&commit=${HEAD}`,
      `&pullRequest=0&commit=${HEAD}`,
      '&pullRequest=7&commit=main',
    ])
      expect((await upload(query, DISPATCH)).status, query).toBe(400);
    expect((await upload(`&pullRequest=8&commit=${HEAD}`, OF_7)).status).toBe(400);
  });
});

describe('plans of a pull request', () => {
  it('are listed by repository and number', async () => {
    const seven = await shop.uploaded('shop-staging', { claims: OF_7 });
    await shop.uploaded('shop-production');
    const listed = async (query: string) =>
      planPage.parse(await get(`/v1/plans?${query}`)).plans.map(({ id }) => id);
    expect(await listed('repository=700100&pullRequest=7')).toEqual([seven.id]);
    expect(await listed('pullRequest=8')).toEqual([]);
    expect(await listed('repository=1&pullRequest=7')).toEqual([]);
  });

  it('tell reviews from signatures, those that do not count too, and who holds the stack', async () => {
    const proposed = await shop.uploaded('shop-staging', { claims: OF_7 });
    const { url } = reviews.give('hanako');
    shop.github.review(7, { id: '666', login: 'mallory' }, 'approved', HEAD);
    mustBeTaken(await shop.decide(proposed, 'yuki'));
    const shown = planDetails.parse(await get(`/v1/plans/${proposed.id}`));
    expect(shown.approvals).toMatchObject([
      { approver: 'yuki', by: 'signature', counts: true },
      { approver: 'hanako', by: 'review', counts: true, review: { url, commit: HEAD, pullRequest: 7 } },
      { approver: 'mallory', by: 'review', counts: false, review: { login: 'mallory' } },
    ]);
    expect(shown.decision?.allowed).toBe(true);
    const plan = await shop.uploaded('shop-staging', {
      claims: DISPATCH,
      declared: { pullRequest: 7, commit: HEAD },
    });
    mustBeTaken(await shop.grant(plan, DISPATCH));
    const main = await shop.uploaded('shop-staging', { claims: { run_id: '50', run_number: '50' } });
    const waiting = planDetails.parse(await get(`/v1/plans/${main.id}`));
    expect(waiting.heldBy).toMatchObject({
      pullRequest: 7,
      repository: { id: '700100', name: 'shop/infra' },
    });
  });

  it('say when GitHub could not be asked, and ask it once for a page of many', async () => {
    const plan = await shop.uploaded('shop-staging', { claims: OF_7 });
    const before = shop.github.asked();
    await get(`/v1/plans/${plan.id}`);
    const once = shop.github.asked();
    await get(`/v1/plans/${plan.id}`);
    expect([once > before, shop.github.asked() === once]).toEqual([true, true]);
    // Who has just heard of a review is not shown what was before.
    reviews.give('hanako');
    await hearReviews(shop.room, {
      issuer: plan.job.issuer as IssuerName,
      repositoryId: '700100',
      pullRequest: 7,
    });
    expect(planDetails.parse(await get(`/v1/plans/${plan.id}`)).approvals).toHaveLength(1);
    shop.clock.advance(15_000);
    shop.github.breakWith('reviewsOf');
    const shown = planDetails.parse(await get(`/v1/plans/${plan.id}`));
    expect(shown.decision).toMatchObject({ allowed: false, reasons: [{ rule: 'github.failed' }] });
  });
});

describe('a stack that a pull request holds', () => {
  it('is freed with a reason, by whom the policy lets, once', async () => {
    reviews.accept('signature');
    const declared = { pullRequest: 7, commit: HEAD };
    const plan = await shop.uploaded('shop-staging', { claims: DISPATCH, declared });
    mustBeTaken(await shop.decide(plan, 'yuki'));
    mustBeTaken(await shop.grant(plan, DISPATCH));
    expect(JSON.stringify(await get('/v1/stacks'))).toContain('"pullRequest":7');
    expect((await unlock({})).status).toBe(400);
    who = 'kenji';
    expect((await unlock({ reason: 'mine now' })).status).toBe(403);
    who = 'yuki';
    const freed = await unlock({ reason: '#7 is given up' });
    expect(unlockedAnswer.parse(await freed.json()).lock).toMatchObject({ pullRequest: 7 });
    expect((await unlock({ reason: 'again' })).status).toBe(409);
    expect(JSON.stringify(await get('/v1/stacks'))).not.toContain('"lock"');
  });
});
