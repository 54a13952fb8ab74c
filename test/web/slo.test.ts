import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectKeyboard } from './keyboard.ts';
import { expectGoodLook } from './look.ts';
import { expectStates } from './page-states.ts';
import { HOSTILE, NO_SLOS, SLOS } from './slo-answers.ts';
import { answerSlos, answerSlosWithoutEvents, SLO_VIEWS, type SloServer } from './slo-stage.ts';
import { openStage, SOME_VIEWS, type Stage, type View, type Visit } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const DESK: View = { language: 'en', theme: 'light', width: 1440 };

async function goTo(path: string, view: View, given: Partial<SloServer> = {}): Promise<Visit> {
  const visit = await stage.visit('/no/such/page', view, 'hanako');
  await answerSlos(visit.page, given);
  await visit.page.goto(`${stage.url}${path}`);
  return visit;
}

describe('the list of SLOs', () => {
  it.each(SLO_VIEWS)('looks well in $language, $theme, at $width px', async (view) => {
    await using visit = await goTo('/slos', view);
    const { page } = visit;
    await page.getByRole('link', { name: 'items' }).waitFor();
    await page
      .getByRole('region', { name: view.language === 'ja' ? '画面' : 'Screens' })
      .getByRole('cell')
      .first()
      .waitFor();
    await expectGoodLook(visit, 'slos');
  });

  it.each(SOME_VIEWS)('leads on to the first SLO where there is none ($language)', async (view) => {
    await using visit = await goTo('/slos', view, { slos: NO_SLOS });
    await visit.page.getByText('sekisho slo suggest').waitFor();
    await expectGoodLook(visit, 'slos-empty');
  });

  it('says what is wrong with the newest definitions, while those before hold', async () => {
    const problem = { message: 'slo/shop.yaml: `target` is missing.', remedy: 'Write `target: 0.999`.' };
    await using visit = await goTo('/slos', DESK, { slos: { ...SLOS, problem } });
    await visit.page.getByRole('alert').getByText('those before still hold').waitFor();
    await visit.page.getByRole('link', { name: 'items' }).waitFor();
    await expectGoodLook(visit, 'slos-wrong');
  });

  it('shows what needs attention first, and filters by what stands in the address', async () => {
    await using visit = await goTo('/slos', DESK);
    const { page } = visit;
    await page.getByRole('link', { name: 'items' }).waitFor();
    const services = page.getByRole('main').getByRole('heading', { level: 2 });
    await expect.poll(() => services.allTextContents()).toEqual(['Shop', 'billing', 'Screens']);
    const names = page.locator('main a[href^="/slos/"]');
    const shown = () => names.evaluateAll((all) => all.map((one) => one.getAttribute('href')));
    expect(await shown()).toEqual([
      ...['/slos/checkout', '/slos/items', '/slos/search', '/slos/invoices-fresh', '/slos/payments'],
    ]);
    await page.getByRole('link', { name: '1 over budget' }).click();
    await expect.poll(shown).toEqual(['/slos/checkout']);
    await page.getByRole('combobox', { name: 'Show' }).selectOption('no-data');
    await page.getByRole('combobox', { name: 'Service' }).selectOption('billing');
    await page.getByRole('searchbox', { name: 'Search' }).fill('pay');
    await expect.poll(shown).toEqual(['/slos/payments']);
    expect(new URL(page.url()).search).toBe('?show=no-data&service=billing&text=pay');
    await page.getByRole('searchbox', { name: 'Search' }).fill('nothing like it');
    await page.getByText('No SLO fits these filters').waitFor();
    await page.getByRole('button', { name: 'Clear the filters' }).last().click();
    await expect.poll(async () => (await shown()).length).toBe(5);
    expect(visit.wrongs()).toEqual([]);
  });

  it('loads, fails, is denied and goes offline as every page does', async () => {
    const view: View = { language: 'ja', theme: 'dark', width: 360 };
    await using visit = await stage.visit('/no/such/page', view, 'hanako');
    await answerSlosWithoutEvents(visit.page);
    await expectStates(visit, {
      ...{ url: `${stage.url}/slos`, asks: /^\/v1\/slos$/, name: 'slos' },
      content: async () => {
        await visit.page.getByRole('link', { name: 'items' }).waitFor();
        // Of the screens too: no request is under way when the network goes.
        await visit.page.getByRole('cell', { name: '42,242' }).waitFor();
      },
    });
  });

  it('is used with the keyboard alone, from the navigation on', async () => {
    await using visit = await goTo('/', DESK);
    await visit.page.getByRole('link', { name: 'Service levels' }).click();
    await visit.page.getByRole('cell').first().waitFor();
    await expectKeyboard(visit);
  });
});

const isThere = ({ page, view }: Visit): Promise<void> =>
  page.getByRole('table', { name: view.language === 'ja' ? '悪化の原因' : 'What spoils it' }).waitFor();

describe('a screen', () => {
  it.each(SLO_VIEWS)('looks well in $language, $theme, at $width px', async (view) => {
    await using visit = await goTo('/screens/checkout', view);
    await isThere(visit);
    await expectGoodLook(visit, 'screen');
  });

  it('names the request that spent most of the budget first, and what fixing it would give back', async () => {
    await using visit = await goTo('/screens/checkout', DESK);
    await isThere(visit);
    const rows = visit.page.getByRole('table', { name: 'What spoils it' }).getByRole('row');
    expect(await rows.nth(1).getByRole('cell').allTextContents()).toEqual([
      ...['POST /api/payment', '76.7%', '28', '33', '78.5%', '76.1%'],
    ]);
    expect(await rows.count()).toBe(3);
    await visit.page.getByText('4 views would be good if any one of these was:').waitFor();
    await visit.page.getByText('too many groups to name').waitFor();
  });

  it('marks what lies on its critical path, and what each request waits for', async () => {
    await using visit = await goTo('/screens/checkout', DESK);
    await isThere(visit);
    const table = visit.page.getByRole('table', { name: 'Its requests' });
    const critical = table.getByRole('row').filter({ hasText: 'on the critical path' });
    expect(await critical.count()).toBe(3);
    const payment = table.getByRole('row').filter({ hasText: 'POST /api/v2/payment' });
    await payment.getByText('No. 3 · waits for no. 2 · on the critical path · fails at 5xx').waitFor();
    expect(await table.getByRole('row').filter({ hasText: HOSTILE }).textContent()).toContain('optional');
    expect(await visit.page.locator('main img').count()).toBe(0);
    expect(visit.wrongs()).toEqual([]);
  });

  it('reads how long a request takes with keys and in a table, and says where no time is known', async () => {
    await using visit = await goTo('/screens/checkout', DESK);
    await isThere(visit);
    const part = visit.page.getByRole('region', { name: 'How long it takes' });
    await part.getByRole('combobox', { name: 'Request' }).selectOption('2');
    const chart = part.getByRole('figure', { name: 'Times of POST /api/payment' });
    const slider = chart.getByRole('slider');
    await slider.focus();
    await visit.page.keyboard.press('Home');
    expect(await slider.getAttribute('aria-valuetext')).toMatch(/^0 ms – 64 ms: \d+ requests, /);
    await chart.getByText('The values as a table').click();
    expect(await chart.getByRole('row').count()).toBe(41);
    await expectGoodLook(visit, 'screen-table');
    await part.getByRole('combobox', { name: 'Request' }).selectOption('3');
    await part.getByText('The log tells no times of this request.').waitFor();
  });

  it('loads, fails, is denied and goes offline as every page does', async () => {
    await using visit = await stage.visit('/no/such/page', DESK, 'hanako');
    await answerSlosWithoutEvents(visit.page);
    await expectStates(visit, {
      ...{ url: `${stage.url}/screens/checkout`, asks: /^\/v1\/slo\/screens\/checkout$/, name: 'screen' },
      content: () => isThere(visit),
    });
  });

  it('is used with the keyboard alone', async () => {
    await using visit = await goTo('/screens/checkout', DESK);
    await isThere(visit);
    await expectKeyboard(visit);
  });
});
