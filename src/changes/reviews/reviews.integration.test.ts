import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS, HARMLESS, LOSES_DATA, mustBeTaken, openShop, rulesOf, type Shop } from '../testing/shop.ts';
import {
  HEAD,
  LATER,
  MERGE_OF_LATER,
  OF_7,
  OF_7_LATER,
  pullRequest,
  type ShopReviews,
  shopReviews,
  takesManualRuns,
} from '../testing/shop-reviews.ts';
import { hearReviews } from './hear-reviews.ts';

let shop: Shop;
let reviews: ShopReviews;
beforeAll(async () => {
  shop = await openShop();
  reviews = shopReviews(shop);
});
beforeEach(async () => {
  await shop.startOver();
  reviews.startOver();
});
afterAll(() => shop.close());

describe('a review approves', () => {
  it('what was planned for the commit it was given on, also when it is planned again after the merge', async () => {
    const plan = await reviews.merged();
    expect(plan.state).toBe('approved');
    const granted = mustBeTaken(await shop.grant(plan));
    expect(granted.grant.approvers).toEqual(['hanako']);
    const [session] = shop.issued();
    expect(JSON.stringify(session)).toContain('hanako');
    expect(await shop.audited('grant.allowed')).toMatchObject({
      evidence: {
        approvals: [],
        reviews: [
          {
            ...{
              person: 'hanako',
              user: '1002',
              pullRequest: 7,
              commit: HEAD,
              decision: 'approve',
              counts: true,
            },
            url: expect.stringContaining('#pullrequestreview-'),
          },
        ],
      },
    });
  });

  it('nothing on a stack that accepts signatures alone, and GitHub is not asked there', async () => {
    reviews.accept('signature');
    const plan = await reviews.merged();
    const asked = shop.github.asked();
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
    expect(shop.github.asked()).toBe(asked);
  });

  it('together with a signature where two are needed and one must be signed', async () => {
    await shop.uploaded('shop-production', { changes: LOSES_DATA, claims: OF_7 });
    reviews.give('hanako');
    reviews.give('yuki');
    const plan = await shop.uploaded('shop-production', { changes: LOSES_DATA });
    expect(plan.state).toBe('awaiting-approval');
    expect(rulesOf(await shop.grant(plan))).toContain('policy.data-loss-and-iam-need-a-signature');
    expect(mustBeTaken(await shop.decide(plan, 'hanako')).plan.state).toBe('approved');
    expect(mustBeTaken(await shop.grant(plan)).grant.approvers).toEqual(['hanako', 'yuki']);
  });

  it('a manual run’s plan only when the pull request’s own job planned the same', async () => {
    const dispatched = { event_name: 'workflow_dispatch', run_id: '40', run_number: '40' };
    takesManualRuns(shop);
    const declared = { pullRequest: 7, commit: HEAD };
    await shop.uploaded('shop-staging', { claims: dispatched, declared });
    reviews.give('hanako');
    const alone = await shop.uploaded('shop-staging', {
      claims: { ...dispatched, run_id: '41', run_number: '41' },
      declared,
    });
    expect(alone.state).toBe('awaiting-approval');
    expect(rulesOf(await shop.grant(alone, { ...dispatched, run_id: '41', run_number: '41' }))).toContain(
      'policy.not-permitted',
    );
    await shop.uploaded('shop-staging', { claims: OF_7 });
    reviews.give('hanako');
    const proven = { ...dispatched, run_id: '42', run_number: '42' };
    const plan = await shop.uploaded('shop-staging', { claims: proven, declared });
    expect(rulesOf(await shop.grant(plan, proven))).toEqual(['allowed']);
  });
});

describe('a review does not approve', () => {
  it('attack 7: what was pushed after it', async () => {
    await shop.uploaded('shop-staging', { claims: OF_7 });
    reviews.give('hanako');
    const pushed = await shop.uploaded('shop-staging', { claims: OF_7_LATER, changes: LOSES_DATA });
    expect(pushed.state).toBe('awaiting-approval');
    const plan = await shop.uploaded('shop-staging', { changes: LOSES_DATA });
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
    expect(shop.issued()).toEqual([]);
  });

  it('attack 7: another meaning that the same commit was planned to after it', async () => {
    await shop.uploaded('shop-staging', { claims: OF_7 });
    reviews.give('hanako');
    const again = { ...OF_7, run_attempt: '2' };
    await shop.uploaded('shop-staging', { claims: again, changes: LOSES_DATA });
    const plan = await shop.uploaded('shop-staging', { changes: LOSES_DATA });
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
  });

  it('attack 7: an older meaning of the pull request than the reviewer saw', async () => {
    await shop.uploaded('shop-staging', { claims: OF_7, changes: LOSES_DATA });
    await shop.uploaded('shop-staging', { claims: { ...OF_7, run_attempt: '2' } });
    reviews.give('hanako');
    const plan = await shop.uploaded('shop-staging', { changes: LOSES_DATA });
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
  });

  it('what was planned from another commit than it was given on', async () => {
    await shop.uploaded('shop-staging', { claims: OF_7 });
    reviews.give('hanako', 'approved', { commit: LATER });
    const plan = await shop.uploaded('shop-staging');
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
  });

  it('what another pull request plans', async () => {
    await shop.uploaded('shop-staging', {
      claims: pullRequest(8, MERGE_OF_LATER, '22'),
      changes: LOSES_DATA,
    });
    reviews.give('hanako', 'approved', { of: 8, commit: LATER });
    const plan = await shop.uploaded('shop-staging');
    await shop.uploaded('shop-production', { claims: OF_7 });
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
  });

  it('attack 15: another stack than it was planned for', async () => {
    await shop.uploaded('shop-staging', { claims: OF_7 });
    reviews.give('hanako');
    const plan = await shop.uploaded('shop-production');
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
  });

  it('what nobody could see when it was given', async () => {
    reviews.give('hanako');
    await shop.uploaded('shop-staging', { claims: OF_7 });
    const plan = await shop.uploaded('shop-staging');
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
  });

  it('by a comment, and a comment takes back no approval', async () => {
    await shop.uploaded('shop-staging', { claims: OF_7 });
    reviews.give('yuki', 'commented');
    const commented = await shop.uploaded('shop-staging');
    expect(rulesOf(await shop.grant(commented))).toContain('policy.not-permitted');
    reviews.give('hanako');
    reviews.give('hanako', 'commented');
    expect(rulesOf(await shop.grant(commented))).toEqual(['allowed']);
  });

  it('by somebody whom sekisho.yaml does not know', async () => {
    await shop.uploaded('shop-staging', { claims: OF_7 });
    shop.clock.advance(1_000);
    shop.github.review(7, { id: '666', login: 'hanako' }, 'approved', HEAD);
    const plan = await shop.uploaded('shop-staging');
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
    expect(await shop.audited('grant.refused')).toMatchObject({
      evidence: { reviews: [{ user: '666', counts: false, why: 'review.unknown-person' }] },
    });
  });

  it('for longer than a week', async () => {
    await reviews.merged();
    shop.clock.advance(7 * DAY_MS - 10_000);
    const still = await shop.uploaded('shop-staging', { claims: { run_id: '31', run_number: '31' } });
    expect(still.state).toBe('approved');
    shop.clock.advance(20_000);
    expect(rulesOf(await shop.grant(still, { run_id: '31', run_number: '31' }))).toContain(
      'policy.not-permitted',
    );
  });

  it('with more extra permissions than the plan had that was seen', async () => {
    await shop.uploaded('shop-staging', { claims: OF_7 });
    reviews.give('hanako');
    await sql`INSERT INTO stack_needs (id, stack, action, resource, reason, added_by, added_at)
      VALUES (${`ned_${'0'.repeat(36)}`}, 'shop-staging', 'sns:TagResource', 'arn:aws:sns:ap-northeast-1:222222222222:orders', 'x', 'hanako', now())`.execute(
      shop.room.db,
    );
    const plan = await shop.uploaded('shop-staging');
    expect(plan.facts.extraNeeds).toHaveLength(1);
    expect(plan.state).toBe('awaiting-approval');
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
  });
});

describe('a review that comes or goes', () => {
  const of7 = () => {
    const issuer = shop.organization().issuers[0]?.name ?? expect.unreachable();
    return { issuer, repositoryId: '700100', pullRequest: 7 };
  };

  it('moves the plans of its pull request, and those that mean the same, once', async () => {
    const proposed = await shop.uploaded('shop-staging', { claims: OF_7 });
    const plan = await shop.uploaded('shop-staging');
    expect(await hearReviews(shop.room, of7())).toEqual([]);
    const { id } = reviews.give('hanako');
    expect(await hearReviews(shop.room, of7())).toEqual([proposed.id, plan.id]);
    expect(await hearReviews(shop.room, of7())).toEqual([]);
    expect([(await shop.stored(proposed.id)).state, (await shop.stored(plan.id)).state]).toEqual([
      'approved',
      'approved',
    ]);
    shop.github.dismiss(id);
    expect(await hearReviews(shop.room, of7())).toHaveLength(2);
    expect((await shop.stored(plan.id)).state).toBe('awaiting-approval');
    expect(await shop.auditKinds()).toContain('approval.by-review');
  });
});

describe('Harmless and harmful changes', () => {
  it('have different fingerprints, or these tests would show nothing', async () => {
    const one = await shop.uploaded('shop-staging', { changes: HARMLESS });
    const other = await shop.uploaded('shop-staging', {
      changes: LOSES_DATA,
      claims: { run_id: '50', run_number: '50' },
    });
    expect(one.fingerprint).not.toBe(other.fingerprint);
  });
});
