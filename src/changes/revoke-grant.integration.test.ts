import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseGrantId, problem, verbatim } from '#core-values';
import { authorizeGrant, selectGrants } from '#credentials';
import type { Granted } from './grant.ts';
import { keepHouse } from './housekeeping.ts';
import { takeBackGrant } from './revoke-grant.ts';
import { findPlan } from './store/plans.ts';
import { mustBeTaken, type NameAtShop, openShop, rulesOf, type Shop } from './testing/shop.ts';

const MINUTE_MS = 60_000;
let shop: Shop;
let granted: Granted;

beforeEach(async () => {
  shop = await openShop();
  const plan = await shop.uploaded('shop-staging');
  mustBeTaken(await shop.decide(plan, 'hanako'));
  granted = mustBeTaken(await shop.grant(plan));
});
afterEach(() => shop.close());

const revoke = (name: NameAtShop, reason?: string) =>
  takeBackGrant(shop.room, {
    grant: granted.grant.id,
    person: shop.person(name),
    ...(reason === undefined ? {} : { reason }),
  });

const stateOfPlan = async () => {
  const id = granted.grant.plan?.id;
  return id === undefined ? undefined : (await findPlan(shop.room.db, id))?.state;
};

const DOWN = problem('outside-failed', {
  rule: 'x.down',
  message: verbatim('down'),
  remedy: verbatim('wait'),
});

describe('a grant that is taken back', () => {
  it('is over at once: its secret serves no longer, its plan has ended, its session is denied in AWS', async () => {
    const revoked = mustBeTaken(await revoke('yuki', 'the runner was compromised'));
    expect(revoked).toMatchObject({
      grant: { status: 'revoked', revocation: 'in-force', ending: 'revoked by yuki' },
    });
    expect(revoked.undenied).toBeUndefined();
    expect((await authorizeGrant(shop.room.db, granted.secret, shop.clock.now())).ok).toBe(false);
    expect(await stateOfPlan()).toBe('failed');
    expect([...shop.rolePolicies.policies.keys()]).toEqual([
      `arn:aws:iam::222222222222:role/sekisho-apply SekishoRevoked-${granted.grant.id}`,
    ]);
    expect((await shop.auditKinds()).slice(-2)).toEqual(['grant.revoked', 'grant.denied-in-aws']);
    expect(await shop.audited('grant.revoked')).toMatchObject({
      actor: { kind: 'person', name: 'yuki' },
      subject: { grant: granted.grant.id, stack: 'shop-staging' },
      evidence: { purpose: 'apply', reason: 'the runner was compromised' },
    });
    expect(await shop.auditVerdict()).toBe('intact');
  });

  it('leaves the stack free for the next plan', async () => {
    mustBeTaken(await revoke('yuki'));
    const next = await shop.uploaded('shop-staging');
    mustBeTaken(await shop.decide(next, 'hanako'));
    mustBeTaken(await shop.grant(next));
  });

  it('may be one for planning, which ends no plan', async () => {
    granted = mustBeTaken(await shop.grantPlan('shop-staging'));
    mustBeTaken(await revoke('hanako'));
    expect([...shop.rolePolicies.policies.keys()][0]).toContain('role/sekisho-plan');
  });

  it('stays taken back when AWS does not answer: the answer says why, and it is tried again every minute', async () => {
    shop.rolePolicies.failWith(DOWN);
    const revoked = mustBeTaken(await revoke('yuki'));
    expect(revoked).toMatchObject({ grant: { status: 'revoked', revocation: 'pending' } });
    expect(revoked.undenied?.reasons[0].rule).toBe('x.down');
    for (let minute = 0; minute < 3; minute++) {
      shop.clock.advance(MINUTE_MS);
      await keepHouse(shop.room);
    }
    const kinds = await shop.auditKinds();
    expect(kinds.filter((kind) => kind === 'grant.deny-failed')).toHaveLength(1);
    shop.rolePolicies.failWith(undefined);
    await keepHouse(shop.room);
    expect(shop.rolePolicies.policies.size).toBe(1);
    expect((await shop.auditKinds()).at(-1)).toBe('grant.denied-in-aws');
  });

  it('leaves nothing in AWS a quarter of an hour after its session would have expired', async () => {
    mustBeTaken(await revoke('yuki'));
    shop.clock.advance(60 * MINUTE_MS);
    await keepHouse(shop.room);
    expect(shop.rolePolicies.policies.size).toBe(1);
    shop.clock.advance(16 * MINUTE_MS);
    await keepHouse(shop.room);
    expect(shop.rolePolicies.policies.size).toBe(0);
    expect((await shop.auditKinds()).at(-1)).toBe('grant.deny-lifted');
  });
});

describe('taking a grant back is refused', () => {
  it('to people of other teams, on the record, and changes nothing', async () => {
    const refused = await revoke('kenji');
    expect(rulesOf(refused)).toEqual(['grant.revoke-not-yours']);
    expect(await shop.audited('grant.revoke-refused')).toMatchObject({ outcome: 'denied' });
    expect(shop.rolePolicies.policies.size).toBe(0);
    expect(await stateOfPlan()).toBe('granted');
    expect((await authorizeGrant(shop.room.db, granted.secret, shop.clock.now())).ok).toBe(true);
  });

  it('but not to an administrator of any team', async () => {
    shop.reconfigure((draft) => {
      draft.administrators = ['kenji'];
    });
    mustBeTaken(await revoke('kenji'));
  });

  it('the second time, and for a grant that does not exist', async () => {
    mustBeTaken(await revoke('yuki'));
    expect(rulesOf(await revoke('yuki'))).toEqual(['grant.not-live']);
    const unknown = parseGrantId('grt_00000000-0000-7000-8000-000000000000');
    if (unknown === undefined) throw new Error('not an id');
    const asked = { grant: unknown, person: shop.person('yuki') };
    expect(rulesOf(await takeBackGrant(shop.room, asked))).toEqual(['grant.unknown']);
  });
});

describe('the list of grants', () => {
  it('holds them newest first, by stack, status and plan', async () => {
    shop.clock.advance(1_000);
    const planning = mustBeTaken(await shop.grantPlan('shop-production'));
    const ids = async (filter: Omit<Parameters<typeof selectGrants>[1], 'limit'>) =>
      (await selectGrants(shop.room.db, { ...filter, limit: 10 })).map(({ id }) => id);
    expect(await ids({})).toEqual([planning.grant.id, granted.grant.id]);
    expect(await ids({ stack: granted.grant.stack })).toEqual([granted.grant.id]);
    expect(await ids({ before: planning.grant.id })).toEqual([granted.grant.id]);
    const { plan } = granted.grant;
    expect(plan === undefined ? [] : await ids({ plan: plan.id })).toEqual([granted.grant.id]);
    mustBeTaken(await revoke('yuki'));
    expect(await ids({ statuses: ['revoked'] })).toEqual([granted.grant.id]);
  });
});
