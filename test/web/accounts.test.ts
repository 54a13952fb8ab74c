import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addNeeds } from '../../src/changes/stack-needs/change-needs.ts';
import { insertStackLock } from '../../src/changes/store/stack-locks.ts';
import { LOSES_DATA, mustBeTaken } from '../../src/changes/testing/shop.ts';
import { expectGoodLook } from './look.ts';
import { EVERY_VIEW, openStage, SOME_VIEWS, type Stage, type View } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.shop.startOver());
afterAll(() => stage.close());

const DESK: View = { language: 'en', theme: 'light', width: 1440 };
const SCHEDULED = { event_name: 'schedule', run_id: '20', run_number: '20' };

async function applied(stack: 'shop-staging' | 'shop-production') {
  const { shop } = stage;
  const granted = mustBeTaken(await shop.grant(await shop.approved(stack)));
  mustBeTaken(await shop.fetch(granted));
  mustBeTaken(await shop.report(granted));
  return granted.grant;
}

/** Production is frozen, one stack of it waits and one runs; staging was applied and has drifted since. */
async function busy() {
  const { shop } = stage;
  shop.reconfigure(({ stacks }) => {
    for (const one of stacks)
      Object.assign(one, { plan: { events: ['push', 'schedule'], refs: ['refs/heads/main'] } });
  });
  await applied('shop-staging');
  const state = { lineage: '11111111-2222-4333-8444-555555555555', serial: 1 };
  await shop.uploaded('shop-staging', { claims: SCHEDULED, ...state });
  mustBeTaken(await shop.grant(await shop.approved('web-production')));
  await shop.uploaded('shop-production', { changes: LOSES_DATA });
  const at = (days: number): string => new Date(shop.clock.now() + days * 86_400_000).toISOString();
  shop.reconfigure((draft) => {
    draft.freezes = [
      {
        name: 'year-end',
        environments: ['production'],
        from: at(-1),
        to: at(3),
        reason: 'Closing of the books',
      },
    ];
  });
}

/** As an apply before the merge leaves it. */
async function heldByPullRequest() {
  const grant = await applied('shop-production');
  const { room, clock } = stage.shop;
  await room.inTransaction((tx) =>
    insertStackLock(tx, {
      ...{ stack: grant.stack, issuer: 'github', repositoryId: '700100', repositoryName: 'shop/infra' },
      ...{ pullRequest: 7, since: clock.now(), byWhom: 'taro', grant: grant.id },
    } as Parameters<typeof insertStackLock>[1]),
  );
}

describe('the map of accounts', () => {
  it.each(EVERY_VIEW)('looks well in $language, $theme, at $width px', async (view) => {
    await busy();
    await using visit = await stage.visit('/accounts', view, 'yuki');
    const ja = view.language === 'ja';
    const regions = visit.page.getByRole('main').getByRole('region');
    await visit.page.getByText('Closing of the books').waitFor();
    await visit.page.getByText(ja ? 'ドリフトあり' : 'Drifted').waitFor();
    expect(await regions.getByRole('heading', { level: 2 }).allTextContents()).toEqual([
      'production',
      'staging',
    ]);
    await expectGoodLook(visit, 'accounts');
  });

  it.each(SOME_VIEWS)(
    'says of stacks that were never planned that nothing is known ($language)',
    async (view) => {
      await using visit = await stage.visit('/accounts', view, 'kenji');
      const ja = view.language === 'ja';
      const unplanned = visit.page.getByText(ja ? 'プランなし' : 'Never planned');
      await unplanned.first().waitFor();
      expect(await unplanned.count()).toBe(3);
      await expectGoodLook(visit, 'accounts-calm');
    },
  );

  it('hears of a new plan without being loaded again', async () => {
    await using visit = await stage.visit('/accounts', DESK, 'yuki');
    await visit.page.getByText('Never planned').first().waitFor();
    await stage.shop.uploaded('shop-staging');
    await visit.page.getByRole('cell', { name: 'Awaiting approval' }).waitFor();
    expect(visit.wrongs()).toEqual([]);
  });
});

/** As after an apply that AWS refused for it. */
const needed = async () =>
  mustBeTaken(
    await addNeeds(stage.shop.room, {
      ...{ stack: 'shop-production', person: stage.shop.person('hanako') },
      needs: [{ action: 'sns:TagResource', resource: 'arn:aws:sns:ap-northeast-1:333333333333:orders' }],
      reason: 'the provider tags the topic since 5.100',
    }),
  );

describe('a stack', () => {
  it.each(EVERY_VIEW)('looks well in $language, $theme, at $width px', async (view) => {
    await busy();
    await using visit = await stage.visit('/stacks/web-production', view, 'yuki');
    const ja = view.language === 'ja';
    await visit.page.getByRole('region', { name: ja ? '本番' : 'Production' }).waitFor();
    await visit.page
      .getByRole('link', { name: ja ? /web-production の適用/ : 'To apply web-production' })
      .waitFor();
    await visit.page
      .getByRole('region', { name: ja ? '最近のプラン' : 'Latest plans' })
      .getByRole('cell')
      .first()
      .waitFor();
    await expectGoodLook(visit, 'stack');
  });

  it.each(SOME_VIEWS)(
    'is taken over only after it was said what that hits, with a reason ($language)',
    async (view) => {
      await heldByPullRequest();
      await using visit = await stage.visit('/stacks/shop-production', view, 'hanako');
      const { page } = visit;
      const ja = view.language === 'ja';
      await page.getByRole('button', { name: ja ? 'ロックを解除…' : 'Take it over…' }).click();
      const dialog = page.getByRole('dialog');
      const act = dialog.getByRole('button', { name: ja ? 'ロックを解除する' : 'Take it over', exact: true });
      expect(await act.isDisabled()).toBe(true);
      await dialog.getByRole('textbox').fill('Taro is on leave');
      await expectGoodLook(visit, 'stack-unlock');
      await act.click();
      await dialog.waitFor({ state: 'detached' });
      const opener = page.getByRole('button', { name: ja ? 'ロックを解除…' : 'Take it over…' });
      await opener.waitFor({ state: 'detached' });
      expect(await stage.shop.audited('stack.unlocked')).toMatchObject({
        actor: { name: 'hanako' },
        evidence: { reason: 'Taro is on leave', pullRequest: 7 },
      });
      await expectGoodLook(visit, 'stack-free');
    },
  );

  it.each(SOME_VIEWS)(
    'shows what people added to its permissions, and removes it only after it was said what that hits ($language)',
    async (view) => {
      await needed();
      await using visit = await stage.visit('/stacks/shop-production', view, 'hanako');
      const { page } = visit;
      const ja = view.language === 'ja';
      await page.getByText('the provider tags the topic since 5.100').waitFor();
      await page.getByText('sns:TagResource').first().scrollIntoViewIfNeeded();
      await expectGoodLook(visit, 'stack-needs');
      await page.getByRole('button', { name: ja ? '削除…' : 'Remove…' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText("--reason 'the provider tags the topic since 5.100'").waitFor();
      await expectGoodLook(visit, 'stack-needs-remove');
      expect(await stage.shop.auditKinds()).not.toContain('needs.removed');
      await dialog.getByRole('button', { name: ja ? '権限を削除する' : 'Remove the permission' }).click();
      await page.getByText('sns:TagResource').first().waitFor({ state: 'detached' });
      expect(await stage.shop.audited('needs.removed')).toMatchObject({
        actor: { name: 'hanako' },
        evidence: { action: 'sns:TagResource' },
      });
    },
  );

  it('hears of a permission that is added elsewhere, and keeps it from whom the policy does not let', async () => {
    await using visit = await stage.visit('/stacks/shop-production', DESK, 'kenji');
    const { page } = visit;
    await page.getByText('Where AWS asks for more').waitFor();
    await needed();
    await page.getByRole('button', { name: 'Remove…' }).click();
    await page.getByRole('button', { name: 'Remove the permission' }).click();
    await page.getByRole('alert').waitFor();
    expect(await stage.shop.auditKinds()).not.toContain('needs.removed');
  });

  it('leads to all its plans and grants, a page at a time, each once', async () => {
    const { shop } = stage;
    const digits = (n: number): string => String(n).padStart(2, '0');
    for (let n = 1; n <= 3; n += 1)
      mustBeTaken(
        await shop.grantPlan('shop-staging', { run_id: `9${digits(n)}`, run_number: `9${digits(n)}` }),
      );
    await using visit = await stage.visit('/no/such/page', DESK, 'yuki');
    const { page } = visit;
    // Smaller pages than people get, by the server itself.
    await page.route('**/v1/grants?*', (route) => {
      const url = new URL(route.request().url());
      url.searchParams.set('limit', '2');
      return route.continue({ url: url.href });
    });
    await page.goto(`${stage.url}/stacks/shop-staging`);
    await page.getByRole('link', { name: 'All grants of the stack' }).click();
    await page.getByText('2 grants shown').waitFor();
    await page.getByRole('button', { name: 'Show older ones' }).click();
    await page.getByText('3 grants shown').waitFor();
    expect(await page.getByRole('button', { name: 'Show older ones' }).count()).toBe(0);
    const links = await page
      .locator('main a[href^="/grants/grt_"]')
      .evaluateAll((all) => all.map((a) => a.getAttribute('href')));
    expect(new Set(links).size).toBe(3);
    expect(visit.wrongs()).toEqual([]);
  });

  it('is not taken over by whom the policy does not let, and says why', async () => {
    await heldByPullRequest();
    await using visit = await stage.visit('/stacks/shop-production', DESK, 'kenji');
    const { page } = visit;
    await page.getByRole('button', { name: 'Take it over…' }).click();
    await page.getByRole('dialog').getByRole('textbox').fill('I want it');
    await page.getByRole('button', { name: 'Take it over', exact: true }).click();
    await page.getByRole('alert').waitFor();
    expect(await stage.shop.auditKinds()).not.toContain('stack.unlocked');
    await expectGoodLook(visit, 'stack-unlock-refused');
  });

  it('that is none says so', async () => {
    await using visit = await stage.visit('/stacks/no-such-stack', DESK, 'yuki');
    await visit.page.getByRole('heading', { level: 1, name: 'There is nothing here' }).waitFor();
  });
});
