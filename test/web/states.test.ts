import type { Page, Request } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mustBeTaken } from '../../src/changes/testing/shop.ts';
import { expectGoodLook } from './look.ts';
import { openStage, SOME_VIEWS, type Stage, type Visit } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.shop.startOver());
afterAll(() => stage.close());

const DESK = { language: 'en', theme: 'light', width: 1440 } as const;
const PHONE = { language: 'en', theme: 'light', width: 360 } as const;

/** From now on the server answers this to that address. */
const answer = (visit: Visit, path: string, status: number, body: object) =>
  visit.page.route(`**${path}*`, (route) =>
    route.fulfill({ status, contentType: 'application/problem+json', body: JSON.stringify(body) }),
  );

const problem = (code: string, message: string, remedy: string) => ({
  ...{ type: `urn:sekisho:problem:${code}`, title: code, status: 403, code, detail: message },
  reasons: [{ rule: 'test.rule', message, remedy }],
  requestId: 'request-of-a-test',
});

describe.each(SOME_VIEWS)('in $language, $theme, at $width px', (view) => {
  it('who is signed in nowhere is led to signing in, and back to the page', async () => {
    await using visit = await stage.visit('/changes?state=approved', view);
    const link = visit.page.getByRole('link', { name: view.language === 'ja' ? 'サインイン' : 'Sign in' });
    expect(await link.getAttribute('href')).toBe('/sign-in?returnTo=%2Fchanges%3Fstate%3Dapproved');
    await expectGoodLook(visit, 'signed-out');
  });

  it('an address that is none says so', async () => {
    await using visit = await stage.visit('/no/such/page', view, 'hanako');
    await visit.page
      .getByRole('link', { name: view.language === 'ja' ? '変更の一覧へ' : 'Go to the changes' })
      .waitFor();
    await expectGoodLook(visit, 'not-found');
  });

  it('a refusal shows the server’s own reason and remedy, and nothing is asked twice', async () => {
    await using visit = await stage.visit('/no/such/page', view, 'hanako');
    await answer(visit, '/v1/plans', 403, problem('denied', 'Kenji is not of the team shop.', 'Ask Hanako.'));
    await visit.page.goto(`${stage.url}/changes`);
    await visit.page.getByText('Kenji is not of the team shop. Ask Hanako.').waitFor();
    await expectGoodLook(visit, 'denied');
  });

  it('a server that breaks is named as such, with what to tell its operator', async () => {
    await using visit = await stage.visit('/no/such/page', view, 'hanako');
    await answer(visit, '/v1/plans', 500, problem('internal', 'The server failed.', 'Tell the operator.'));
    await visit.page.goto(`${stage.url}/changes`);
    await visit.page.getByText('request-of-a-test').waitFor();
    await expectGoodLook(visit, 'failed');
  });

  it('without a network, what is there stays and is called old', async () => {
    await stage.shop.uploaded('shop-staging');
    await using visit = await stage.visit('/changes', view, 'hanako');
    await visit.page.getByRole('cell', { name: 'shop-staging' }).waitFor();
    await visit.page.context().setOffline(true);
    await visit.page.getByText(view.language === 'ja' ? 'オフラインです。' : 'You are offline.').waitFor();
    await expectGoodLook(visit, 'offline');
  });
});

it('a session that ends while the page is open is noticed at the next question', async () => {
  await stage.shop.uploaded('shop-staging');
  await using visit = await stage.visit('/changes', DESK, 'hanako');
  await visit.page.getByRole('cell', { name: 'shop-staging' }).waitFor();
  await visit.page.context().clearCookies();
  await visit.page.getByLabel('State').selectOption('approved');
  await visit.page.getByRole('heading', { level: 1, name: 'You are not signed in' }).waitFor();
  expect(await visit.page.getByText('shop-staging').count()).toBe(0);
  expect(visit.wrongs()).toEqual([]);
});

it('signing out ends the session on the server, and the page forgets what it showed', async () => {
  await stage.shop.uploaded('shop-staging');
  await using visit = await stage.visit('/changes', DESK, 'hanako');
  await visit.page.getByRole('cell', { name: 'shop-staging' }).waitFor();
  const cookies = await visit.page.context().cookies();
  await visit.page.getByRole('button', { name: 'Sign out' }).click();
  await visit.page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
  expect(await visit.page.getByText('shop-staging').count()).toBe(0);
  await visit.page.context().addCookies(cookies);
  expect((await visit.page.request.get(`${stage.url}/v1/me`)).status()).toBe(401);
});

it('the keyboard goes past the navigation, into the panel of a phone and out of it again', async () => {
  await using visit = await stage.visit('/changes', PHONE, 'hanako');
  const { page } = visit;
  await page.getByText('No plans yet').waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('content');
  const opener = page.getByRole('button', { name: 'Open the navigation' });
  await opener.press('Enter');
  const panel = page.getByRole('dialog', { name: 'Main navigation' });
  await panel.getByRole('link', { name: 'Changes' }).waitFor();
  await expectGoodLook(visit, 'navigation');
  const places = new Set<string>();
  for (let pressed = 0; pressed < 30; pressed += 1) {
    await page.keyboard.press('Tab');
    const place = await panel.evaluate((dialog) => {
      const { activeElement } = document;
      return dialog.contains(activeElement) ? (activeElement?.textContent ?? '') : undefined;
    });
    // The guards around the panel send the focus back into it.
    if (place !== undefined) places.add(place);
    expect(await page.evaluate(() => document.activeElement?.closest('main, header') ?? null)).toBeNull();
  }
  expect([...places]).toEqual(expect.arrayContaining(['Overview', 'Changes', 'Settings', 'Sign out']));
  await page.keyboard.press('Escape');
  await panel.waitFor({ state: 'detached' });
  expect(await opener.evaluate((button) => document.activeElement === button)).toBe(true);
});

it('language and colours change at once, and are kept', async () => {
  await using visit = await stage.visit('/changes', DESK, 'hanako');
  const { page } = visit;
  await page.getByRole('radio', { name: '日本語' }).check();
  await page.getByText('プランはまだありません').waitFor();
  await page.getByRole('radio', { name: 'ダーク' }).check();
  await page.reload();
  await page.getByText('プランはまだありません').waitFor();
  expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark');
  await expectGoodLook({ ...visit, view: { language: 'ja', theme: 'dark', width: 1440 } }, 'switched');
});

it('an answer that a page cannot read breaks the page and not the navigation, and loading it again helps', async () => {
  await using visit = await stage.visit('/no/such/page', DESK, 'hanako');
  const { page } = visit;
  await page.route('**/v1/plans*', (route) => route.fulfill({ json: { other: 'shape' } }));
  await page.goto(`${stage.url}/changes`);
  await page.getByRole('heading', { name: 'This page broke' }).waitFor();
  await page.getByRole('navigation').getByRole('link', { name: 'Changes' }).waitFor();
  // React says on the console what broke.
  await expectGoodLook({ ...visit, wrongs: () => [] }, 'broken');
  await page.unroute('**/v1/plans*');
  await page.getByRole('button', { name: 'Load again' }).click();
  await page.getByText('No plans yet').waitFor();
});

it('a page that nobody looks at holds no stream, and reads again what it missed when it is looked at', async () => {
  await using visit = await stage.visit('/changes', DESK, 'hanako');
  const { page } = visit;
  let streams = 0;
  page.on('requestfailed', (request) => {
    if (request.url().endsWith('/v1/events')) streams += 1;
  });
  const show = (state: string): Promise<void> =>
    page.evaluate((visibility) => {
      Object.defineProperty(document, 'visibilityState', { value: visibility, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, state);
  await page.getByText('No plans yet').waitFor();
  await show('hidden');
  await expect.poll(() => streams).toBe(1);
  await stage.shop.uploaded('shop-staging');
  expect(await page.getByRole('cell', { name: 'shop-staging' }).count()).toBe(0);
  await show('visible');
  await page.getByRole('cell', { name: 'shop-staging' }).waitFor();
});

it('production is told by a word, a shape and hatching, on every page about something in it, to those who see no red too', async () => {
  const plan = await stage.shop.approved('shop-production');
  const { grant } = mustBeTaken(await stage.shop.grant(plan));
  for (const [name, path] of Object.entries({
    plan: `/changes/${plan.id}`,
    grant: `/grants/${grant.id}`,
    stack: '/stacks/shop-production',
  })) {
    await using visit = await stage.visit(path, PHONE, 'hanako');
    const { page } = visit;
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Emulation.setEmulatedVisionDeficiency', { type: 'achromatopsia' });
    const band = page.getByRole('region', { name: 'Production' });
    await band.getByText('Production').waitFor();
    await band.locator('svg').waitFor();
    const hatching = await band.evaluate((element) => getComputedStyle(element).backgroundImage);
    expect(hatching).toContain('repeating-linear-gradient');
    await page.locator('main').getByText('Production').first().waitFor();
    await expectGoodLook(visit, `no-red-${name}`);
  }
});

it('eight tabs side by side share one stream, hear of everything, and the next takes over when its holder is closed', async () => {
  await using visit = await stage.visit('/changes', DESK, 'hanako');
  const context = visit.page.context();
  const streams = new Set<Request>();
  context.on('request', (request) => {
    if (request.url().endsWith('/v1/events')) streams.add(request);
  });
  context.on('requestfailed', (request) => streams.delete(request));
  const holders = (): readonly Page[] =>
    [...streams].map((request) => request.frame().page()).filter((page) => !page.isClosed());
  await visit.page.reload();
  const tabs = [visit.page];
  while (tabs.length < 8) {
    const tab = await context.newPage();
    tabs.push(tab);
    await tab.goto(`${stage.url}/changes`);
    await tab.getByText('No plans yet').waitFor();
  }
  await expect.poll(() => holders().length).toBe(1);
  await stage.shop.uploaded('shop-staging');
  for (const tab of tabs) await tab.getByRole('cell', { name: 'shop-staging' }).waitFor();
  const [holder] = holders();
  await holder?.close();
  await expect.poll(() => holders().length).toBe(1);
  await stage.shop.uploaded('web-production');
  for (const tab of tabs)
    if (tab !== holder) await tab.getByRole('cell', { name: 'web-production' }).waitFor();
  expect(visit.wrongs()).toEqual([]);
});

it('files that an update of the server took away are asked for anew by loading the page again, once', async () => {
  await using visit = await stage.visit('/no/such/page', DESK, 'hanako');
  let missing = 0;
  await visit.page.route('**/assets/changes-page-*.js', (route) => {
    missing += 1;
    return missing === 1 ? route.fulfill({ status: 404 }) : route.continue();
  });
  await visit.page.getByRole('link', { name: 'Go to the changes' }).click();
  await visit.page.getByText('No plans yet').waitFor();
  expect(missing).toBe(2);
});
