import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectKeyboard } from './keyboard.ts';
import { expectGoodLook } from './look.ts';
import { expectStates } from './page-states.ts';
import { EVERY_VIEW, openStage, SOME_VIEWS, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.shop.startOver());
afterAll(() => stage.close());

const DESK = { language: 'en', theme: 'light', width: 1440 } as const;
const OWN_CHANGE = '/policy?by=person%3Ataro&action=approve&on=stack%3Ashop-production&authors=taro';

describe('the policies', () => {
  it.each(EVERY_VIEW)('look well with an answer, in $language, $theme, at $width px', async (view) => {
    await using visit = await stage.visit(OWN_CHANGE, view, 'hanako');
    const { page } = visit;
    const no = view.language === 'ja' ? '禁止されています' : 'No, forbidden';
    await page.getByRole('heading', { name: no }).waitFor();
    await page.getByRole('region', { name: view.language === 'ja' ? '本番' : 'Production' }).waitFor();
    await expectGoodLook(visit, 'policy');
  });

  it.each(SOME_VIEWS)('show what each says, in words and in Cedar ($language)', async (view) => {
    await using visit = await stage.visit('/policy', view, 'hanako');
    const { page } = visit;
    await page.getByText('authors-never-approve', { exact: true }).click();
    const opened = page.locator('details[open]');
    // As it stands in its file, with the number of its first line there.
    await opened.getByText('@id("authors-never-approve")').waitFor();
    await opened.getByText('context.verdict == Verdict::"approve"').waitFor();
    const lines = opened.locator('[data-line]');
    expect(await lines.first().getAttribute('data-line')).toBe('12');
    expect((await lines.last().textContent())?.trim()).toMatch(/;$/);
    await expectGoodLook(visit, 'policy-opened');
  });

  it.each(SOME_VIEWS)('tell plainly where everything is denied ($language)', async (view) => {
    await using visit = await stage.visit('/no/such/page', view, 'hanako');
    const reason = { rule: 'policy.broken', message: 'own.cedar, line 3: ?', remedy: 'Mend it.' };
    const broken = {
      kind: 'denies-everything',
      shipped: false,
      policies: [],
      warnings: [],
      reasons: [reason],
    };
    await visit.page.route('**/v1/policy', (route) => route.fulfill({ json: broken }));
    await visit.page.goto(`${stage.url}/policy`);
    await visit.page.getByRole('alert').getByText('own.cedar, line 3: ? Mend it.').waitFor();
    await expectGoodLook(visit, 'policy-denies-everything');
  });

  it.each(SOME_VIEWS)(
    'load, fail, are denied and go offline as every page does ($language)',
    async (view) => {
      await using visit = await stage.visit('/no/such/page', view, 'hanako');
      await expectStates(visit, {
        ...{ url: `${stage.url}/policy`, asks: /^\/v1\/policy$/, name: 'policy' },
        content: () => visit.page.getByText('anybody-approves', { exact: true }).waitFor(),
      });
    },
  );

  it('are used with the keyboard alone', async () => {
    await using visit = await stage.visit(OWN_CHANGE, DESK, 'hanako');
    await visit.page.getByText('Every fact they were given').waitFor();
    await expectKeyboard(visit);
  });
});

describe('the playground', () => {
  it('answers could X do Y, says why not, and what would change it', async () => {
    await using visit = await stage.visit('/policy', DESK, 'hanako');
    const { page } = visit;
    await page.getByText('Choose who does what on what').waitFor();
    await page.getByLabel('Who').selectOption('person:taro');
    await page.getByLabel('Does what').selectOption('approve');
    await page.getByLabel('On what').selectOption('stack:shop-staging');
    await page.getByRole('heading', { name: 'Yes, allowed' }).waitFor();
    await page.getByLabel('Authors').selectOption('taro');
    await page.getByRole('heading', { name: 'No, forbidden' }).waitFor();
    const answer = page.getByRole('region', { name: 'Answer' });
    await answer.getByText('Authors never approve their own change.').first().waitFor();
    await answer.getByText('authors-never-approve', { exact: true }).waitFor();
    await answer.getByText('by somebody who is not an author of the change').waitFor();
    await answer.getByText('Every fact they were given').click();
    await answer.getByRole('cell', { name: 'principal', exact: true }).last().waitFor();
    // The answer can be shown to others: it is in the address.
    await page.reload();
    await page.getByRole('heading', { name: 'No, forbidden' }).waitFor();
    await page.getByRole('button', { name: 'Authors: take taro out' }).click();
    await page.getByRole('heading', { name: 'Yes, allowed' }).waitFor();
    await page.getByRole('button', { name: 'Start over' }).click();
    await page.getByText('Choose who does what on what').waitFor();
    expect(new URL(page.url()).search).toBe('');
    expect(visit.wrongs()).toEqual([]);
  });

  it('takes what is assumed of a plan along', async () => {
    await using visit = await stage.visit(
      '/policy?by=job&action=apply&on=stack%3Ashop-production',
      DESK,
      'hanako',
    );
    const { page } = visit;
    await page.getByRole('region', { name: 'Answer' }).getByRole('heading', { level: 3 }).waitFor();
    await page.getByLabel('it loses data').check();
    await page.getByText('Every fact they were given').click();
    const fact = page.getByRole('row', { name: 'context.findings.losesData true' }).last();
    await fact.waitFor();
    expect(new URL(page.url()).searchParams.get('assume')).toBe('losesData');
    expect(visit.wrongs()).toEqual([]);
  });

  it.each(SOME_VIEWS)('tells of a name that nobody has ($language)', async (view) => {
    await using visit = await stage.visit(
      '/policy?by=person%3Anobody&action=approve&on=organization',
      view,
      'hanako',
    );
    await visit.page.getByText('nobody', { exact: false }).last().waitFor();
    // What is asked stands in the form, though nobody can be chosen so.
    const who = visit.page.getByLabel(view.language === 'ja' ? '実行者' : 'Who', { exact: true });
    expect(await who.inputValue()).toBe('person:nobody');
    await expectGoodLook(visit, 'policy-nobody');
  });
});

describe('the cases', () => {
  it.each(SOME_VIEWS)('run when somebody asks, and all pass ($language)', async (view) => {
    await using visit = await stage.visit('/policy', view, 'hanako');
    const { page } = visit;
    await page
      .getByRole('button', { name: view.language === 'ja' ? 'テストケースを実行' : 'Run the cases' })
      .click();
    await page
      .getByText(view.language === 'ja' ? /件すべて成功/ : /All \d+ cases passed/)
      .waitFor({ timeout: 60_000 });
    await expectGoodLook(visit, 'policy-cases');
  });

  it('that are not as expected stand first, with what differs', async () => {
    await using visit = await stage.visit('/policy', DESK, 'hanako');
    const { page } = visit;
    await page.route('**/v1/policy/test', async (route) => {
      const answer = await route.fetch();
      const { passed, cases } = await answer.json();
      const differences = [{ what: 'decision', expected: 'allowed', actual: 'forbidden' }];
      const wrong = { ...cases.at(-1), name: 'the wrong one', passed: false, differences };
      await route.fulfill({ response: answer, json: { passed, cases: [...cases, wrong] } });
    });
    await page.getByRole('button', { name: 'Run the cases' }).click();
    await page.getByText(/1 of \d+ not as expected/).waitFor({ timeout: 60_000 });
    const first = page.getByRole('table', { name: 'Cases' }).getByRole('row').nth(1);
    expect(await first.textContent()).toContain('decision: expected allowed, is forbidden');
    expect(visit.wrongs()).toEqual([]);
  });

  it.each(SOME_VIEWS)('say so where they cannot be run, and can be run again ($language)', async (view) => {
    await using visit = await stage.visit('/policy', view, 'hanako');
    const { page } = visit;
    const isJapanese = view.language === 'ja';
    await page.route('**/v1/policy/test', (route) => route.abort());
    await page.getByRole('button', { name: isJapanese ? 'テストケースを実行' : 'Run the cases' }).click();
    await page.getByRole('button', { name: isJapanese ? '再試行' : 'Try again' }).waitFor();
    // That the request failed is what the console tells of.
    await expectGoodLook({ ...visit, wrongs: () => [] }, 'policy-cases-failed');
    await page.unroute('**/v1/policy/test');
    await page.getByRole('button', { name: isJapanese ? '再試行' : 'Try again' }).click();
    await page.getByText(isJapanese ? /件すべて成功/ : /All \d+ cases passed/).waitFor({ timeout: 60_000 });
  });
});
