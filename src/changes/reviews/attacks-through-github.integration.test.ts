import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_POLICY_FOLDER, readPolicyFolder } from '#policy';
import { grantApply } from '../grant-apply.ts';
import { awsIsDown, LOSES_DATA, mustBeTaken, openShop, rulesOf, type Shop } from '../testing/shop.ts';
import { PEOPLE } from '../testing/shop-configuration.ts';
import { LATER, OF_7, OF_7_LATER, type ShopReviews, shopReviews } from '../testing/shop-reviews.ts';

const REASON = 'the checkout is down, the table must be replaced now';

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

describe('attack 20: a review', () => {
  it('of the author does not count: not of who triggered the run, nor of who wrote a commit', async () => {
    const byTaro = await reviews.merged('shop-staging', ['taro']);
    expect(rulesOf(await shop.grant(byTaro))).toContain('policy.not-permitted');
    shop.github.authors(7, [{ id: PEOPLE.hanako.id, login: 'hanako' }]);
    reviews.give('hanako');
    expect(rulesOf(await shop.grant(byTaro))).toContain('policy.not-permitted');
    reviews.give('yuki');
    expect(rulesOf(await shop.grant(byTaro))).toEqual(['allowed']);
  });

  it('makes authors of GitHub’s word for signatures too', async () => {
    const plan = await reviews.merged('shop-staging', []);
    shop.github.authors(7, [{ id: PEOPLE.hanako.id, login: 'hanako' }]);
    expect(rulesOf(await shop.decide(plan, 'hanako'))).toContain('policy.authors-never-approve');
  });

  it('and a signature of one person count once', async () => {
    await shop.uploaded('shop-production', { changes: LOSES_DATA, claims: OF_7 });
    reviews.give('hanako');
    const plan = await shop.uploaded('shop-production', { changes: LOSES_DATA });
    mustBeTaken(await shop.decide(plan, 'hanako'));
    expect(rulesOf(await shop.grant(plan))).toContain('policy.data-loss-and-iam-need-two');
  });

  it('rejects whatever its own person or others signed, and a signed rejection whatever was reviewed', async () => {
    const plan = await reviews.merged();
    mustBeTaken(await shop.decide(plan, 'hanako'));
    reviews.give('hanako', 'changes-requested');
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
    reviews.give('hanako');
    expect(rulesOf(await shop.grant(plan))).toEqual(['allowed']);
    const other = await reviews.merged('shop-production', ['hanako', 'yuki']);
    expect(mustBeTaken(await shop.decide(other, 'yuki', 'reject')).plan.state).toBe('refused');
    const again = { run_id: '33', run_number: '33' };
    const rejected = await shop.uploaded('shop-production', { claims: again });
    expect(rulesOf(await shop.grant(rejected, again))).toContain('policy.not-permitted');
  });

  it('that requests changes stands for whatever is pushed afterwards', async () => {
    await shop.uploaded('shop-staging', { claims: OF_7 });
    reviews.give('kenji', 'changes-requested');
    await shop.uploaded('shop-staging', { claims: OF_7_LATER });
    reviews.give('hanako', 'approved', { commit: LATER });
    const plan = await shop.uploaded('shop-staging');
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
    reviews.give('kenji', 'approved', { commit: LATER });
    expect(rulesOf(await shop.grant(plan))).toEqual(['allowed']);
  });
});

describe('a policy of one’s own', () => {
  it('decides whether anybody may approve by a review at all', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sekisho-policies-'));
    cpSync(DEFAULT_POLICY_FOLDER, folder, { recursive: true });
    const keysOnly = `@id("keys-only") @message_en("Keys only.") @message_ja("鍵のみ。") @remedy_en("Sign.") @remedy_ja("署名してください。")
      forbid (principal, action == Action::"approve", resource) when { context.keyKind == KeyKind::"review" };`;
    writeFileSync(join(folder, '90-keys-only.cedar'), keysOnly);
    const set = await readPolicyFolder(folder);
    rmSync(folder, { recursive: true });
    if (!set.ok) throw new Error(JSON.stringify(set.error));
    const plan = await reviews.merged();
    const asked = { token: await shop.token(), stack: plan.stack, plan: plan.digest };
    const refused = await grantApply({ ...shop.room, policySet: () => set.value }, asked);
    expect(rulesOf(refused)).toContain('policy.not-permitted');
    expect(await shop.audited('grant.refused')).toMatchObject({
      evidence: { reviews: [{ person: 'hanako', counts: false, why: 'policy.keys-only' }] },
    });
    expect(rulesOf(await shop.grant(plan))).toEqual(['allowed']);
  });
});

describe('attack 21: between review and grant', () => {
  it('a dismissed review stops counting', async () => {
    await shop.uploaded('shop-staging', { claims: OF_7 });
    const { id } = reviews.give('hanako');
    const plan = await shop.uploaded('shop-staging');
    expect(plan.state).toBe('approved');
    shop.github.dismiss(id);
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
    expect((await shop.stored(plan.id)).state).toBe('awaiting-approval');
  });

  it('somebody who left the team no longer counts for production', async () => {
    const plan = await reviews.merged('shop-production');
    expect(plan.state).toBe('approved');
    shop.reconfigure(({ people }) => Object.assign(people[1] ?? {}, { teams: ['data'] }));
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
  });

  it('somebody who left sekisho.yaml no longer counts', async () => {
    const plan = await reviews.merged();
    shop.reconfigure((draft) => {
      draft.people = draft.people.filter(({ name }) => name !== 'hanako');
      draft.breakGlass = ['yuki'];
      draft.administrators = ['yuki'];
    });
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
    expect(shop.issued()).toEqual([]);
  });
});

describe('attack 16: where a stack accepts reviews', () => {
  it.each(['reviewsOf', 'authorsOf'] as const)(
    'a failed lookup (%s) denies, and says so, even with signatures enough',
    async (lookup) => {
      const plan = await reviews.merged();
      mustBeTaken(await shop.decide(plan, 'yuki'));
      shop.github.breakWith(lookup);
      expect(rulesOf(await shop.grant(plan))).toEqual(['github.failed']);
      expect((await shop.stored(plan.id)).state).toBe('awaiting-approval');
      expect(shop.issued()).toEqual([]);
      shop.github.breakWith(undefined);
      expect(rulesOf(await shop.grant(plan))).toEqual(['allowed']);
    },
  );

  it('a merge that GitHub does not tell the head of denies', async () => {
    shop.github.breakWith('headOf');
    const plan = await reviews.merged();
    expect(rulesOf(await shop.grant(plan))).toEqual(['github.failed']);
    shop.github.breakWith(undefined);
    expect(rulesOf(await shop.grant(plan))).toEqual(['allowed']);
  });

  it('no GitHub App denies, and says so', async () => {
    const { reviews: _, ...without } = shop.room;
    const plan = await reviews.merged();
    const asked = { token: await shop.token(), stack: plan.stack, plan: plan.digest };
    expect(rulesOf(await grantApply(without, asked))).toEqual(['review.no-app']);
  });

  it('broken glass does not need GitHub, and no review mends it', async () => {
    const plan = await reviews.merged('shop-staging', []);
    reviews.give('kenji', 'changes-requested');
    const broken = mustBeTaken(await shop.decide(plan, 'hanako', 'break-glass', REASON));
    expect(broken.plan.state).toBe('approved');
    shop.github.breakWith('reviewsOf');
    const granted = mustBeTaken(await shop.grant(plan));
    expect(granted.grant.approvers).toEqual(['hanako']);
    expect(await shop.auditKinds()).toContain('break-glass.used');
  });

  it('a row of the plan that was seen, once changed in the database, denies', async () => {
    const seen = await shop.uploaded('shop-staging', { claims: OF_7, changes: LOSES_DATA });
    reviews.give('hanako');
    const plan = await shop.uploaded('shop-staging');
    await sql`UPDATE plans SET fingerprint = ${plan.fingerprint} WHERE id = ${seen.id}`.execute(shop.room.db);
    expect(rulesOf(await shop.grant(plan))).toEqual(['plan.record-tampered']);
  });
});

describe('one review serves one grant', () => {
  const NEXT = { run_id: '32', run_number: '32' };

  it('and not a second one of the same meaning; the next review does', async () => {
    const plan = await reviews.merged();
    const granted = mustBeTaken(await shop.grant(plan));
    mustBeTaken(await shop.fetch(granted));
    mustBeTaken(await shop.report(granted, 'failed', 'unread'));
    const again = await shop.uploaded('shop-staging', { claims: NEXT });
    expect(again.fingerprint).toBe(plan.fingerprint);
    expect(again.state).toBe('awaiting-approval');
    expect(rulesOf(await shop.grant(again, NEXT))).toContain('policy.not-permitted');
    reviews.give('hanako');
    expect(rulesOf(await shop.grant(again, NEXT))).toEqual(['allowed']);
    expect(await reviews.used()).toHaveLength(2);
  });

  it('and is given back when AWS issued nothing', async () => {
    const plan = await reviews.merged();
    shop.interceptSts(awsIsDown);
    expect(rulesOf(await shop.grant(plan))).toEqual(['sts.failed']);
    expect(await reviews.used()).toEqual([]);
    shop.interceptSts(undefined);
    expect(rulesOf(await shop.grant(plan))).toEqual(['allowed']);
    expect(await reviews.used()).toHaveLength(1);
  });

  it('by the word of the database, which neither takes it twice nor forgets it', async () => {
    mustBeTaken(await shop.grant(await reviews.merged()));
    const twice = sql`INSERT INTO used_reviews SELECT * FROM used_reviews`.execute(shop.room.db);
    await expect(twice).rejects.toThrow(/duplicate key/);
    for (const statement of [
      sql`DELETE FROM used_reviews`,
      sql`UPDATE used_reviews SET review_id = '1'`,
      sql`TRUNCATE used_reviews`,
    ])
      await expect(statement.execute(shop.room.db)).rejects.toThrow(/a review serves once/);
  });

  it('when jobs race for it', async () => {
    const plan = await reviews.merged();
    const answers = await Promise.all(Array.from({ length: 8 }, () => shop.grant(plan)));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await reviews.used()).toHaveLength(1);
    expect(await shop.auditVerdict()).toBe('intact');
  });
});
