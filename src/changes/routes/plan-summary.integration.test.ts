import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { planSummary } from '../core/plan-summary-api.ts';
import { CANARIES, LOSES_DATA, mustBeTaken, type NameAtShop, openShop, type Shop } from '../testing/shop.ts';
import { type ShopApp, shopApp } from '../testing/shop-app.ts';

let shop: Shop;
let app: ShopApp;
beforeAll(async () => {
  shop = await openShop();
  app = shopApp(shop);
});
beforeEach(() => shop.startOver());
afterAll(() => shop.close());

const summaryOf = ({ id }: { readonly id: string }, as?: NameAtShop, language?: string) =>
  app.get(`/v1/plans/${id}/summary`, planSummary, as, language);

describe('the summary of a plan', () => {
  it('tells what it waits for, for whom, and why, with the policies and facts that say so', async () => {
    const plan = await shop.uploaded('shop-production', { changes: LOSES_DATA, serial: 1 });
    const summary = await summaryOf(plan);
    expect(summary).toMatchObject({
      state: 'awaiting-approval',
      team: 'shop',
      accountName: 'production',
      path: 'stacks/shop-production',
      summary: { replace: 1 },
      terraform: { version: '1.11.4', mode: 'normal' },
    });
    expect(summary.waitsFor.map(({ person }) => person)).toEqual(['hanako', 'yuki', 'kenji']);
    const { decision } = summary;
    expect(decision?.allowed).toBe(false);
    expect(decision?.reasons.length).toBeGreaterThan(0);
    expect(decision?.wouldChange.length).toBeGreaterThan(0);
    expect(decision?.facts.map(({ name }) => name)).toContain('context.findings.losesData');
    expect(JSON.stringify(decision)).not.toMatch(/"file":"[^"]*\//);
    expect(summary.permissions?.can.length).toBeGreaterThan(0);
    expect(summary.timeline.passed.map(({ event }) => event)).toEqual(['uploaded', 'reviewed', 'decided']);
    expect(summary.timeline.ahead.map(({ state }) => state)).toEqual([
      'approved',
      'granted',
      'applying',
      'applied',
    ]);
  });

  it('tells each person what they may do about it, and why not', async () => {
    const plan = await shop.uploaded('shop-production', { changes: LOSES_DATA, serial: 1 });
    const mine = async (as: NameAtShop) => (await summaryOf(plan, as)).mine;
    expect(await mine('taro')).toMatchObject({
      isAuthor: true,
      approve: { allowed: false },
      breakGlass: { allowed: false },
      mayCancel: true,
    });
    expect((await mine('taro'))?.approve?.reasons.length).toBeGreaterThan(0);
    expect(await mine('kenji')).toMatchObject({
      approve: { allowed: true },
      breakGlass: { allowed: false },
      mayCancel: false,
    });
    expect(await mine('hanako')).toMatchObject({ approve: { allowed: true }, breakGlass: { allowed: true } });
    mustBeTaken(await shop.decide(plan, 'yuki'));
    expect(await mine('yuki')).toMatchObject({ given: 'approve' });
    expect((await summaryOf(plan)).waitsFor.map(({ person }) => person)).toEqual(['hanako', 'kenji']);
  });

  it('keeps why it was refused, in the words of who rejected it', async () => {
    const plan = await shop.uploaded('shop-production', { changes: LOSES_DATA, serial: 1 });
    mustBeTaken(await shop.decide(plan, 'hanako', 'reject', 'the orders would be lost'));
    const summary = await summaryOf(plan, 'taro');
    expect(summary.refusal?.reasons[0]?.message).toContain('the orders would be lost');
    expect(summary).not.toHaveProperty('decision');
    expect(summary.timeline.ahead).toEqual([]);
    expect(summary.timeline.passed.at(-1)).toMatchObject({
      byWhom: 'hanako',
      decision: 'reject',
      reason: 'the orders would be lost',
    });
    expect(summary.mine).toMatchObject({ mayCancel: false });
    expect((await summaryOf(plan, 'taro', 'ja')).timeline.passed.at(-1)?.words).toBe('却下されました');
  });

  it('names the stacks of the same commit in order, the grants, and the plan that took its place', async () => {
    const first = await shop.uploaded('shop-production');
    await shop.uploaded('web-production');
    const again = { run_id: '77', run_number: '77' };
    const second = await shop.approved('shop-production', { claims: again });
    expect((await summaryOf(first)).newer).toBe(second.id);
    const granted = mustBeTaken(await shop.grant(second, again));
    const summary = await summaryOf(second);
    expect(summary).not.toHaveProperty('newer');
    expect(summary.stacks.map(({ stack, dependsOn }) => [stack, dependsOn])).toEqual([
      ['shop-production', []],
      ['web-production', ['shop-production']],
    ]);
    expect(summary.grants).toMatchObject([{ id: granted.grant.id, status: 'issued' }]);
    expect(JSON.stringify(summary)).not.toContain('canary');
    expect(JSON.stringify(summary)).not.toContain(CANARIES.sensitiveValue);
  });

  it('is for people, and for jobs of the plan’s repository, who are told of nobody’s rights', async () => {
    const plan = await shop.uploaded('shop-staging');
    const path = `/v1/plans/${plan.id}/summary`;
    expect(await app.refusal(path, {})).toEqual([401, 'request.not-signed-in']);
    const other = { authorization: `Bearer ${await shop.token({ repository_id: '1' })}` };
    expect(await app.refusal(path, other)).toEqual([404, 'plan.unknown']);
    const job = await app.request(path, { headers: { authorization: `Bearer ${await shop.token()}` } });
    expect(planSummary.parse(await job.json())).not.toHaveProperty('mine');
  });

  it('is shown to nobody once the plan’s row was changed', async () => {
    const plan = await shop.uploaded('shop-staging');
    await sql`UPDATE plans SET environment = 'development' WHERE id = ${plan.id}`.execute(shop.room.db);
    expect(await app.refusal(`/v1/plans/${plan.id}/summary`)).toEqual([403, 'plan.record-tampered']);
  });
});
