import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { overviewAnswer } from '../core/overview-api.ts';
import { DAY_MS, LOSES_DATA, mustBeTaken, type NameAtShop, openShop, type Shop } from '../testing/shop.ts';
import { type ShopApp, shopApp } from '../testing/shop-app.ts';

let shop: Shop;
let app: ShopApp;
beforeAll(async () => {
  shop = await openShop();
  app = shopApp(shop);
});
beforeEach(() => shop.startOver());
afterAll(() => shop.close());

const overview = (as?: NameAtShop, language?: string) =>
  app.get('/v1/overview', overviewAnswer, as, language);

describe('the overview', () => {
  it('shows what waits for me, what runs, and each account', async () => {
    const waiting = await shop.uploaded('shop-production', { changes: LOSES_DATA, serial: 1 });
    const running = await shop.approved('shop-staging');
    mustBeTaken(await shop.grant(running));
    const mine = await overview('yuki');
    expect(mine.waitsForMe).toMatchObject({
      plans: [{ id: waiting.id, stateWords: 'awaiting approval' }],
      more: false,
    });
    expect(mine.running).toMatchObject([{ id: running.id }]);
    expect(mine.accounts).toEqual([
      {
        ...{ id: '333333333333', name: 'production', environment: 'production', frozen: false },
        ...{ stacks: 2, waiting: 1, running: 0, drifted: 0 },
      },
      {
        ...{ id: '222222222222', name: 'staging', environment: 'staging', frozen: false },
        ...{ stacks: 1, waiting: 0, running: 1, drifted: 0 },
      },
    ]);
    const authors = await overview('taro');
    expect([authors.waitsForMe.plans, authors.waiting]).toEqual([[], 1]);
  });

  it('tells what failed or was refused within a week, newest first, and why', async () => {
    const failing = await shop.approved('shop-staging');
    const granted = mustBeTaken(await shop.grant(failing));
    mustBeTaken(await shop.fetch(granted));
    mustBeTaken(await shop.report(granted, 'failed'));
    const rejected = await shop.uploaded('shop-production', { changes: LOSES_DATA, serial: 1 });
    mustBeTaken(await shop.decide(rejected, 'hanako', 'reject', 'not on a Friday'));
    await shop.upload('web-production', { claims: { repository_id: '1' } });
    const { recent } = await overview('yuki');
    expect(recent.map(({ what, stack }) => [what, stack])).toEqual([
      // Whoever is not trusted with a stack is not taken at their word about it.
      ['request-refused', undefined],
      ['plan-refused', 'shop-production'],
      ['plan-failed', 'shop-staging'],
    ]);
    expect(recent[1]?.words).toContain('not on a Friday');
    expect(recent[0]?.auditEntry).toMatch(/^\d+$/);
    shop.clock.advance(8 * DAY_MS);
    expect((await overview('yuki')).recent).toEqual([]);
  });

  it('is for people alone', async () => {
    expect(await app.refusal('/v1/overview', {})).toEqual([401, 'request.not-signed-in']);
  });
});
