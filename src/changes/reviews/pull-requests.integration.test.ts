import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { planAnswerOf } from '../show-plan.ts';
import { listPlans } from '../store/plans.ts';
import { plansOfPullRequest } from '../store/pull-requests.ts';
import { type Claims, LOSES_DATA, mustBeTaken, openShop, rulesOf, type Shop } from '../testing/shop.ts';
import { HEAD, LATER, MERGE, OF_7, OF_7_LATER, takesManualRuns } from '../testing/shop-reviews.ts';

const dispatch = (run: number, more: Claims = {}): Claims => ({
  ...{ event_name: 'workflow_dispatch', ref: 'refs/heads/main' },
  ...{ run_id: String(run), run_number: String(run), ...more },
});
const OF = { 7: { pullRequest: 7, commit: HEAD }, 8: { pullRequest: 8, commit: LATER } } as const;

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
beforeEach(async () => {
  await shop.startOver();
  shop.github.merges(MERGE, HEAD);
  takesManualRuns(shop);
});
afterAll(() => shop.close());

describe('the pull request of a plan', () => {
  it('is that of the token’s ref, with the commit that GitHub merged', async () => {
    const plan = await shop.uploaded('shop-staging', { claims: OF_7 });
    expect(planAnswerOf(plan)).toMatchObject({ pullRequest: 7, headCommit: HEAD, commit: MERGE });
    // What GitHub does not tell now is asked when it matters.
    const later = await shop.uploaded('shop-staging', { claims: OF_7_LATER });
    expect([later.job.pullRequest, later.job.headCommit]).toEqual([7, undefined]);
  });

  it('is what a manual run says, and what no other job may say', async () => {
    const plan = await shop.uploaded('shop-staging', { claims: dispatch(40), declared: OF[7] });
    expect(planAnswerOf(plan)).toMatchObject({ pullRequest: 7, headCommit: HEAD });
    for (const claims of [{}, OF_7]) {
      const refused = await shop.upload('shop-staging', { claims, declared: OF[8] });
      expect(rulesOf(refused)).toEqual(['plan.pull-request-declared']);
    }
    expect((await shop.uploaded('shop-staging')).job).not.toHaveProperty('pullRequest');
  });

  it('finds its plans, on whichever stack', async () => {
    const [one, other] = [
      await shop.uploaded('shop-staging', { claims: OF_7 }),
      await shop.uploaded('shop-production', { claims: OF_7 }),
    ];
    await shop.uploaded('shop-staging', { claims: dispatch(40), declared: OF[8] });
    const issuer = one.job.issuer;
    const found = await plansOfPullRequest(shop.room.db, { issuer, repositoryId: '700100', pullRequest: 7 });
    expect(found.map(({ id }) => id)).toEqual([other.id, one.id]);
    const listed = await listPlans(shop.room.db, { repositoryId: '700100', pullRequest: 7, limit: 9 });
    expect(listed.map(({ id }) => id)).toEqual([other.id, one.id]);
    const elsewhere = { issuer, repositoryId: '700101', pullRequest: 7 };
    expect(await plansOfPullRequest(shop.room.db, elsewhere)).toEqual([]);
  });

  it('cannot be changed in the database', async () => {
    const plan = await shop.approved('shop-staging', { claims: dispatch(40), declared: OF[7] });
    await sql`UPDATE plans SET pull_request = 8 WHERE id = ${plan.id}`.execute(shop.room.db);
    expect(rulesOf(await shop.grant(plan, dispatch(40)))).toEqual(['plan.record-tampered']);
    await sql`UPDATE plans SET pull_request = 7, head_commit = ${LATER} WHERE id = ${plan.id}`.execute(
      shop.room.db,
    );
    expect(rulesOf(await shop.grant(plan, dispatch(40)))).toEqual(['plan.record-tampered']);
  });
});

describe('manual runs for several pull requests on one branch', () => {
  it('leave each other’s plans alone, and main’s; a newer one of the same replaces its own', async () => {
    const main = await shop.uploaded('shop-staging', { changes: LOSES_DATA });
    const seven = await shop.uploaded('shop-staging', { claims: dispatch(40), declared: OF[7] });
    const eight = await shop.uploaded('shop-staging', { claims: dispatch(41), declared: OF[8] });
    const states = async () =>
      Promise.all([main, seven, eight].map(async ({ id }) => (await shop.stored(id)).state));
    expect(await states()).toEqual(['awaiting-approval', 'awaiting-approval', 'awaiting-approval']);
    await shop.uploaded('shop-staging', { claims: OF_7 });
    expect(await states()).toEqual(['awaiting-approval', 'superseded', 'awaiting-approval']);
  });

  it('are not each other’s older runs', async () => {
    const series = { workflow_ref: 'shop/infra/.github/workflows/terraform.yml@refs/heads/main' };
    await shop.uploaded('shop-staging', { claims: dispatch(41, series), declared: OF[8] });
    const slower = await shop.upload('shop-staging', { claims: dispatch(40, series), declared: OF[7] });
    expect(rulesOf(slower)).toEqual(['allowed']);
    const older = await shop.upload('shop-staging', { claims: dispatch(39, series), declared: OF[7] });
    expect(rulesOf(older)).not.toEqual(['allowed']);
  });
});

describe('attack 20: the authors of what a manual run plans', () => {
  it('are those of the pull request too, whoever started the run', async () => {
    await shop.uploaded('shop-staging', { claims: OF_7 });
    const byHanako = dispatch(40, { actor_id: '1002', actor: 'hanako' });
    const plan = await shop.uploaded('shop-staging', {
      claims: byHanako,
      declared: OF[7],
      changes: LOSES_DATA,
    });
    expect(rulesOf(await shop.decide(plan, 'taro'))).toContain('policy.authors-never-approve');
    expect(rulesOf(await shop.decide(plan, 'hanako'))).toContain('policy.authors-never-approve');
    expect(mustBeTaken(await shop.decide(plan, 'yuki')).plan.state).toBe('approved');
    expect(rulesOf(await shop.grant(plan, byHanako))).toEqual(['allowed']);
  });

  it('stay whoever started it when it says another pull request', async () => {
    const byTaro = dispatch(40);
    const plan = await shop.uploaded('shop-staging', { claims: byTaro, declared: OF[8] });
    expect(rulesOf(await shop.decide(plan, 'taro'))).toContain('policy.authors-never-approve');
  });
});
