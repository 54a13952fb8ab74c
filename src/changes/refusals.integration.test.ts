import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keepHouse } from './housekeeping.ts';
import { openShop, rulesOf, type Shop } from './testing/shop.ts';

const HOUR_MS = 3_600_000;
const STRANGER = { repository_id: '666000', repository: 'evil/flood' };
let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
beforeEach(async () => {
  await shop.startOver();
  // The beginning of an hour, so that no test falls into two.
  shop.clock.advance(HOUR_MS - (shop.clock.now() % HOUR_MS));
});
afterAll(() => shop.close());

const many = <T>(count: number, act: (index: number) => Promise<T>): Promise<readonly T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => act(index)));
const knock = (claims = STRANGER) => shop.grantPlan('shop-staging', claims);
const refusals = async () => (await shop.auditKinds()).filter((kind) => kind.endsWith('.refused')).length;
const tallies = async () => (await sql`SELECT topic FROM audit_tallies`.execute(shop.room.db)).rows.length;

describe('refusals of a repository that no stack is built from', () => {
  it('are recorded ten times an hour; the others are counted in one entry when the hour is over', async () => {
    const outcomes = await many(40, () => knock());
    expect(new Set(outcomes.map((one) => rulesOf(one).join()))).toEqual(new Set(['trust.repository']));
    const named = outcomes.filter((one) => !one.ok && one.error.auditEntry !== undefined);
    expect([named.length, await refusals()]).toEqual([10, 10]);
    shop.clock.advance(HOUR_MS - 1);
    await keepHouse(shop.room);
    expect(await shop.auditKinds()).not.toContain('audit.entries-left-out');
    shop.clock.advance(1);
    await Promise.all([keepHouse(shop.room), keepHouse(shop.room)]);
    const topic = 'refusals of repository 666000 of https://token.actions.githubusercontent.com';
    expect(await shop.audited('audit.entries-left-out')).toMatchObject({
      actor: { kind: 'server' },
      evidence: { topic, written: 10, leftOut: 30 },
    });
    expect((await shop.auditKinds()).filter((kind) => kind === 'audit.entries-left-out')).toHaveLength(1);
    expect(await tallies()).toBe(0);
    expect(await shop.auditVerdict()).toBe('intact');
  });

  it('are recorded again in the next hour', async () => {
    await many(12, () => knock());
    shop.clock.advance(HOUR_MS);
    await many(12, () => knock());
    expect(await refusals()).toBe(20);
  });

  it('are counted together whatever they asked for', async () => {
    await many(6, () => knock());
    await many(6, () => shop.upload('shop-staging', { claims: STRANGER }));
    const asked = { stack: 'shop-staging', plan: 'd'.repeat(64) };
    const plan = await shop.uploaded('shop-production');
    await many(6, () => shop.grant(plan, STRANGER, asked));
    expect(await refusals()).toBe(10);
  });

  it('are bounded for all repositories of an issuer together, and so are the rows that count them', async () => {
    await many(140, (index) => knock({ repository_id: `666${index}`, repository: 'evil/flood' }));
    expect(await refusals()).toBe(100);
    expect(await tallies()).toBe(101);
    shop.clock.advance(HOUR_MS);
    await keepHouse(shop.room);
    expect(await shop.audited('audit.entries-left-out')).toMatchObject({
      evidence: { topic: expect.stringContaining('strangers'), written: 100, leftOut: 40 },
    });
  });

  it('do not keep anything of our own repositories out of the log', async () => {
    await many(20, () => knock());
    await many(20, () => shop.upload('shop-staging', { file: Buffer.from('no plan') }));
    expect(await refusals()).toBe(30);
  });
});
