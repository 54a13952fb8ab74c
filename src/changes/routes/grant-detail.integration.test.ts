import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { grantPage } from '../core/api.ts';
import { grantDetail } from '../core/grant-detail-api.ts';
import { mustBeTaken, openShop, type Shop } from '../testing/shop.ts';
import { type ShopApp, shopApp } from '../testing/shop-app.ts';

let shop: Shop;
let app: ShopApp;
beforeAll(async () => {
  shop = await openShop();
  app = shopApp(shop);
});
beforeEach(() => shop.startOver());
afterAll(() => shop.close());

describe('a grant', () => {
  it('is shown with what it can do, in the words in which its plan was approved', async () => {
    const { grant } = mustBeTaken(await shop.grant(await shop.approved('shop-staging')));
    const shown = await app.get(`/v1/grants/${grant.id}`, grantDetail);
    expect(shown).toMatchObject({ status: 'issued', sessionSeconds: 3_600 });
    expect(shown.permissions?.can.length).toBeGreaterThan(0);
    const japanese = await app.get(`/v1/grants/${grant.id}`, grantDetail, 'hanako', 'ja');
    expect(japanese.can).toMatch(/プラン/);
    expect(JSON.stringify(shown)).not.toContain('canary');
  });

  it('to plan can read, and names no plan', async () => {
    const { grant } = mustBeTaken(await shop.grantPlan('shop-staging'));
    const shown = await app.get(`/v1/grants/${grant.id}`, grantDetail);
    expect(shown.can).toContain('no secret values');
    expect(shown).not.toHaveProperty('permissions');
  });

  it('is found by purpose, account and life', async () => {
    const plan = mustBeTaken(await shop.grantPlan('shop-production'));
    const apply = mustBeTaken(await shop.grant(await shop.approved('shop-staging')));
    const found = async (query: string) =>
      (await app.get(`/v1/grants?${query}`, grantPage)).grants.map(({ id }) => id);
    expect(await found('purpose=plan')).toEqual([plan.grant.id]);
    expect(await found('account=222222222222')).toEqual([apply.grant.id]);
    expect(await found('status=issuing,issued')).toEqual([apply.grant.id, plan.grant.id]);
    expect(await found('status=revoked')).toEqual([]);
    expect(await found('account=elsewhere')).toEqual([]);
    expect((await app.refusal('/v1/grants?status=alive'))[0]).toBe(400);
  });
});
