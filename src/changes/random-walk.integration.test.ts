import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cancelPlan } from './cancel-plan.ts';
import type { Decision } from './core/approval/index.ts';
import type { Review } from './core/review/port.ts';
import type { Granted } from './grant.ts';
import { keepHouse, recoverAfterRestart } from './housekeeping.ts';
import { hearReviews } from './reviews/hear-reviews.ts';
import { releaseStackLocks } from './stack-locks/release-locks.ts';
import type { StoredPlan } from './store/plans.ts';
import {
  awsIsDown,
  type Claims,
  HARMLESS,
  LOSES_DATA,
  type NameAtShop,
  openShop,
  type Shop,
} from './testing/shop.ts';
import { PEOPLE as NUMBERS } from './testing/shop-configuration.ts';
import { HEAD, LATER, MERGE, MERGE_OF_LATER, shopReviews } from './testing/shop-reviews.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

/** What has come of the walk so far: what later steps act on. */
interface Walk {
  plans: StoredPlan[];
  grants: Granted[];
  reviews: string[];
  run: number;
}

/** Staging is applied before the merge, by manual runs for pull requests; production after it. */
const OF = {
  7: { pullRequest: 7, commit: HEAD },
  8: { pullRequest: 8, commit: LATER },
} as const;
const number = fc.constantFrom(7 as const, 7 as const, 8 as const);

const PEOPLE: readonly NameAtShop[] = ['hanako', 'yuki', 'kenji', 'hanako', 'yuki', 'taro'];
const REASON = 'the checkout is down and must be repaired';

/** Mostly the newest plan or grant, sometimes one before it. */
const back = fc.constantFrom(0, 0, 0, 0, 0, 1);

const DECISION = fc.constantFrom<Decision[]>(
  ...Array.from({ length: 10 }, () => 'approve' as const),
  'reject',
  'break-glass',
);

const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('upload' as const),
      stack: fc.constantFrom('shop-staging' as const, 'shop-staging' as const, 'shop-production' as const),
      loses: fc.constantFrom(false, false, true),
      again: fc.boolean(),
      // Of its own job, of a manual run, or of main.
      by: fc.constantFrom('own-job' as const, 'manual' as const, 'manual' as const, 'main' as const),
      of: number,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('review' as const),
      who: fc.constantFrom(...PEOPLE),
      of: number,
      state: fc.constantFrom<Review['state'][]>(
        ...Array.from({ length: 10 }, () => 'approved' as const),
        'commented',
        'changes-requested',
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('change' as const),
      stack: fc.constantFrom('shop-staging' as const, 'shop-production' as const),
      of: number,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('dismiss' as const), review: back }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('hear' as const), of: number }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('ended' as const), of: number }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('github' as const),
      broken: fc.constantFrom(undefined, undefined, undefined, 'reviewsOf' as const),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('decide' as const),
      plan: back,
      who: fc.constantFrom(...PEOPLE),
      decision: DECISION,
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('grant' as const),
      plan: back,
      aws: fc.constantFrom('up' as const, 'up' as const, 'down' as const, 'dies' as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('fetch' as const), grant: back }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('report' as const),
      grant: back,
      outcome: fc.constantFrom('applied' as const, 'failed' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('cancel' as const),
      plan: back,
      who: fc.constantFrom(...PEOPLE),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), hours: fc.constantFrom(0.11, 1, 30, 200) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Of the job that asks to apply: the plan's own run, on main. */
const claimsOf = ({ job }: StoredPlan) => ({
  ...{ run_id: job.runId, run_number: String(job.runNumber) },
  event_name: job.event === 'workflow_dispatch' ? job.event : 'push',
});
/** Counted from the newest. */
const pick = <T>(list: readonly T[], back: number): T | undefined => list.at(-1 - back);

async function take(walk: Walk, one: Step): Promise<void> {
  switch (one.kind) {
    case 'upload':
      return plan(walk, one);
    case 'change':
      for (const part of wayOf(one)) await take(walk, part);
      return;
    case 'review': {
      const by = { id: NUMBERS[one.who].id, login: one.who };
      shop.clock.advance(1_000);
      walk.reviews.push(shop.github.review(one.of, by, one.state, OF[one.of].commit).id);
      return;
    }
    case 'dismiss': {
      const review = pick(walk.reviews, one.review);
      if (review !== undefined) shop.github.dismiss(review);
      return;
    }
    case 'hear':
      await hearReviews(shop.room, place(one.of));
      return;
    case 'ended':
      await releaseStackLocks(shop.room, { ...place(one.of), how: 'closed' });
      return;
    case 'github':
      return shop.github.breakWith(one.broken);
    case 'decide': {
      const plan = pick(walk.plans, one.plan);
      if (plan !== undefined) await shop.decide(plan, one.who, one.decision, REASON);
      return;
    }
    case 'grant':
      return ask(walk, one);
    case 'fetch': {
      const granted = pick(walk.grants, one.grant);
      if (granted !== undefined) await shop.fetch(granted);
      return;
    }
    case 'report': {
      const granted = pick(walk.grants, one.grant);
      if (granted !== undefined) await shop.report(granted, one.outcome, 'unread');
      return;
    }
    case 'cancel': {
      const plan = pick(walk.plans, one.plan);
      if (plan !== undefined) await cancelPlan(shop.room, { plan: plan.id, person: shop.person(one.who) });
      return;
    }
    case 'restart':
      shop.clock.advance(1);
      return recoverAfterRestart(shop.room);
    case 'wait':
      shop.clock.advance(one.hours * 3_600_000);
      return keepHouse(shop.room);
  }
}

/** What people mean to do: propose, review, and ask to apply what was planned again. */
function wayOf({ stack, of }: Extract<Step, { kind: 'change' }>): readonly Step[] {
  const planned = { kind: 'upload', stack, of, loses: false, again: false } as const;
  return [
    { ...planned, by: 'own-job' },
    { kind: 'review', who: 'hanako', of, state: 'approved' },
    { ...planned, by: stack === 'shop-staging' ? 'manual' : 'main' },
    { kind: 'grant', plan: 0, aws: 'up' },
  ];
}

async function plan(walk: Walk, one: Extract<Step, { kind: 'upload' }>): Promise<void> {
  if (!one.again) walk.run += 1;
  const run = { run_id: String(100 + walk.run), run_number: String(100 + walk.run) };
  const changes = one.loses ? LOSES_DATA : HARMLESS;
  const isBefore = one.stack === 'shop-staging';
  const merge = one.of === 7 ? MERGE : MERGE_OF_LATER;
  const claims: Claims =
    one.by === 'own-job'
      ? { ...run, ref: `refs/pull/${one.of}/merge`, event_name: 'pull_request', sha: merge }
      : { ...run, event_name: isBefore ? 'workflow_dispatch' : 'push' };
  const declared = one.by === 'manual' && isBefore ? { declared: OF[one.of] } : {};
  const taken = await shop.upload(one.stack, { changes, claims, ...declared });
  if (taken.ok) walk.plans.push(taken.value.plan);
}

const place = (pullRequest: number) => {
  const issuer = shop.organization().issuers[0]?.name ?? expect.unreachable();
  return { issuer, repositoryId: '700100', pullRequest };
};

async function ask(walk: Walk, one: Extract<Step, { kind: 'grant' }>): Promise<void> {
  const plan = pick(walk.plans, one.plan);
  if (plan === undefined) return;
  if (one.aws === 'dies') shop.interceptSts(() => Promise.reject(new Error('killed')));
  else shop.interceptSts(one.aws === 'down' ? awsIsDown : undefined);
  const granted = await shop.grant(plan, claimsOf(plan)).catch((cause: unknown) => {
    if (one.aws !== 'dies') throw cause;
    return undefined;
  });
  if (granted?.ok === true) walk.grants.push(granted.value);
}

/** Each query answers rows only where a promise is broken. */
const BROKEN_PROMISES: Readonly<Record<string, string>> = {
  'two plans of a stack on the road': `SELECT stack FROM plans WHERE state IN ('granted', 'applying') GROUP BY stack HAVING count(*) > 1`,
  'two live grants of a stack': `SELECT stack FROM grants WHERE status IN ('issuing', 'issued') AND purpose = 'apply' GROUP BY stack HAVING count(*) > 1`,
  'a plan granted twice': `SELECT plan_id FROM grants WHERE status NOT IN ('failed') GROUP BY plan_id HAVING count(*) > 1`,
  'a live grant without its plan on the road': `SELECT g.id FROM grants g JOIN plans p ON p.id = g.plan_id WHERE g.status IN ('issuing', 'issued') AND p.state NOT IN ('granted', 'applying')`,
  'a plan on the road without a live grant': `SELECT p.id FROM plans p WHERE p.state IN ('granted', 'applying') AND NOT EXISTS (SELECT FROM grants g WHERE g.plan_id = p.id AND g.status IN ('issuing', 'issued'))`,
  'an issued grant nobody approved': `SELECT g.id FROM grants g WHERE g.issued_at IS NOT NULL AND NOT EXISTS (
     SELECT FROM approvals a WHERE a.consumed_by = g.id AND a.decision IN ('approve', 'break-glass') AND a.fingerprint = g.plan_fingerprint AND a.stack = g.stack AND a.approver <> 'taro' OR
       a.consumed_by = g.id AND a.decision = 'break-glass')
     AND NOT EXISTS (SELECT FROM used_reviews u WHERE u.grant_id = g.id AND u.fingerprint = g.plan_fingerprint AND u.stack = g.stack AND u.approver <> 'taro')`,
  'data lost in production on one word': `SELECT g.id FROM grants g JOIN plans p ON p.id = g.plan_id WHERE g.issued_at IS NOT NULL AND g.stack = 'shop-production' AND p.facts #>> '{findings,losesData}' = 'true'
     AND ((SELECT count(DISTINCT said.approver) FROM (SELECT approver FROM approvals WHERE consumed_by = g.id AND decision = 'approve'
         UNION SELECT approver FROM used_reviews WHERE grant_id = g.id) AS said) < 2
       OR NOT EXISTS (SELECT FROM approvals a WHERE a.consumed_by = g.id AND a.decision = 'approve'))
     AND NOT EXISTS (SELECT FROM approvals a WHERE a.consumed_by = g.id AND a.decision = 'break-glass' AND a.approver = 'hanako')`,
  'a grant over a rejection': `SELECT g.id FROM grants g JOIN approvals a ON a.consumed_by = g.id WHERE a.decision = 'reject' AND g.issued_at IS NOT NULL`,
  'an apply of what another pull request holds': `SELECT g.id FROM grants g JOIN plans p ON p.id = g.plan_id JOIN stack_locks l ON l.stack = g.stack
     WHERE g.purpose = 'apply' AND g.status IN ('issuing', 'issued') AND p.pull_request IS DISTINCT FROM l.pull_request`,
  'a stack held without an apply': `SELECT l.stack FROM stack_locks l JOIN grants g ON g.id = l.grant_id WHERE g.status IN ('failed', 'abandoned')`,
  'a review that served nothing': `SELECT u.review_id FROM used_reviews u JOIN grants g ON g.id = u.grant_id WHERE g.status IN ('failed', 'abandoned')`,
  'a history with a gap': `SELECT plan_id FROM plan_history GROUP BY plan_id HAVING min(position) <> 0 OR max(position) <> count(*) - 1`,
  'a state that is not its history’s last': `SELECT p.id FROM plans p JOIN LATERAL (SELECT state FROM plan_history h WHERE h.plan_id = p.id ORDER BY position DESC LIMIT 1) h ON true WHERE h.state <> p.state`,
  'a file kept after its end': `SELECT id FROM plans WHERE file_sealed IS NOT NULL AND state NOT IN ('planned', 'reviewed', 'awaiting-approval', 'approved', 'granted', 'applying')`,
};

/** In one question, as it is asked after every step. */
const WHICH_ARE_BROKEN = Object.entries(BROKEN_PROMISES)
  .map(([promise, query]) => `SELECT '${promise}' AS promise WHERE EXISTS (${query})`)
  .join(' UNION ALL ');

async function brokenPromises(): Promise<readonly string[]> {
  const { rows } = await sql.raw<{ promise: string }>(WHICH_ARE_BROKEN).execute(shop.room.db);
  return rows.map(({ promise }) => promise);
}

async function startOver(): Promise<void> {
  await shop.startOver();
  shopReviews(shop).startOver();
  shop.reconfigure(({ stacks }) => {
    for (const stack of stacks) {
      const isBefore = stack.name === 'shop-staging';
      Object.assign(stack, {
        plan: {
          events: ['pull_request', 'push', 'workflow_dispatch'],
          refs: ['refs/heads/main', 'refs/pull/*/merge'],
        },
        ...(isBefore ? { apply: { when: 'before-merge' } } : {}),
      });
    }
  });
}

it('whatever people, jobs, GitHub, AWS and crashes do in whatever order, every promise holds', async () => {
  let [granted, reviewed, held] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 25, maxLength: 50 }), async (steps) => {
      await startOver();
      const walk: Walk = { plans: [], grants: [], reviews: [], run: 0 };
      for (const one of steps) {
        await take(walk, one);
        expect(await brokenPromises()).toEqual([]);
      }
      granted += walk.grants.length;
      reviewed += (await sql`SELECT FROM used_reviews`.execute(shop.room.db)).rows.length;
      held += (await shop.auditKinds()).filter((kind) => kind === 'stack.locked').length;
      expect(await shop.auditVerdict()).toBe('intact');
    }),
    { numRuns: 16, seed: 20_261_122 },
  );
  // A walk on which nothing was ever granted would prove little.
  expect(granted).toBeGreaterThan(5);
  expect([reviewed > 2, held > 2]).toEqual([true, true]);
}, 180_000);
