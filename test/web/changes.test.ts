import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HARMLESS, LOSES_DATA } from '../../src/changes/testing/shop.ts';
import { expectGoodLook } from './look.ts';
import { EVERY_VIEW, openStage, SOME_VIEWS, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.shop.startOver());
afterAll(() => stage.close());

const DESK = { language: 'en', theme: 'light', width: 1440 } as const;

/** Plans of every look: waiting, approved, replaced by a newer one, and one that loses data in production. */
async function somePlans(): Promise<void> {
  const { shop } = stage;
  await shop.uploaded('shop-staging', { changes: HARMLESS });
  await shop.uploaded('shop-staging', { changes: [...HARMLESS, ...LOSES_DATA] });
  await shop.approved('web-production', { changes: HARMLESS });
  await shop.uploaded('shop-production', { changes: LOSES_DATA });
}

describe('the list of changes', () => {
  it.each(EVERY_VIEW)('looks well in $language, $theme, at $width px', async (view) => {
    await somePlans();
    await using visit = await stage.visit('/changes', view, 'hanako');
    await visit.page.getByRole('cell', { name: 'shop-production' }).waitFor();
    await expectGoodLook(visit, 'changes');
  });

  it.each(SOME_VIEWS)('says what to do while there is none ($language)', async (view) => {
    await using visit = await stage.visit('/changes', view, 'hanako');
    await visit.page.getByText('sekisho init').waitFor();
    await expectGoodLook(visit, 'changes-empty');
  });

  it('keeps its filters in the address, where they are read again', async () => {
    await somePlans();
    await using visit = await stage.visit('/changes', DESK, 'hanako');
    const { page } = visit;
    await page.getByLabel('State').selectOption('awaiting-approval');
    await page.getByLabel('Stack').selectOption('shop-production');
    await page.getByText('1 plan shown').waitFor();
    expect(new URL(page.url()).search).toBe('?state=awaiting-approval&stack=shop-production');
    await page.reload();
    await page.getByText('1 plan shown').waitFor();
    expect(await page.getByLabel('Stack').inputValue()).toBe('shop-production');
    await page.getByRole('button', { name: 'Clear the filters' }).click();
    await page.getByText('4 plans shown').waitFor();
    expect(new URL(page.url()).search).toBe('');
  });

  it.each(EVERY_VIEW)(
    'looks like production as soon as it is about production ($language, $theme, $width px)',
    async (view) => {
      await somePlans();
      await using visit = await stage.visit('/changes?stack=shop-production', view, 'hanako');
      await visit.page
        .getByRole('region', { name: view.language === 'ja' ? '本番' : 'Production' })
        .waitFor();
      await expectGoodLook(visit, 'changes-production');
    },
  );

  it.each(SOME_VIEWS)('says so where nothing fits the filters ($language)', async (view) => {
    await using visit = await stage.visit('/changes?state=failed&pullRequest=7', view, 'hanako');
    await visit.page.getByRole('heading', { level: 2 }).waitFor();
    await expectGoodLook(visit, 'changes-no-match');
  });

  it('shows older ones when asked for', async () => {
    for (let count = 0; count < 51; count += 1) await stage.shop.uploaded('shop-staging');
    await using visit = await stage.visit('/changes', DESK, 'hanako');
    await visit.page.getByText('50 plans shown').waitFor();
    await visit.page.getByRole('button', { name: 'Show older ones' }).click();
    await visit.page.getByText('51 plans shown').waitFor();
    expect(visit.wrongs()).toEqual([]);
  });

  it('shows what happens without being loaded again', async () => {
    await using visit = await stage.visit('/changes', DESK, 'hanako');
    const { page } = visit;
    await page.getByText('No plans yet').waitFor();
    const plan = await stage.shop.uploaded('shop-staging', { changes: LOSES_DATA });
    await page.getByRole('cell', { name: 'Awaiting approval' }).waitFor();
    await stage.shop.decide(plan, 'hanako');
    await page.getByRole('cell', { name: 'Approved' }).waitFor();
    expect(visit.wrongs()).toEqual([]);
  });

  it.each(SOME_VIEWS)('has room for long names and much of everything ($language)', async (view) => {
    await stage.shop.uploaded('shop-staging');
    await using visit = await stage.visit('/no/such/page', view, 'hanako');
    await visit.page.route('**/v1/plans*', async (route) => {
      const answer = await route.fetch();
      const [plan] = (await answer.json()).plans;
      const much = {
        ...{
          stack: 'a-stack-with-a-name-that-is-as-long-as-names-of-stacks-can-ever-be',
          pullRequest: 1_234_567,
        },
        repository: { id: '1', name: `organization-with-a-name/${'long'.repeat(20)}` },
        author: { id: '1', name: 'somebody-with-39-characters-in-the-login' },
        changes: { create: 1_234, update: 567, replace: 89, delete: 4_321 },
        findings: { critical: 12, high: 345, medium: 67, low: 8, info: 9 },
      };
      const plans = (['sandbox', 'development', 'shared', 'production'] as const).map((environment) => ({
        ...{ ...plan, ...much, environment, id: environment, state: 'superseded' },
      }));
      await route.fulfill({ response: answer, json: { plans } });
    });
    await visit.page.goto(`${stage.url}/changes`);
    await visit.page.getByRole('cell').first().waitFor();
    await expectGoodLook(visit, 'changes-much');
    // 320 is a phone of 1280 pixels that somebody enlarged four times (WCAG 1.4.10).
    for (const width of [320, 480, 640, 900, 992, 1024, 1100, 1200, 1280, 1600]) {
      await visit.page.setViewportSize({ width, height: 900 });
      const tooWide = await visit.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect([width, tooWide]).toEqual([width, 0]);
    }
  });

  it('shows that it loads, and nothing that is not there yet', async () => {
    await using visit = await stage.visit('/no/such/page', DESK, 'hanako');
    const answers: (() => void)[] = [];
    await visit.page.route('**/v1/plans*', (route) => void answers.push(() => void route.continue()));
    await visit.page.goto(`${stage.url}/changes`);
    await visit.page.getByRole('status').getByText('Loading').waitFor();
    await expectGoodLook(visit, 'changes-loading');
    for (const answer of answers) answer();
    await visit.page.getByText('No plans yet').waitFor();
  });

  it('attack 24: shows markup in names as text, and nothing of it runs', async () => {
    const hostile = '<img src=/x onerror=reportToTest(1)><script>reportToTest(2)</script>';
    await stage.shop.uploaded('shop-staging');
    await using visit = await stage.visit('/no/such/page', DESK, 'hanako');
    await visit.page.route('**/v1/plans*', async (route) => {
      const answer = await route.fetch({ url: `${stage.url}/v1/plans` });
      const [plan] = (await answer.json()).plans;
      const names = { stack: hostile, author: { id: '1', name: hostile }, ref: `refs/heads/${hostile}` };
      await route.fulfill({ response: answer, json: { plans: [{ ...plan, ...names }] } });
    });
    await visit.page.goto(`${stage.url}/changes?stack=${encodeURIComponent(hostile)}`);
    await visit.page.getByText('1 plan shown').waitFor();
    expect((await visit.page.textContent('table'))?.split(hostile)).toHaveLength(4);
    expect(await visit.page.locator('main img, main script').count()).toBe(0);
    expect(visit.wrongs()).toEqual([]);
  });
});
