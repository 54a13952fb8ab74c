import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { epochMs } from '#core-values';
import { expireGrants } from '#credentials';
import { inTransaction } from '#platform';
import { cancelPlan } from './cancel-plan.ts';
import { endPlanOf } from './end-plan.ts';
import { takeBackGrant } from './revoke-grant.ts';
import { lockStack } from './store/stack-lock.ts';
import { knownStateOf } from './store/stack-states.ts';
import { mustBeTaken, openShop, rulesOf, type Shop } from './testing/shop.ts';
import { revokeUnclaimedGrants } from './unclaimed-grants.ts';

const HOTFIX = { run_id: '32', run_number: '8', ref: 'refs/heads/hotfix' };
let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
beforeEach(() => shop.startOver());
afterEach(() => edit('DROP TRIGGER IF EXISTS blinded ON plans; DROP TRIGGER IF EXISTS blinded ON approvals'));
afterAll(() => shop.close());

const edit = (words: string) => sql.raw(words).execute(shop.room.db);

/** A use-case that never sees a plan leave `approved`, nor an approval that was used: every check of its own is blind. */
const blindTheUseCase = () =>
  edit(`
    CREATE OR REPLACE FUNCTION plan_stays_approved() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN IF NEW.state = 'granted' THEN NEW.state := 'approved'; END IF; RETURN NEW; END $$;
    CREATE OR REPLACE FUNCTION approval_stays_unused() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN NEW.consumed_by := NULL; RETURN NEW; END $$;
    CREATE TRIGGER blinded BEFORE UPDATE ON plans FOR EACH ROW EXECUTE FUNCTION plan_stays_approved();
    CREATE TRIGGER blinded BEFORE UPDATE ON approvals FOR EACH ROW EXECUTE FUNCTION approval_stays_unused()`);

const approvedOnTwoBranches = async () => {
  shop.reconfigure(({ stacks }) => {
    const from = { events: ['push'], refs: ['refs/heads/main', 'refs/heads/hotfix'] };
    Object.assign(stacks[0] ?? {}, { plan: from, apply: from });
  });
  const one = await shop.approved('shop-staging');
  const other = await shop.approved('shop-staging', { claims: HOTFIX, lineage: 'x', serial: 3 });
  mustBeTaken(await shop.decide(one, 'yuki'));
  return { one, other };
};

describe('attack 20: when every check of the use-case is blind, the database alone', () => {
  it('gives credentials for one plan to one of twenty that ask at the same moment', async () => {
    const plan = await shop.approved('shop-staging');
    await blindTheUseCase();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => shop.grant(plan)));
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    expect(new Set(outcomes.flatMap(rulesOf))).toEqual(new Set(['allowed', 'grant.used']));
    expect(shop.issued()).toHaveLength(1);
    expect(await shop.auditVerdict()).toBe('intact');
  });

  it('gives none for a plan whose grant is over', async () => {
    const plan = await shop.approved('shop-staging');
    const granted = mustBeTaken(await shop.grant(plan));
    mustBeTaken(await shop.fetch(granted));
    mustBeTaken(await shop.report(granted, 'applied', 'unread'));
    await edit(`UPDATE plans SET state = 'approved'; UPDATE approvals SET consumed_by = NULL`);
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => shop.grant(plan)));
    expect(outcomes.flatMap(rulesOf)).toEqual(Array.from({ length: 5 }, () => 'grant.used'));
    expect(shop.issued()).toHaveLength(1);
  });

  it('gives credentials for one of two plans of a stack that are asked for at the same moment', async () => {
    const { one, other } = await approvedOnTwoBranches();
    await blindTheUseCase();
    const outcomes = await Promise.all([shop.grant(one), shop.grant(other, HOTFIX)]);
    expect(outcomes.flatMap(rulesOf).toSorted()).toEqual(['allowed', 'grant.apply-in-flight']);
    expect(shop.issued()).toHaveLength(1);
  });

  it('gives none for a plan while another of its stack holds a grant', async () => {
    const { one, other } = await approvedOnTwoBranches();
    const { grant } = mustBeTaken(await shop.grant(one));
    await edit(`UPDATE plans SET state = 'approved'; UPDATE approvals SET consumed_by = NULL`);
    const refused = await shop.grant(other, HOTFIX);
    expect(rulesOf(refused)).toEqual(['grant.apply-in-flight']);
    expect(JSON.stringify(refused)).toContain(grant.id);
    expect(shop.issued()).toHaveLength(1);
  });
});

/** As soon as a transaction is held up by the lock of a stack; never after `over` is aborted. */
async function somebodyWaits(over: AbortSignal): Promise<'waits' | 'over'> {
  while (!over.aborted) {
    const { rows } = await sql<{ waiting: number }>`SELECT count(*)::int AS waiting FROM pg_locks
      WHERE locktype = 'advisory' AND NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`.execute(
      shop.room.db,
    );
    if ((rows[0]?.waiting ?? 0) > 0) return 'waits';
  }
  return 'over';
}

describe('attack 20: while something else is decided about its stack', () => {
  const person = () => shop.person('yuki');
  it.each([
    ['an upload', async () => () => shop.upload('shop-staging')],
    [
      'an approval',
      async () => {
        const plan = await shop.uploaded('shop-staging');
        return () => shop.decide(plan, 'hanako');
      },
    ],
    [
      'a grant',
      async () => {
        const plan = await shop.approved('shop-staging');
        return () => shop.grant(plan);
      },
    ],
    [
      'a cancellation',
      async () => {
        const plan = await shop.uploaded('shop-staging');
        return () => cancelPlan(shop.room, { plan: plan.id, person: person() });
      },
    ],
    [
      'a report',
      async () => {
        const granted = mustBeTaken(await shop.grant(await shop.approved('shop-staging')));
        mustBeTaken(await shop.fetch(granted));
        return () => shop.report(granted);
      },
    ],
    [
      'a revocation',
      async () => {
        const { grant } = mustBeTaken(await shop.grant(await shop.approved('shop-staging')));
        return () => takeBackGrant(shop.room, { grant: grant.id, person: person() });
      },
    ],
    [
      'taking back what nobody claimed',
      async () => {
        mustBeTaken(await shop.grant(await shop.approved('shop-staging')));
        shop.clock.advance(3_600_000 - 1);
        return () => revokeUnclaimedGrants(shop.room);
      },
    ],
  ])('%s waits', async (_, prepare) => {
    const act = await prepare();
    const stack = shop.organization().stacks.find(({ name }) => name === 'shop-staging')?.name;
    if (stack === undefined) throw new Error('no such stack');
    const { acting, first } = await inTransaction(shop.room.db, async (tx) => {
      await lockStack(tx, stack);
      // The lock may travel with the next statement only.
      await sql`SELECT 1`.execute(tx);
      const over = new AbortController();
      const acting = act().finally(() => over.abort());
      return { acting: [acting], first: await somebodyWaits(over.signal) };
    });
    expect(first).toBe('waits');
    await Promise.all(acting);
  });
});

it('a grant that waits for its stack holds up no grant of another stack', async () => {
  const busy = await shop.approved('shop-staging');
  const free = await shop.approved('shop-production');
  const stack = shop.organization().stacks.find(({ name }) => name === 'shop-staging')?.name;
  if (stack === undefined) throw new Error('no such stack');
  const acting = await inTransaction(shop.room.db, async (tx) => {
    await lockStack(tx, stack);
    await sql`SELECT 1`.execute(tx);
    const waiting = shop.grant(busy);
    const both = [shop.grant(free), shop.grant(free)];
    expect((await Promise.all(both)).flatMap(rulesOf).toSorted()).toEqual(['allowed', 'grant.used']);
    return { waiting };
  });
  expect(rulesOf(await acting.waiting)).toEqual(['allowed']);
});

describe('a report whose grant ends while it waits for its stack', () => {
  it.each([
    ['alone', 'grant.state', 'applying'],
    ['together with its plan', 'plan.state', 'failed'],
  ] as const)('%s is refused with the reason, and nothing of it is kept', async (how, rule, state) => {
    const plan = await shop.approved('shop-staging', { lineage: 'a', serial: 4 });
    const granted = mustBeTaken(await shop.grant(plan));
    mustBeTaken(await shop.fetch(granted));
    const { reporting } = await inTransaction(shop.room.db, async (tx) => {
      await lockStack(tx, plan.stack);
      await sql`SELECT 1`.execute(tx);
      const reporting = shop.report(granted, 'applied', { lineage: 'a', serial: 5 });
      expect(await somebodyWaits(new AbortController().signal)).toBe('waits');
      const now = shop.clock.now();
      for (const grant of await expireGrants(tx, epochMs(now + 24 * 3_600_000)))
        if (how !== 'alone') await endPlanOf(tx, grant, 'grant-ended', now);
      return { reporting };
    });
    expect(rulesOf(await reporting)).toEqual([rule]);
    expect((await shop.stored(plan.id)).state).toBe(state);
    expect(await knownStateOf(shop.room.db, plan.stack)).toBeUndefined();
    expect(await shop.auditKinds()).not.toContain('apply.reported');
  });
});
