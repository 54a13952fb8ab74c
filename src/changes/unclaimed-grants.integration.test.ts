import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { authorizeGrant, selectGrant } from '#credentials';
import type { Granted } from './grant.ts';
import { keepHouse } from './housekeeping.ts';
import { takeBackGrant } from './revoke-grant.ts';
import { mustBeTaken, openShop, rulesOf, type Shop } from './testing/shop.ts';
import { revokeUnclaimedGrants } from './unclaimed-grants.ts';

const MINUTE_MS = 60_000;
const UNCLAIMED_MS = 6 * MINUTE_MS;
const NEXT_RUN = { run_id: '32', run_number: '8' };
let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
beforeEach(() => shop.startOver());
afterAll(() => shop.close());

const granted = async (): Promise<Granted> =>
  mustBeTaken(await shop.grant(await shop.approved('shop-staging')));
const wait = async (ms: number): Promise<void> => {
  shop.clock.advance(ms);
  await keepHouse(shop.room);
};
const statusOf = async ({ grant }: Granted) => (await selectGrant(shop.room.db, grant.id))?.status;
const stateOfPlan = async ({ grant }: Granted) => (await shop.stored(grant.plan?.id ?? '')).state;
const denied = ({ grant }: Granted) =>
  [...shop.rolePolicies.policies.keys()].filter((name) => name.endsWith(grant.id)).length;

describe('an apply grant that nobody claims', () => {
  it('is taken back after six minutes and not before: secret, session and stack', async () => {
    const lost = await granted();
    await wait(UNCLAIMED_MS - 1);
    expect([await statusOf(lost), denied(lost)]).toEqual(['issued', 0]);
    await wait(1);
    expect(await selectGrant(shop.room.db, lost.grant.id)).toMatchObject({
      status: 'revoked',
      revocation: 'in-force',
      ending: 'revoked by sekisho: no job claimed it',
    });
    expect(denied(lost)).toBe(1);
    expect((await authorizeGrant(shop.room.db, lost.secret, shop.clock.now())).ok).toBe(false);
    expect((await shop.auditKinds()).slice(-2)).toEqual(['grant.revoked', 'grant.denied-in-aws']);
    expect(await shop.audited('grant.revoked')).toMatchObject({
      actor: { kind: 'server', name: 'sekisho' },
      subject: { grant: lost.grant.id, stack: 'shop-staging', plan: lost.grant.plan?.id },
      evidence: { purpose: 'apply', reason: 'no job claimed it within 6 minutes' },
    });
    const next = await shop.uploaded('shop-staging', { claims: NEXT_RUN });
    mustBeTaken(await shop.decide(next, 'hanako'));
    expect(rulesOf(await shop.grant(next, NEXT_RUN))).toEqual(['allowed']);
  });

  it('leaves its plan and its approvals where a revocation by a person leaves them', async () => {
    const lost = await granted();
    await wait(UNCLAIMED_MS);
    const afterwards = async (one: Granted) => {
      const plan = await shop.uploaded('shop-staging', { claims: NEXT_RUN });
      return [await stateOfPlan(one), plan.state];
    };
    const unclaimed = await afterwards(lost);
    await shop.startOver();
    const revoked = await granted();
    mustBeTaken(await takeBackGrant(shop.room, { grant: revoked.grant.id, person: shop.person('hanako') }));
    expect(unclaimed).toEqual(await afterwards(revoked));
    expect(unclaimed).toEqual(['failed', 'awaiting-approval']);
  });

  it('is taken back once, however many replicas keep house at the same moment and however often', async () => {
    const lost = await granted();
    shop.clock.advance(UNCLAIMED_MS);
    await Promise.all(Array.from({ length: 8 }, () => revokeUnclaimedGrants(shop.room)));
    await wait(MINUTE_MS);
    const kinds = await shop.auditKinds();
    expect(kinds.filter((kind) => kind === 'grant.revoked')).toHaveLength(1);
    expect(denied(lost)).toBe(1);
    expect(await shop.auditVerdict()).toBe('intact');
  });

  it('is denied in AWS by the next round when the server died after it was taken back', async () => {
    const lost = await granted();
    shop.clock.advance(UNCLAIMED_MS);
    await revokeUnclaimedGrants(shop.room);
    expect([await statusOf(lost), denied(lost)]).toEqual(['revoked', 0]);
    await keepHouse(shop.room);
    expect(denied(lost)).toBe(1);
  });

  it('is either claimed or taken back when both happen at the same moment', async () => {
    const lost = await granted();
    shop.clock.advance(UNCLAIMED_MS);
    const [fetched] = await Promise.all([shop.fetch(lost), revokeUnclaimedGrants(shop.room)]);
    expect([await statusOf(lost), await stateOfPlan(lost)]).toEqual(
      fetched.ok ? ['issued', 'applying'] : ['revoked', 'failed'],
    );
  });
});

describe('a grant is left alone', () => {
  it('once its job has fetched the plan file', async () => {
    const claimed = await granted();
    mustBeTaken(await shop.fetch(claimed));
    await wait(50 * MINUTE_MS);
    expect([await statusOf(claimed), denied(claimed)]).toEqual(['issued', 0]);
    expect(mustBeTaken(await shop.report(claimed)).plan.state).toBe('applied');
    await wait(UNCLAIMED_MS);
    expect(await statusOf(claimed)).toBe('finished');
  });

  it('when it is for planning: nothing waits for it', async () => {
    const planning = mustBeTaken(await shop.grantPlan('shop-staging'));
    await wait(10 * MINUTE_MS);
    expect(await statusOf(planning)).toBe('issued');
  });
});
