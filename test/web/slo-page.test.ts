import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectKeyboard } from './keyboard.ts';
import { expectGoodLook } from './look.ts';
import { expectStates } from './page-states.ts';
import { HOSTILE, PLAN } from './slo-answers.ts';
import { answerSlos, answerSlosWithoutEvents, SLO_VIEWS, type SloServer } from './slo-stage.ts';
import { openStage, SOME_VIEWS, type Stage, type View, type Visit } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const DESK: View = { language: 'en', theme: 'light', width: 1440 };

async function goTo(path: string, view: View, given: Partial<SloServer> = {}) {
  const visit = await stage.visit('/no/such/page', view, 'hanako');
  const server = await answerSlos(visit.page, given);
  await visit.page.goto(`${stage.url}${path}`);
  return { visit, server };
}

/** Its charts, lists and acts are there. */
async function isThere({ page, view }: Visit): Promise<void> {
  const ja = view.language === 'ja';
  await page.getByRole('figure').first().waitFor();
  await page.getByRole('cell', { name: 'initech' }).waitFor();
  await page.getByRole('table', { name: ja ? 'インシデント' : 'Incidents' }).waitFor();
  await page.getByRole('table', { name: ja ? '補正' : 'Corrections' }).waitFor();
}

describe('an SLO', () => {
  it.each(SLO_VIEWS)('looks well in $language, $theme, at $width px', async (view) => {
    const { visit: made } = await goTo('/slos/checkout', view);
    await using visit = made;
    await isThere(visit);
    await expectGoodLook(visit, 'slo');
  });

  it('shows names and reasons as they are, and runs nothing of them', async () => {
    const { visit: made } = await goTo('/slos/checkout', DESK);
    await using visit = made;
    await isThere(visit);
    expect(await visit.page.getByRole('heading', { level: 1 }).textContent()).toBe(`Checkout ${HOSTILE}`);
    expect(await visit.page.title()).toContain('<img');
    expect(await visit.page.locator('main img').count()).toBe(0);
    // What turns text around is written out.
    expect(await visit.page.getByRole('cell', { name: 'U+202E' }).count()).toBeGreaterThan(0);
    expect(visit.wrongs()).toEqual([]);
  });

  it('reads a moment of its course with the mouse and with keys, in the named zone, and all of it in a table', async () => {
    const { visit: made } = await goTo('/slos/checkout', DESK);
    await using visit = made;
    const { page } = visit;
    const chart = page.getByRole('figure', { name: 'Course' });
    const slider = chart.getByRole('slider');
    const heightOf = async () => (await chart.boundingBox())?.height;
    const before = await heightOf();
    expect(await slider.getAttribute('aria-valuetext')).toMatch(
      /^Nov 23, 21:00 GMT\+9, Budget left -[\d.]+%, Bad events in each step 9[.\d]*%, Page, Incident open$/,
    );
    await slider.focus();
    await page.keyboard.press('Home');
    expect(await slider.getAttribute('aria-valuetext')).toMatch(/^Oct 26, 22:00 GMT\+9, Budget left 100%/);
    await page.keyboard.press('ArrowRight');
    expect(await slider.getAttribute('aria-valuetext')).toMatch(/^Oct 26, 23:00 GMT\+9/);
    // Nothing is known of the hundredth hour, which is no zero.
    await slider.fill('100');
    expect(await slider.getAttribute('aria-valuetext')).toContain('Budget left not known');
    await slider.fill('202');
    expect(await slider.getAttribute('aria-valuetext')).toContain('Left out: Database upgrade');
    const plot = await chart.locator('svg').first().boundingBox();
    if (plot === null) throw new Error('no plot');
    await page.mouse.move(plot.x + plot.width / 2, plot.y + 20);
    await expect.poll(() => slider.inputValue()).toBe('336');
    await chart.getByText(/^Bad events in each step (1\.9|2)/).waitFor();
    expect(await heightOf()).toBe(before);
    await chart.getByText('The values as a table').click();
    const rows = chart.getByRole('table').getByRole('row');
    expect(await rows.count()).toBe(1 + 28 * 24);
    expect(await rows.nth(102).textContent()).toContain('not known');
    expect(visit.wrongs()).toEqual([]);
  });

  it('leads from an applied change on its time line to the plan, and to the screen that it counts', async () => {
    const { visit: made } = await goTo('/slos/checkout', DESK);
    await using visit = made;
    const happened = visit.page.getByRole('table', { name: 'What happened meanwhile' });
    const plan = happened.getByRole('link', { name: 'shop-production applied' });
    expect(await plan.getAttribute('href')).toBe(`/changes/${PLAN}`);
    await visit.page.getByRole('link', { name: 'Screen checkout' }).click();
    await visit.page.waitForURL('**/screens/checkout');
  });

  it('looks at a shorter time when asked, and keeps that in the address', async () => {
    const { visit: made, server } = await goTo('/slos/checkout', DESK);
    await using visit = made;
    await isThere(visit);
    await visit.page.getByRole('radio', { name: '24 hours' }).check();
    await visit.page.waitForURL('**/slos/checkout?span=day');
    await expect.poll(() => server.asked.at(-1)).toMatch(/^GET \/v1\/slos\/checkout\?from=/);
  });

  it('that nothing was counted for says so, and what it waits for', async () => {
    const { visit: made } = await goTo('/slos/payments', DESK);
    await using visit = made;
    await visit.page.getByText('Figures appear as soon as its first data has come').waitFor();
    await visit.page.getByText('Metrics · Prometheus').waitFor();
    await visit.page.getByText('No customer is told by the data').waitFor();
    await expectGoodLook(visit, 'slo-uncounted');
  });

  it('that is none says so in the words of the server', async () => {
    const { visit: made } = await goTo('/slos/no-such', DESK);
    await using visit = made;
    await visit.page.getByText('No such SLO is defined. Look at the list.').waitFor();
    await expectGoodLook(visit, 'slo-unknown');
  });

  it('loads, fails, is denied and goes offline as every page does', async () => {
    const view: View = { language: 'ja', theme: 'dark', width: 360 };
    await using visit = await stage.visit('/no/such/page', view, 'hanako');
    await answerSlosWithoutEvents(visit.page);
    await expectStates(visit, {
      ...{ url: `${stage.url}/slos/checkout`, asks: /^\/v1\/slos\/checkout$/, name: 'slo' },
      content: () => isThere(visit),
    });
  });

  it('is used with the keyboard alone', async () => {
    const { visit: made } = await goTo('/slos/checkout', DESK);
    await using visit = made;
    await isThere(visit);
    await expectKeyboard(visit);
  });
});

describe('an incident', () => {
  it.each(SOME_VIEWS)(
    'is acknowledged, silenced and resolved, each after it was said what that does ($language)',
    async (view) => {
      const { visit: made, server } = await goTo('/slos/checkout', view);
      await using visit = made;
      const { page } = visit;
      const ja = view.language === 'ja';
      const dialog = page.getByRole('dialog');
      const incidents = page.getByRole('table', { name: ja ? 'インシデント' : 'Incidents' });
      await page.getByRole('button', { name: ja ? '確認…' : 'Acknowledge…' }).click();
      expect(server.incident.acknowledged).toBeUndefined();
      await dialog.getByRole('button', { name: ja ? '対応を始める' : 'I look at it' }).click();
      await incidents.getByText(ja ? 'hanako が確認' : 'Acknowledged by hanako').waitFor();

      await page.getByRole('button', { name: ja ? '通知を停止…' : 'Silence…' }).click();
      const silence = dialog.getByRole('button', { name: ja ? '通知を停止する' : 'Silence it' });
      expect(await silence.isDisabled()).toBe(true);
      await dialog.getByRole('combobox').selectOption(String(4 * 60));
      await dialog.getByRole('textbox').fill('We know');
      await expectGoodLook(visit, 'slo-silence');
      await silence.click();
      await incidents.getByText('We know').waitFor();

      await page.getByRole('button', { name: ja ? '解決…' : 'Resolve…' }).click();
      await dialog.getByText(ja ? 'アラートはまだ発報中です。' : 'An alert still fires.').waitFor();
      await dialog.getByRole('textbox').fill('Rolled back');
      await expectGoodLook(visit, 'slo-resolve');
      await dialog.getByRole('button', { name: ja ? '解決済みにする' : 'Resolve it' }).click();
      await incidents.getByText('Rolled back', { exact: true }).waitFor();
      expect(await page.getByRole('button', { name: ja ? '解決…' : 'Resolve…' }).count()).toBe(0);
      expect(visit.wrongs()).toEqual([]);
    },
  );

  it('is not acted on by whom the policy does not let, who is told so', async () => {
    const { visit: made } = await goTo('/slos/checkout', DESK, { may: false });
    await using visit = made;
    await visit.page.getByText('The policy does not let you acknowledge').waitFor();
    await visit.page.getByText('The policy does not let you make or undo corrections').waitFor();
    expect(await visit.page.getByRole('button', { name: 'Resolve…' }).count()).toBe(0);
    expect(await visit.page.getByRole('button', { name: 'Leave time out…' }).count()).toBe(0);
    expect(visit.wrongs()).toEqual([]);
  });
});

describe('a correction', () => {
  it.each(SOME_VIEWS)('is made with times and a reason, and undone ($language)', async (view) => {
    const { visit: made, server } = await goTo('/slos/checkout', view);
    await using visit = made;
    const { page } = visit;
    const ja = view.language === 'ja';
    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: ja ? '時間を除外…' : 'Leave time out…' }).click();
    const act = dialog.getByRole('button', { name: ja ? '除外する' : 'Leave it out', exact: true });
    await dialog.getByLabel(ja ? '開始(' : 'From (').fill('2026-11-20T02:00');
    await dialog.getByLabel(ja ? '終了(' : 'To (').fill('2026-11-20T01:00');
    await dialog.getByRole('textbox', { name: ja ? '理由' : 'Reason' }).fill('Announced maintenance');
    expect(await act.isDisabled()).toBe(true);
    await dialog.getByLabel(ja ? '終了(' : 'To (').fill('2026-11-20T03:30');
    await dialog
      .getByText(ja ? 'checkout の 1.5 時間を除外します。' : '1.5 hr of checkout will not count.')
      .waitFor();
    await expectGoodLook(visit, 'slo-correct');
    await act.click();
    const corrections = page.getByRole('table', { name: ja ? '補正' : 'Corrections' });
    await corrections.getByText('Announced maintenance').waitFor();
    // As people wrote it in their zone.
    expect(server.corrections[0]).toMatchObject({
      ...{ of: { kind: 'slo', name: 'checkout' }, reason: 'Announced maintenance' },
      ...{ from: '2026-11-19T17:00:00.000Z', to: '2026-11-19T18:30:00.000Z' },
    });
    await page
      .getByRole('button', { name: ja ? '取り消す…' : 'Undo…' })
      .last()
      .click();
    await dialog.getByRole('textbox').fill('It was none');
    await dialog.getByRole('button', { name: ja ? '取り消す' : 'Undo it', exact: true }).click();
    await corrections.getByText('It was none').waitFor();
    expect(visit.wrongs()).toEqual([]);
  });

  it('that the server refuses shows the reason, and stays open', async () => {
    const { visit: made } = await goTo('/slos/checkout', DESK);
    await using visit = made;
    const { page } = visit;
    await isThere(visit);
    await page.route('**/v1/slo/corrections/cor_2/undo', (route) => route.abort());
    await page.getByRole('button', { name: 'Undo…' }).click();
    await page.getByRole('dialog').getByRole('textbox').fill('It was none');
    await page.getByRole('button', { name: 'Undo it' }).click();
    await page.getByRole('alert').getByText('The server cannot be reached').waitFor();
  });
});
