import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HARMLESS, REPAIRS } from '../../src/changes/testing/shop.ts';
import { expectGoodLook } from './look.ts';
import { openStage, type Stage } from './stage.ts';
import { withPasskey } from './virtual-passkey.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(async () => {
  await stage.shop.startOver();
  stage.shop.reconfigure(({ stacks }) => {
    for (const stack of stacks) Object.assign(stack, { services: ['checkout', 'search'] });
  });
  const upTo = stage.shop.clock.now();
  const { budgets } = stage.shop;
  budgets.stands({
    slo: 'checkout-availability',
    verdict: 'spent',
    remainingPpm: -43_000,
    burning: true,
    upTo,
  });
  budgets.stands({ slo: 'search-availability', service: 'search', remainingPpm: 999_999, upTo });
  budgets.stands({ slo: 'search-freshness', service: 'search', verdict: 'no-data' });
});
afterAll(() => stage.close());

const DESK = { language: 'en', theme: 'light', width: 1440 } as const;
const PHONE = { language: 'ja', theme: 'dark', width: 360 } as const;

describe('the gate on the page of a plan', () => {
  it('shows the budgets that a change could hurt; one marks it as a repair by passkey, and another agrees on the phone', async () => {
    const plan = await stage.shop.approved('shop-production', { changes: HARMLESS });
    {
      await using visit = await stage.visit(`/changes/${plan.id}`, DESK, 'kenji');
      const { page } = visit;
      await withPasskey(stage, visit, 'kenji');
      const budgets = page.getByRole('region', { name: 'Error budgets that it could hurt' });
      await budgets.getByText('Used up (−4.3 %)').waitFor();
      await budgets.getByText('Burning: a page fires').waitFor();
      await budgets.getByText('99.9 % left').waitFor();
      expect(await budgets.getByRole('link', { name: 'checkout-availability' }).getAttribute('href')).toBe(
        '/slos/checkout-availability',
      );
      await expectGoodLook(visit, 'plan-budget-spent');
      await page.getByRole('button', { name: 'Mark as a repair…' }).click();
      const mark = page.getByRole('dialog').getByRole('button', { name: 'Mark with a passkey' });
      await page
        .getByRole('dialog')
        .getByLabel(/What is broken/)
        .fill('too short');
      expect(await mark.isDisabled()).toBe(true);
      await page
        .getByRole('dialog')
        .getByLabel(/What is broken/)
        .fill(REPAIRS);
      await expectGoodLook(visit, 'plan-repair');
      await mark.click();
      await budgets.getByText('Nobody has agreed yet.').waitFor();
      expect(await page.getByRole('button', { name: 'Agree to the repair…' }).count()).toBe(0);
      await page.getByRole('button', { name: 'Withdraw the repair…' }).waitFor();
    }
    expect(await stage.shop.audited('repair.marked')).toMatchObject({ actor: { name: 'kenji' } });
    await using visit = await stage.visit(`/changes/${plan.id}`, PHONE, 'yuki');
    const { page } = visit;
    await withPasskey(stage, visit, 'yuki');
    await page.getByRole('button', { name: '修復に同意…' }).click();
    await page.getByRole('dialog').getByText(REPAIRS).waitFor();
    await expectGoodLook(visit, 'plan-repair-agree');
    await page.getByRole('dialog').getByRole('button', { name: 'パスキーで同意' }).click();
    await page.getByText('yuki が同意しました').waitFor();
    await expectGoodLook(visit, 'plan-repair-agreed');
    expect((await stage.shop.stored(plan.id)).state).toBe('approved');
    await page.getByRole('button', { name: '修復を取り下げる…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '取り下げる' }).click();
    await page.getByRole('button', { name: '修復として登録…' }).waitFor();
    expect((await stage.shop.stored(plan.id)).state).toBe('awaiting-approval');
  });
});
