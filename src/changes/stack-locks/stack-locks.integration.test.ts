import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  awsIsDown,
  type Claims,
  HARMLESS,
  LOSES_DATA,
  mustBeTaken,
  openShop,
  rulesOf,
  type Shop,
} from '../testing/shop.ts';
import { HEAD, LATER, OF_7 } from '../testing/shop-reviews.ts';
import { releaseStackLocks, unlockStack } from './release-locks.ts';

const dispatch = (run: number): Claims => ({
  ...{ event_name: 'workflow_dispatch', ref: 'refs/heads/main' },
  ...{ run_id: String(run), run_number: String(run) },
});
const OF = { 7: { pullRequest: 7, commit: HEAD }, 8: { pullRequest: 8, commit: LATER } } as const;
const OTHER = LOSES_DATA;

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
beforeEach(async () => {
  await shop.startOver();
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

/** A manual run that planned for a pull request, or for main, and was approved by Yuki. */
async function approved(run: number, of?: keyof typeof OF, changes = OTHER) {
  const claims = dispatch(run);
  const declared = of === undefined ? {} : { declared: OF[of] };
  const plan = await shop.uploaded('shop-staging', { claims, changes, ...declared });
  return { plan: mustBeTaken(await shop.decide(plan, 'yuki')).plan, claims };
}
async function applied(run: number, of?: keyof typeof OF, outcome: 'applied' | 'failed' = 'applied') {
  const { plan, claims } = await approved(run, of);
  const granted = mustBeTaken(await shop.grant(plan, claims));
  mustBeTaken(await shop.fetch(granted));
  mustBeTaken(await shop.report(granted, outcome, 'unread'));
}
const ask = async (run: number, of?: keyof typeof OF) => {
  const { plan, claims } = await approved(run, of);
  return rulesOf(await shop.grant(plan, claims));
};
const locks = async () =>
  (
    await sql<{ stack: string; pr: string }>`SELECT stack, pull_request AS pr FROM stack_locks`.execute(
      shop.room.db,
    )
  ).rows.map(({ stack, pr }) => [stack, Number(pr)]);
const place = (pullRequest: number) => {
  const issuer = shop.organization().issuers[0]?.name ?? expect.unreachable();
  return { issuer, repositoryId: '700100', pullRequest };
};

describe('a pull request that is applied before its merge', () => {
  it('holds the stack: other pull requests and main are refused, and told who holds it', async () => {
    await applied(10, 7);
    expect(await locks()).toEqual([['shop-staging', 7]]);
    expect(await ask(11, 8)).toEqual(['grant.stack-locked']);
    expect(await ask(12)).toEqual(['grant.stack-locked']);
    const refused = JSON.stringify(await shop.audited('grant.refused'));
    expect(refused).toContain('Pull request #7 of shop/infra holds the stack');
    expect(await shop.audited('stack.locked')).toMatchObject({
      subject: { stack: 'shop-staging' },
      evidence: { pullRequest: 7 },
    });
  });

  it('may be applied again itself, also after a failed apply, which keeps the lock', async () => {
    await applied(10, 7, 'failed');
    expect(await locks()).toEqual([['shop-staging', 7]]);
    expect(await ask(11, 7)).toEqual(['allowed']);
    expect((await shop.auditKinds()).filter((kind) => kind === 'stack.locked')).toHaveLength(1);
  });

  it('frees the stack when it is merged or closed, and only its own', async () => {
    await applied(10, 7);
    expect(await releaseStackLocks(shop.room, { ...place(8), how: 'closed' })).toEqual([]);
    expect(
      await releaseStackLocks(shop.room, { ...place(7), repositoryId: '700101', how: 'closed' }),
    ).toEqual([]);
    expect(await releaseStackLocks(shop.room, { ...place(7), how: 'merged' })).toEqual(['shop-staging']);
    expect(await releaseStackLocks(shop.room, { ...place(7), how: 'merged' })).toEqual([]);
    expect(await shop.audited('stack.unlocked')).toMatchObject({
      evidence: { how: 'merged', pullRequest: 7 },
    });
    expect(await ask(11)).toEqual(['allowed']);
    // Main holds nothing: it is what is merged.
    expect(await locks()).toEqual([]);
  });

  it('gives the stack back when AWS issued nothing, but not what it held before', async () => {
    const { plan, claims } = await approved(10, 7);
    shop.interceptSts(awsIsDown);
    expect(rulesOf(await shop.grant(plan, claims))).toEqual(['sts.failed']);
    expect(await locks()).toEqual([]);
    shop.interceptSts(undefined);
    const granted = mustBeTaken(await shop.grant(plan, claims));
    mustBeTaken(await shop.report(granted, 'failed', 'unread'));
    const again = await approved(11, 7);
    shop.interceptSts(awsIsDown);
    expect(rulesOf(await shop.grant(again.plan, again.claims))).toEqual(['sts.failed']);
    expect(await locks()).toEqual([['shop-staging', 7]]);
  });

  it('holds no stack of those that are applied after the merge', async () => {
    shop.reconfigure(({ stacks }) => {
      for (const stack of stacks)
        Object.assign(stack, { apply: { events: ['push', 'workflow_dispatch'], refs: ['refs/heads/main'] } });
    });
    expect(await ask(10, 7)).toEqual(['allowed']);
    expect(await locks()).toEqual([]);
  });

  it('attack 20: two pull requests that ask at once do not both get the stack', async () => {
    const asked = [await approved(10, 7), await approved(11, 8, HARMLESS)];
    const answers = await Promise.all(asked.map(({ plan, claims }) => shop.grant(plan, claims)));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(answers.flatMap(rulesOf)).toContain('grant.stack-locked');
    expect(await locks()).toHaveLength(1);
  });
});

describe('a lock', () => {
  const unlock = (name: 'hanako' | 'kenji' | 'yuki') =>
    unlockStack(shop.room, { stack: 'shop-staging', person: shop.person(name), reason: '#7 is given up' });

  it('is taken away by whoever may administer the stack, with a reason that the log keeps', async () => {
    await applied(10, 7);
    expect(rulesOf(await unlock('kenji'))).toContain('policy.not-permitted');
    expect(await locks()).toHaveLength(1);
    expect(mustBeTaken(await unlock('yuki')).lock).toMatchObject({ pullRequest: 7 });
    expect(await shop.audited('stack.unlocked')).toMatchObject({
      actor: { kind: 'person', name: 'yuki' },
      evidence: { how: 'taken over', reason: '#7 is given up', pullRequest: 7 },
    });
    expect(await ask(11, 8)).toEqual(['allowed']);
    expect(await locks()).toEqual([['shop-staging', 8]]);
  });

  it('that nobody holds cannot be taken away', async () => {
    expect(rulesOf(await unlock('yuki'))).toEqual(['stack.not-locked']);
    expect(await shop.auditKinds()).toContain('stack.unlock-refused');
  });

  it('has one holder, by the word of the database', async () => {
    await applied(10, 7);
    const second = sql`INSERT INTO stack_locks SELECT stack, issuer, repository_id, repository_name, 8, since, by_whom, grant_id FROM stack_locks`;
    await expect(second.execute(shop.room.db)).rejects.toThrow(/duplicate key/);
  });
});

describe('before the merge', () => {
  it('a job of the pull request itself never applies', async () => {
    const plan = await shop.uploaded('shop-staging', { claims: OF_7 });
    mustBeTaken(await shop.decide(plan, 'yuki'));
    expect(rulesOf(await shop.grant(plan, OF_7))).toEqual(['trust.event', 'trust.ref']);
  });

  it('a push does not apply either, not even to main', async () => {
    const plan = await shop.uploaded('shop-staging');
    mustBeTaken(await shop.decide(plan, 'yuki'));
    expect(rulesOf(await shop.grant(plan))).toEqual(['trust.event']);
  });

  it('a failed apply is tried again by another manual run: what is left is planned, approved and applied', async () => {
    await applied(10, 7, 'failed');
    // What failed halfway means something else now, and waits for a yes of its own.
    const rest = await shop.uploaded('shop-staging', { claims: dispatch(11), declared: OF[7] });
    expect(rest.state).toBe('awaiting-approval');
    mustBeTaken(await shop.decide(rest, 'hanako'));
    expect(rulesOf(await shop.grant(rest, dispatch(11)))).toEqual(['allowed']);
  });

  it('a failed apply of which nothing was done is planned to the same, and needs a yes that was not used', async () => {
    await applied(10, 7, 'failed');
    const same = await shop.uploaded('shop-staging', {
      claims: dispatch(11),
      declared: OF[7],
      changes: OTHER,
    });
    expect(same.state).toBe('awaiting-approval');
    mustBeTaken(await shop.decide(same, 'hanako'));
    // Planned once more in the meantime, the yes holds: it was not used.
    const again = await shop.uploaded('shop-staging', {
      claims: dispatch(12),
      declared: OF[7],
      changes: OTHER,
    });
    expect(again.state).toBe('approved');
    expect(rulesOf(await shop.grant(again, dispatch(12)))).toEqual(['allowed']);
  });
});
