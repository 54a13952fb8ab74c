import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { planPage } from '../core/api.ts';
import { LOSES_DATA, mustBeTaken, type NameAtShop, openShop, type Shop } from '../testing/shop.ts';
import { type ShopApp, shopApp } from '../testing/shop-app.ts';

let shop: Shop;
let app: ShopApp;
beforeAll(async () => {
  shop = await openShop();
  app = shopApp(shop);
});
beforeEach(() => shop.startOver());
afterAll(() => shop.close());

const listed = async (query: string, as?: NameAtShop) =>
  (await app.get(`/v1/plans?${query}`, planPage, as)).plans.map(({ id }) => id);

describe('the list of plans', () => {
  it('is filtered by what stands in the address of a page', async () => {
    const staging = await shop.uploaded('shop-staging');
    const production = await shop.uploaded('shop-production', { claims: { sha: 'abcdef0'.padEnd(40, '1') } });
    await shop.decide(production, 'hanako', 'reject', 'no');
    expect(await listed('account=staging')).toEqual([staging.id]);
    expect(await listed('account=333333333333')).toEqual([production.id]);
    expect(await listed('account=unknown')).toEqual([]);
    expect(await listed('environment=production')).toEqual([production.id]);
    expect(await listed('author=taro')).toHaveLength(2);
    expect(await listed('author=hanako')).toEqual([]);
    expect(await listed('state=refused,cancelled')).toEqual([production.id]);
    expect(await listed('q=SHOP-STAG')).toEqual([staging.id]);
    expect(await listed('q=ABCDEF01')).toEqual([production.id]);
    expect(await listed(`q=${staging.id}`)).toEqual([staging.id]);
    expect(await listed('q=%25')).toEqual([]);
    expect(await listed('q=shop_staging')).toEqual([]);
    for (const query of ['state=done', 'environment=moon', 'waitingFor=taro', `q=${'a'.repeat(101)}`])
      expect((await app.refusal(`/v1/plans?${query}`))[0], query).toBe(400);
  });

  it('tells what waits for me: not for its author, nor who has spoken', async () => {
    const waiting = await shop.uploaded('shop-production', { changes: LOSES_DATA, serial: 1 });
    expect(waiting.state).toBe('awaiting-approval');
    expect(await listed('waitingFor=me', 'taro')).toEqual([]);
    expect(await listed('waitingFor=me', 'yuki')).toEqual([waiting.id]);
    expect(await listed('waitingFor=me&stack=shop-staging', 'yuki')).toEqual([]);
    mustBeTaken(await shop.decide(waiting, 'yuki'));
    expect((await shop.stored(waiting.id)).state).toBe('awaiting-approval');
    expect(await listed('waitingFor=me', 'yuki')).toEqual([]);
    expect(await listed('waitingFor=me', 'hanako')).toEqual([waiting.id]);
    mustBeTaken(await shop.decide(waiting, 'hanako'));
    expect(await listed('waitingFor=me', 'hanako')).toEqual([]);
  });

  it('waits for another team only while an approval like theirs is needed', async () => {
    const harmless = await shop.uploaded('web-production');
    expect(await listed('waitingFor=me', 'kenji')).toEqual([]);
    const waiting = await shop.uploaded('shop-production', { changes: LOSES_DATA, serial: 1 });
    expect(await listed('waitingFor=me', 'kenji')).toEqual([waiting.id]);
    expect(await listed('waitingFor=me', 'yuki')).toEqual([waiting.id, harmless.id]);
    mustBeTaken(await shop.decide(waiting, 'yuki'));
    expect(await listed('waitingFor=me', 'kenji')).toEqual([waiting.id]);
    mustBeTaken(await shop.decide(waiting, 'kenji'));
    expect(await listed('waitingFor=me', 'kenji')).toEqual([]);
  });

  it('pages through what waits for me, whatever else lies between', async () => {
    const ids: string[] = [];
    for (let run = 1; run <= 5; run += 1) {
      const claims = { run_id: String(run), ref: 'refs/heads/main', run_number: String(run) };
      const stack = run % 2 === 0 ? 'web-production' : 'shop-production';
      const { id } = await shop.uploaded(stack, { changes: LOSES_DATA, serial: 1, claims });
      ids.unshift(id);
    }
    const open = await listed('state=awaiting-approval');
    const seen: string[] = [];
    for (let before: string | undefined = ''; before !== undefined; ) {
      const page: typeof planPage._output = await app.get(
        `/v1/plans?waitingFor=me&limit=1${before === '' ? '' : `&before=${before}`}`,
        planPage,
      );
      seen.push(...page.plans.map(({ id }) => id));
      before = page.next;
    }
    expect(seen).toEqual(open);
  });

  it('is for people alone', async () => {
    expect(await app.refusal('/v1/plans', {})).toEqual([401, 'request.not-signed-in']);
    const job = { authorization: `Bearer ${await shop.token()}` };
    expect((await app.refusal('/v1/plans?waitingFor=me', job))[0]).toBe(401);
  });
});
