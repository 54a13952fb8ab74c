import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HARMLESS, LOSES_DATA, type NameAtShop } from '../../src/changes/testing/shop.ts';
import { expectGoodLook } from './look.ts';
import { openStage, type Stage, type View, type Visit } from './stage.ts';
import { withPasskey } from './virtual-passkey.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.shop.startOver());
afterAll(() => stage.close());

const DESK = { language: 'en', theme: 'light', width: 1440 } as const;
const PHONE = { language: 'en', theme: 'light', width: 360 } as const;

const visitPlan = async (id: string, view: View, as: NameAtShop): Promise<Visit> =>
  stage.visit(`/changes/${id}`, view, as);

describe('deciding', () => {
  const decision = (page: Visit['page']) => page.getByRole('region', { name: /Your decision|あなたの判断/ });

  it.each([PHONE, { ...PHONE, language: 'ja', theme: 'dark' } as const])(
    'approves on the phone by passkey ($language)',
    async (view) => {
      const plan = await stage.shop.uploaded('web-production', { changes: HARMLESS });
      await using visit = await visitPlan(plan.id, view, 'hanako');
      const { page } = visit;
      await withPasskey(stage, visit, 'hanako');
      const button = page.getByRole('button', { name: view.language === 'ja' ? '承認…' : 'Approve…' });
      const box = (await button.boundingBox()) ?? expect.unreachable();
      expect(box.height).toBeGreaterThanOrEqual(44);
      expect(box.y + box.height).toBeGreaterThan(740 - 80);
      await button.click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('web-production').waitFor();
      await dialog.getByText(/^(Production|本番)$/).waitFor();
      await expectGoodLook(visit, 'plan-approve');
      await dialog.getByRole('button', { name: /Approve with passkey|パスキーで承認/ }).click();
      await dialog.waitFor({ state: 'detached' });
      await decision(page)
        .getByText(/You approved this|承認しました/)
        .waitFor();
      await expectGoodLook(visit, 'plan-approved');
      expect((await stage.shop.stored(plan.id)).state).toBe('approved');
      expect(await stage.shop.audited('approval.given')).toMatchObject({ evidence: { by: 'passkey' } });
    },
  );

  it('says to the author why it is not theirs to approve, and the server says so too', async () => {
    const plan = await stage.shop.uploaded('shop-production', { changes: HARMLESS });
    await using visit = await visitPlan(plan.id, PHONE, 'taro');
    const { page } = visit;
    await withPasskey(stage, visit, 'taro');
    await decision(page)
      .getByText(/author/i)
      .first()
      .waitFor();
    expect(await page.getByRole('button', { name: 'Approve…' }).count()).toBe(0);
    await expectGoodLook(visit, 'plan-author');
    // A page that offers it all the same.
    await page.route('**/summary', async (route) => {
      const answer = await route.fetch();
      const summary = await answer.json();
      const mine = { ...summary.mine, approve: { ...summary.mine.approve, allowed: true, reasons: [] } };
      await route.fulfill({ response: answer, json: { ...summary, mine } });
    });
    await page.reload();
    await page.getByRole('button', { name: 'Approve…' }).click();
    await page.getByRole('button', { name: 'Approve with passkey' }).click();
    await page
      .getByRole('dialog')
      .getByRole('alert')
      .getByText('Authors never approve their own change')
      .waitFor();
    await expectGoodLook(visit, 'plan-refused');
    expect((await stage.shop.stored(plan.id)).state).toBe('awaiting-approval');
    expect(await stage.shop.auditKinds()).toContain('approval.refused');
  });

  it.each([PHONE, { ...DESK, language: 'ja' } as const])(
    'refuses a plan that was replaced while it was looked at, and leads on ($language)',
    async (view) => {
      const plan = await stage.shop.uploaded('shop-production', { changes: HARMLESS });
      await using visit = await visitPlan(plan.id, view, 'hanako');
      const { page } = visit;
      await withPasskey(stage, visit, 'hanako');
      await page.getByRole('button', { name: /^(Approve…|承認…)$/ }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: /Approve with passkey|パスキーで承認/ }).waitFor();
      const newer = await stage.shop.uploaded('shop-production', { changes: LOSES_DATA });
      await dialog.getByText(/nothing to decide any more|判断の対象ではなくなりました/).waitFor();
      await expectGoodLook(visit, 'plan-replaced');
      await dialog.getByRole('link').click();
      await page.waitForURL(`**/changes/${newer.id}`);
      await page.getByText('aws_dynamodb_table.orders').first().waitFor();
      await dialog.waitFor({ state: 'detached' });
      expect(await stage.shop.auditKinds()).not.toContain('approval.given');
      expect(visit.wrongs()).toEqual([]);
    },
  );

  it('leads on as well where the page had not heard of the newer plan yet', async () => {
    const plan = await stage.shop.uploaded('shop-production', { changes: HARMLESS });
    await using visit = await stage.visit('/no/such/page', DESK, 'hanako');
    const { page } = visit;
    await withPasskey(stage, visit, 'hanako');
    await page.route('**/v1/events', (route) => route.abort());
    await page.goto(`${stage.url}/changes/${plan.id}`);
    await page.getByRole('button', { name: 'Approve…' }).click();
    await stage.shop.uploaded('shop-production', { changes: LOSES_DATA });
    await page.getByRole('button', { name: 'Approve with passkey' }).click();
    await page.getByRole('dialog').getByRole('link', { name: 'Open the newer plan' }).waitFor();
    expect(await stage.shop.auditKinds()).toContain('approval.refused');
  });

  it('rejects with a reason, which everybody reads', async () => {
    const plan = await stage.shop.uploaded('shop-production', { changes: LOSES_DATA });
    await using visit = await visitPlan(plan.id, DESK, 'hanako');
    const { page } = visit;
    await withPasskey(stage, visit, 'hanako');
    await page.getByRole('button', { name: 'Reject…' }).click();
    await page.getByLabel(/Reason/).fill('the orders would be lost');
    await page.getByRole('button', { name: 'Reject with passkey' }).click();
    await page.getByRole('blockquote').getByText('the orders would be lost').waitFor();
    await expectGoodLook(visit, 'plan-rejected');
    expect((await stage.shop.stored(plan.id)).state).toBe('refused');
  });

  it('breaks the glass only with a reason, and cancels for good', async () => {
    const plan = await stage.shop.uploaded('shop-production', { changes: LOSES_DATA });
    await using visit = await visitPlan(plan.id, DESK, 'hanako');
    const { page } = visit;
    await withPasskey(stage, visit, 'hanako');
    await page.getByRole('button', { name: 'Break the glass…' }).click();
    const act = page.getByRole('button', { name: 'Break the glass with passkey' });
    expect(await act.isDisabled()).toBe(true);
    await page
      .getByLabel(/Reason/)
      .fill('The shop is down, and this table is empty: we restore it from last night.');
    await expectGoodLook(visit, 'plan-break-glass');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Break the glass…');
    await page.keyboard.press('Enter');
    await page.getByLabel(/Reason/).fill('The shop is down, and this table is empty: we restore it.');
    await act.click();
    await decision(page).getByText('You broke the glass for this.').waitFor();
    expect((await stage.shop.stored(plan.id)).state).toBe('approved');
    await page.getByRole('button', { name: 'Cancel the plan…' }).click();
    await page.getByRole('button', { name: 'Cancel this plan' }).click();
    await page.getByText('Cancelled').first().waitFor();
    expect((await stage.shop.stored(plan.id)).state).toBe('cancelled');
    expect(visit.wrongs()).toEqual([]);
  });

  it('decides nothing without a passkey, and says how to get one', async () => {
    const plan = await stage.shop.uploaded('shop-production', { changes: HARMLESS });
    await using visit = await visitPlan(plan.id, DESK, 'hanako');
    const { page } = visit;
    await page.getByRole('button', { name: 'Approve…' }).click();
    await page.getByRole('button', { name: 'Approve with passkey' }).click();
    await page.getByRole('link', { name: 'Enrol a passkey' }).waitFor();
    expect((await stage.shop.stored(plan.id)).state).toBe('awaiting-approval');
  });

  it('attack 24: signs nothing that the page does not show, whatever the server asks for', async () => {
    const plan = await stage.shop.uploaded('shop-staging', { changes: LOSES_DATA });
    const other = await stage.shop.uploaded('shop-production', { changes: HARMLESS });
    await using visit = await visitPlan(plan.id, DESK, 'hanako');
    const { page } = visit;
    await withPasskey(stage, visit, 'hanako');
    await page.route('**/statement', async (route) => {
      const answer = await route.fetch({ url: `${stage.url}/v1/plans/${other.id}/statement` });
      await route.fulfill({ response: answer });
    });
    await page.getByRole('button', { name: 'Approve…' }).click();
    await page.getByRole('button', { name: 'Approve with passkey' }).click();
    await page.getByRole('alert').getByText('Nothing was signed').waitFor();
    expect((await stage.shop.stored(other.id)).state).toBe('awaiting-approval');
  });
});
