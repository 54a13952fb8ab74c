import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { passkeysOf, updatePasskey } from '../../src/accounts/passkeys/store.ts';
import { HARMLESS, LOSES_DATA } from '../../src/changes/testing/shop.ts';
import { expectGoodLook } from './look.ts';
import { openStage, type Stage, type View, type Visit } from './stage.ts';
import { withPasskey } from './virtual-passkey.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.shop.startOver());
afterAll(() => stage.close());

const BOTH: readonly View[] = [
  { language: 'en', theme: 'light', width: 1440 },
  { language: 'ja', theme: 'dark', width: 1440 },
  { language: 'en', theme: 'dark', width: 360 },
  { language: 'ja', theme: 'light', width: 360 },
];
const [DESK, , PHONE] = BOTH as readonly [View, View, View];

const ONLY_OWNERS = `
@id("only-owners-approve")
@message_en("Only the team that owns the stack may approve it.")
@message_ja("承認できるのは、スタックを所有するチームだけです。")
@remedy_en("Ask somebody of the team shop.")
@remedy_ja("shop チームの人に依頼してください。")
forbid (principal is Person, action == Action::"approve", resource is Stack)
unless { principal in resource.owningTeam };
`;

/** A page that offers an approval, whatever the server said. */
const offersAll = ({ page }: Visit) =>
  page.route('**/summary', async (route) => {
    const answer = await route.fetch();
    const summary = await answer.json();
    const approve = { ...summary.mine.approve, allowed: true, reasons: [] };
    await route.fulfill({ response: answer, json: { ...summary, mine: { ...summary.mine, approve } } });
  });

describe('an approval of the wrong team', () => {
  it.each(BOTH)('is refused in the policy’s own words ($language, $width px)', async (view) => {
    const { shop } = stage;
    await shop.forbid(ONLY_OWNERS);
    const plan = await shop.uploaded('shop-production', { changes: HARMLESS });
    const words = /Only the team that owns the stack|スタックを所有するチームだけ/;
    await using visit = await stage.visit(`/changes/${plan.id}`, view, 'kenji');
    const { page } = visit;
    await withPasskey(stage, visit, 'kenji');
    await page
      .getByRole('region', { name: /Your decision|あなたの判断/ })
      .getByText(words)
      .waitFor();
    const approve = page.getByRole('button', { name: /^(Approve…|承認…)$/ });
    expect(await approve.count()).toBe(0);
    await expectGoodLook(visit, 'plan-wrong-team');
    await offersAll(visit);
    await page.reload();
    await approve.click();
    await page.getByRole('button', { name: /Approve with passkey|パスキーで承認/ }).click();
    await page.getByRole('dialog').getByRole('alert').getByText(words).waitFor();
    await expectGoodLook(visit, 'plan-wrong-team-refused');
    expect((await shop.stored(plan.id)).state).toBe('awaiting-approval');
    expect(await shop.audited('approval.refused')).toMatchObject({ actor: { name: 'kenji' } });
  });

  it.each([DESK, { ...PHONE, language: 'ja' } as const])(
    'that is given all the same suffices for nothing, and the policy says what is missing ($language)',
    async (view) => {
      const plan = await stage.shop.uploaded('shop-production', { changes: LOSES_DATA });
      await using visit = await stage.visit(`/changes/${plan.id}`, view, 'kenji');
      const { page } = visit;
      await withPasskey(stage, visit, 'kenji');
      await page.getByRole('button', { name: /^(Approve…|承認…)$/ }).click();
      await page.getByRole('button', { name: /Approve with passkey|パスキーで承認/ }).click();
      await page.getByText(/You approved this|承認しました/).waitFor();
      await page.getByText(/Each of these would let it pass|次のいずれかで適用できる/).waitFor();
      await page.getByText(/Why the policy says so|ポリシーの判定理由/).click();
      await expectGoodLook(visit, 'plan-other-team');
      expect((await stage.shop.stored(plan.id)).state).toBe('awaiting-approval');
    },
  );
});

describe('a passkey that may have been copied', () => {
  it.each([DESK, { ...PHONE, language: 'ja' } as const])(
    'decides nothing any more, and the page leads to another ($language)',
    async (view) => {
      const { shop } = stage;
      const plan = await shop.uploaded('shop-production', { changes: HARMLESS });
      await using visit = await stage.visit(`/changes/${plan.id}`, view, 'hanako');
      const { page } = visit;
      await withPasskey(stage, visit, 'hanako');
      await page.getByRole('button', { name: /^(Approve…|承認…)$/ }).click();
      const [passkey] = await passkeysOf(shop.room.db, shop.person('hanako').name, shop.room.passkeys.key);
      if (passkey === undefined) expect.unreachable();
      const suspended = { ...passkey, state: 'suspended' } as const;
      await shop.room.inTransaction((tx) => updatePasskey(tx, suspended, shop.room.passkeys.key));
      await page.getByRole('button', { name: /Approve with passkey|パスキーで承認/ }).click();
      await page.getByRole('link', { name: /Enrol a passkey|パスキーを登録/ }).waitFor();
      await expectGoodLook(visit, 'plan-suspended');
      expect((await shop.stored(plan.id)).state).toBe('awaiting-approval');
    },
  );

  it('is found out by its counter while it approves, and the page says so', async () => {
    const { shop } = stage;
    const plan = await shop.uploaded('shop-production', { changes: HARMLESS });
    await using visit = await stage.visit(`/changes/${plan.id}`, DESK, 'hanako');
    const { page } = visit;
    await withPasskey(stage, visit, 'hanako');
    const [passkey] = await passkeysOf(shop.room.db, shop.person('hanako').name, shop.room.passkeys.key);
    if (passkey === undefined) expect.unreachable();
    const ahead = { ...passkey, counter: 1_000 };
    await shop.room.inTransaction((tx) => updatePasskey(tx, ahead, shop.room.passkeys.key));
    await page.getByRole('button', { name: 'Approve…' }).click();
    await page.getByRole('button', { name: 'Approve with passkey' }).click();
    await page
      .getByRole('dialog')
      .getByRole('alert')
      .getByText(/suspended/)
      .waitFor();
    await expectGoodLook(visit, 'plan-counter');
    expect(await shop.auditKinds()).toContain('passkey.suspended');
    expect((await shop.stored(plan.id)).state).toBe('awaiting-approval');
  });
});

describe('on the phone', () => {
  it.each([PHONE, { ...PHONE, language: 'ja', theme: 'light' } as const])(
    'the glass is broken with a reason alone, and the plan cancelled for good ($language)',
    async (view) => {
      const { shop } = stage;
      const plan = await shop.uploaded('shop-production', { changes: LOSES_DATA });
      await using visit = await stage.visit(`/changes/${plan.id}`, view, 'hanako');
      const { page } = visit;
      await withPasskey(stage, visit, 'hanako');
      await page.getByRole('button', { name: /Break the glass…|ブレークグラス…/ }).click();
      const act = page.getByRole('button', { name: /Break the glass with passkey|パスキーで実行/ });
      expect(await act.isDisabled()).toBe(true);
      await page.getByLabel(/Reason|理由/).fill('The shop is down, and this table is empty: we restore it.');
      await expectGoodLook(visit, 'plan-break-glass');
      await act.click();
      await page.getByText(/You broke the glass|ブレークグラスを実行しました/).waitFor();
      await expectGoodLook(visit, 'plan-broken-glass');
      expect((await shop.stored(plan.id)).state).toBe('approved');
      await page.getByRole('button', { name: /Cancel the plan…|プランを取り消す…/ }).click();
      await page.getByRole('button', { name: /Cancel this plan|このプランを取り消す/ }).waitFor();
      await expectGoodLook(visit, 'plan-cancel');
      await page.getByRole('button', { name: /Cancel this plan|このプランを取り消す/ }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.getByRole('region', { name: /Run again|再実行/ }).waitFor();
      await expectGoodLook(visit, 'plan-cancelled');
      expect((await shop.stored(plan.id)).state).toBe('cancelled');
    },
  );

  it('nothing is decided without a network, and what was written stays', async () => {
    const plan = await stage.shop.uploaded('shop-production', { changes: HARMLESS });
    await using visit = await stage.visit(`/changes/${plan.id}`, PHONE, 'hanako');
    const { page } = visit;
    await withPasskey(stage, visit, 'hanako');
    await page.getByRole('button', { name: 'Approve…' }).click();
    await page.getByLabel(/Reason/).fill('looked at it twice');
    await page.context().setOffline(true);
    await page.getByRole('button', { name: 'Approve with passkey' }).click();
    await page.getByRole('dialog').getByRole('alert').waitFor();
    expect(await page.getByLabel(/Reason/).inputValue()).toBe('looked at it twice');
    await page.context().setOffline(false);
    await page.getByRole('button', { name: 'Approve with passkey' }).click();
    await page.getByText('You approved this.').waitFor();
    expect((await stage.shop.stored(plan.id)).state).toBe('approved');
  });
});
