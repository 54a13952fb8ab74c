import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ok } from '#core-values';
import type { Dispatch } from '../core/review/port.ts';
import { planAnswerOf } from '../show-plan.ts';
import { type Claims, LOSES_DATA, openShop, rulesOf, type Shop } from '../testing/shop.ts';
import { HEAD, LATER, MERGE, OF_7, takesManualRuns } from '../testing/shop-reviews.ts';

/** A run of the protected workflow on main, which somebody started: its token knows no pull request. */
const run = (more: Claims = {}): Claims => ({
  ...{ event_name: 'workflow_dispatch', ref: 'refs/heads/main', run_id: '40', run_number: '40' },
  ...more,
});
const BY_APP = run({ actor: 'sekisho[bot]', actor_id: '77' });
const BY_HANAKO = run({ actor: 'hanako', actor_id: '1002' });
const TARO = { id: '42', login: 'taro' };

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
beforeEach(async () => {
  await shop.startOver();
  shop.github.merges(MERGE, HEAD);
  shop.github.authors(7, [TARO]);
  takesManualRuns(shop);
});
afterAll(() => shop.close());

const started = (dispatch: Dispatch): void => shop.github.dispatches(async () => ok(dispatch));
const FOR_7: Dispatch = { kind: 'by-app', pullRequest: 7, commit: HEAD };

describe('attack 20: code that runs while a run of `workflow_dispatch` plans', () => {
  it('hides its author by naming no pull request: the run was started for one, and its author is the author', async () => {
    started(FOR_7);
    const plan = await shop.uploaded('shop-staging', { claims: BY_APP, changes: LOSES_DATA });
    expect(planAnswerOf(plan)).toMatchObject({ pullRequest: 7, headCommit: HEAD });
    expect(rulesOf(await shop.decide(plan, 'taro'))).toContain('policy.authors-never-approve');
    await shop.decide(plan, 'hanako');
    await shop.decide(plan, 'yuki');
    expect(rulesOf(await shop.grant(plan, BY_APP))).toEqual(['allowed']);
  });

  it('cannot say another pull request, nor another commit, than it was started for', async () => {
    started(FOR_7);
    const asked = { claims: BY_APP, changes: LOSES_DATA };
    for (const declared of [
      { pullRequest: 8, commit: HEAD },
      { pullRequest: 7, commit: LATER },
    ]) {
      const refused = await shop.upload('shop-staging', { ...asked, declared });
      expect(rulesOf(refused)).toEqual(['plan.dispatched-for-another']);
    }
    const honest = await shop.upload('shop-staging', {
      ...asked,
      declared: { pullRequest: 7, commit: HEAD },
    });
    expect(rulesOf(honest)).toEqual(['allowed']);
    expect(await shop.audited('plan.uploaded')).toMatchObject({ evidence: { dispatchedBy: 'app' } });
  });

  it('comes in only when GitHub tells whose work it is', async () => {
    started(FOR_7);
    shop.github.breakWith('authorsOf');
    expect(rulesOf(await shop.upload('shop-staging', { claims: BY_APP }))).toEqual(['github.failed']);
    shop.github.breakWith(undefined);
    expect(rulesOf(await shop.upload('shop-staging', { claims: BY_APP }))).toEqual(['allowed']);
  });

  it('by a run that a person started by hand may be anybody’s: nobody’s single approval is enough', async () => {
    started({ kind: 'by-hand' });
    const plan = await shop.uploaded('shop-staging', { claims: BY_HANAKO, changes: LOSES_DATA });
    expect(rulesOf(await shop.decide(plan, 'hanako'))).toContain('policy.authors-never-approve');
    expect(rulesOf(await shop.decide(plan, 'taro'))).toEqual(['allowed']);
    expect(rulesOf(await shop.grant(plan, BY_HANAKO))).toContain('policy.unknown-author-needs-two');
    await shop.decide(plan, 'yuki');
    expect(rulesOf(await shop.grant(plan, BY_HANAKO))).toEqual(['allowed']);
  });

  it('cannot be made somebody else’s in the database', async () => {
    started(FOR_7);
    const plan = await shop.uploaded('shop-staging', { claims: BY_APP });
    await sql`UPDATE plans SET facts = facts - 'dispatch' WHERE id = ${plan.id}`.execute(shop.room.db);
    expect(rulesOf(await shop.decide(plan, 'taro'))).toContain('plan.record-tampered');
  });
});

describe('a run that a person started by hand', () => {
  it('plans what a job of a pull request proposed: then its authors are known, and one approval is enough', async () => {
    started({ kind: 'by-hand' });
    await shop.uploaded('shop-staging', { claims: OF_7 });
    const plan = await shop.uploaded('shop-staging', { claims: BY_HANAKO });
    expect(rulesOf(await shop.decide(plan, 'taro'))).toContain('policy.authors-never-approve');
    await shop.decide(plan, 'yuki');
    expect(rulesOf(await shop.grant(plan, BY_HANAKO))).toEqual(['allowed']);
  });
});
