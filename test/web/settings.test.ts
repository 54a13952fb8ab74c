import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { NameAtShop } from '../../src/changes/testing/shop.ts';
import { type Device, deviceOf } from './authenticator.ts';
import { expectGoodLook } from './look.ts';
import { EVERY_VIEW, openStage, SOME_VIEWS, type Stage, type View, type Visit } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.shop.startOver());
afterAll(() => stage.close());

const DESK = { language: 'en', theme: 'light', width: 1440 } as const;
const PHONE = { language: 'en', theme: 'light', width: 360 } as const;

const words = (language: 'en' | 'ja', en: string, ja: string): string => (language === 'en' ? en : ja);

/** Opens a link and enrols a passkey on the device's own authenticator. */
async function enrolBy(visit: Visit, link: string): Promise<Device> {
  const { page, view } = visit;
  const say = (en: string, ja: string): string => words(view.language, en, ja);
  // Statements are dated, and the shop's clock stands still.
  await page.clock.setFixedTime(stage.shop.clock.now());
  const device = await deviceOf(page);
  await page.goto(link);
  await page.getByRole('button', { name: say('Open the link', 'リンクを開く') }).click();
  await page.getByRole('textbox').fill(say('Laptop', 'ノート PC'));
  await page.getByRole('button', { name: say('Enrol a passkey', 'パスキーを登録') }).click();
  await page.getByRole('heading', { name: say('is enrolled', '登録しました') }).waitFor();
  return device;
}

/** The first administrator, with a passkey. */
async function hanako(view: View = DESK): Promise<{ readonly visit: Visit; readonly device: Device }> {
  const visit = await stage.visit('/sign-in', view);
  const link = await stage.firstLink();
  return { visit, device: await enrolBy(visit, link?.url ?? expect.unreachable()) };
}

const goTo = async ({ page }: Visit, path: string): Promise<void> => void (await page.goto(stage.url + path));

/** Hanako makes a link for somebody, in her browser. */
async function linkFor({ page }: Visit, person: NameAtShop, reason?: string): Promise<string> {
  await page.goto(`${stage.url}/settings/people/${person}`);
  await page
    .getByRole('button', { name: reason === undefined ? 'Invite' : 'Let back in', exact: true })
    .click();
  const dialog = page.getByRole('dialog');
  if (reason !== undefined) await dialog.getByLabel('Reason').fill(reason);
  await dialog.getByRole('button', { name: 'Make the link' }).click();
  const link = dialog.locator('code', { hasText: '/welcome#skl_' });
  return (await link.textContent()) ?? expect.unreachable();
}

describe('the settings', () => {
  it.each(EVERY_VIEW)('look well in $language, $theme, at $width px', async (view) => {
    const { visit } = await hanako(view);
    await using _ = visit;
    const { page } = visit;
    await goTo(visit, '/settings');
    await page
      .getByRole('cell', { name: words(view.language, 'Laptop SHA256:', 'ノート PC SHA256:') })
      .waitFor();
    await page.getByText(words(view.language, 'This browser', 'このブラウザー'), { exact: true }).waitFor();
    await expectGoodLook(visit, 'settings');
    await goTo(visit, '/settings/people');
    await page.getByRole('cell', { name: 'kenji' }).first().waitFor();
    await expectGoodLook(visit, 'settings-people');
    await goTo(visit, '/settings/people/yuki');
    await page.getByRole('button', { name: words(view.language, 'Invite', '招待') }).waitFor();
    await expectGoodLook(visit, 'settings-person');
    await goTo(visit, '/settings/system');
    await page.getByRole('cell', { name: 'ops', exact: true }).waitFor();
    await expectGoodLook(visit, 'settings-system');
  });

  it.each(SOME_VIEWS)('are said to load, to be refused, to fail and to be old ($language)', async (view) => {
    await using visit = await stage.visit('/no/such/page', view, 'yuki');
    const { page } = visit;
    const reasons = [{ rule: 'test.rule', message: 'Not for you.', remedy: 'Ask Hanako.' }];
    const body = JSON.stringify({ code: 'denied', status: 403, reasons, requestId: 'request-of-a-test' });
    await page.route('**/v1/settings', (route) =>
      route.fulfill({ status: 403, contentType: 'application/problem+json', body }),
    );
    await goTo(visit, '/settings/people');
    await page.getByText('Not for you. Ask Hanako.').waitFor();
    await expectGoodLook(visit, 'settings-denied');
    await page.unroute('**/v1/settings');
    await page.route('**/v1/settings', (route) =>
      route.fulfill({ status: 500, contentType: 'application/problem+json', body }),
    );
    await page.reload();
    await page.getByText('request-of-a-test').waitFor();
    await expectGoodLook(visit, 'settings-failed');
    await page.unroute('**/v1/settings');
    const waiting: (() => void)[] = [];
    await page.route('**/v1/settings', (route) => void waiting.push(() => void route.continue()));
    await page.reload();
    await page.getByRole('status').first().waitFor();
    await expectGoodLook(visit, 'settings-loading');
    for (const answer of waiting) answer();
    await page.getByRole('cell', { name: 'kenji' }).first().waitFor();
    await page.context().setOffline(true);
    await page.getByText(words(view.language, 'You are offline.', 'オフラインです。')).waitFor();
    expect(await page.getByRole('cell', { name: 'kenji' }).first().isVisible()).toBe(true);
  });

  it('offer nobody but administrators to let people in, or to put them out', async () => {
    await using visit = await stage.visit('/settings/people/hanako', DESK, 'yuki');
    await visit.page.getByText('hanako has none').waitFor();
    expect(await visit.page.getByRole('button', { name: /Invite|Let back in|End|Remove/ }).count()).toBe(0);
    expect(await visit.page.getByRole('heading', { name: 'Sessions' }).count()).toBe(0);
    expect(visit.wrongs()).toEqual([]);
  });

  it('say so for somebody who is not there', async () => {
    await using visit = await stage.visit('/settings/people/nobody', DESK, 'yuki');
    await visit.page.getByRole('heading', { name: 'Nobody of this name' }).waitFor();
    await expectGoodLook(visit, 'settings-nobody');
  });

  it('send a test to a destination, once it is confirmed', async () => {
    await using visit = await stage.visit('/settings/system', DESK, 'yuki');
    const { page } = visit;
    await page.getByRole('button', { name: 'Send a test: ops' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Everybody who reads ops sees it.').waitFor();
    const sent = page.waitForResponse(`${stage.url}/v1/messages/ops/test`);
    await dialog.getByRole('button', { name: 'Send a test' }).click();
    expect((await sent).status()).toBe(200);
    await dialog.waitFor({ state: 'detached' });
    expect(visit.wrongs()).toEqual([]);
  });
});

describe('passkeys', () => {
  it('are added with one that is there, renamed, and removed with a confirmation', async () => {
    const { visit, device } = await hanako();
    await using _ = visit;
    const { page } = visit;
    await goTo(visit, '/settings');
    await page.getByText('You have one passkey.').waitFor();
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Confirm' }).click();
    await dialog.getByLabel('Name, to tell your devices apart').fill('Security key');
    await expectGoodLook(visit, 'passkey-add');
    await device.own.sleep();
    const key = await device.plugIn();
    await dialog.getByRole('button', { name: 'Make the passkey' }).click();
    await page.getByRole('cell', { name: 'Security key SHA256:' }).waitFor();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('confirmed with another passkey').waitFor();

    await page.getByRole('button', { name: 'Rename: Laptop' }).click();
    await dialog.getByLabel('Name').fill('Old laptop');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('cell', { name: 'Old laptop SHA256:' }).waitFor();
    await dialog.waitFor({ state: 'detached' });

    await page.getByRole('button', { name: 'Remove: Security key' }).click();
    await dialog.getByText('This cannot be undone').waitFor();
    await expectGoodLook(visit, 'passkey-remove');
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('cell', { name: 'Security key SHA256:' }).waitFor({ state: 'detached' });
    await page.getByRole('cell', { name: 'Old laptop SHA256:' }).waitFor();
    await key.sleep();
    expect(visit.wrongs()).toEqual([]);
  });

  it('let the last one go only when that is said; then its session is over, too', async () => {
    const { visit } = await hanako(PHONE);
    await using _ = visit;
    const { page } = visit;
    await goTo(visit, '/settings');
    await page.getByRole('button', { name: 'Remove: Laptop' }).click();
    const dialog = page.getByRole('dialog');
    const remove = dialog.getByRole('button', { name: 'Remove' });
    expect(await remove.isDisabled()).toBe(true);
    await expectGoodLook(visit, 'passkey-remove-last');
    await dialog.getByRole('checkbox').check();
    await remove.click();
    await page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
  });

  it('are not removed without the confirmation, by a session that somebody stole', async () => {
    const { visit, device } = await hanako();
    await using _ = visit;
    const { page } = visit;
    await goTo(visit, '/settings');
    await device.own.distrust();
    await page.getByRole('button', { name: 'Remove: Laptop' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('checkbox').check();
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await dialog.getByRole('alert').getByText('Nothing was changed').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('cell', { name: 'Laptop SHA256:' }).waitFor();
  });
});

describe('an administrator', () => {
  it('invites somebody, who enrols in another browser; their approvals are told to count as one', async () => {
    const { visit } = await hanako();
    await using _ = visit;
    const link = await linkFor(visit, 'yuki');
    await expectGoodLook(visit, 'invite-made');
    await using yuki = await stage.visit('/sign-in', { language: 'ja', theme: 'dark', width: 360 });
    await enrolBy(yuki, link);
    await yuki.page.getByText('hanako さんのリンクで登録したため').waitFor();
    await expectGoodLook(yuki, 'invited-done');
    await yuki.page.getByRole('link', { name: '2 つ目のパスキーを追加' }).click();
    await yuki.page.getByText('hanako さんと同一人物').waitFor();
    await expectGoodLook(yuki, 'settings-invited');
    await goTo(visit, '/settings/people/yuki');
    await visit.page.getByText('one person with hanako').waitFor();
    await expectGoodLook(visit, 'settings-person-invited');
    expect(await visit.page.getByRole('button', { name: 'Invite' }).count()).toBe(0);
  });

  it('ends somebody’s session, and their browser shows nothing any more without being touched', async () => {
    const { visit } = await hanako();
    await using _ = visit;
    await stage.shop.uploaded('shop-staging');
    await using yuki = await stage.visit('/changes', DESK, 'yuki');
    await yuki.page.getByRole('cell', { name: 'shop-staging' }).waitFor();
    await goTo(visit, '/settings/people/yuki');
    await visit.page.getByRole('button', { name: /^End:/ }).click();
    const dialog = visit.page.getByRole('dialog');
    await dialog.getByText('yuki is signed out there at once.').waitFor();
    await expectGoodLook(visit, 'session-end');
    await dialog.getByRole('button', { name: 'End' }).click();
    await visit.page.getByText('yuki is signed in nowhere.').waitFor();
    await yuki.page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
    expect(await yuki.page.getByText('shop-staging').count()).toBe(0);
  });

  it('lets somebody back in with a reason: the new passkey takes the place of the others', async () => {
    const { visit } = await hanako();
    await using _ = visit;
    const invited = await linkFor(visit, 'yuki');
    await using lost = await stage.visit('/sign-in', DESK);
    await enrolBy(lost, invited);
    const link = await linkFor(visit, 'yuki', 'Lost her phone, seen on video');
    await using found = await stage.visit('/sign-in', PHONE);
    await enrolBy(found, link);
    await goTo(found, '/settings');
    await found.page.getByRole('cell', { name: 'Laptop SHA256:' }).waitFor();
    expect(await found.page.getByRole('button', { name: /^Remove:/ }).count()).toBe(1);
    await goTo(lost, '/changes');
    await lost.page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
  });

  it('removes another’s passkey with a reason, and not without', async () => {
    const { visit } = await hanako();
    await using _ = visit;
    const link = await linkFor(visit, 'yuki');
    await using yuki = await stage.visit('/sign-in', DESK);
    await enrolBy(yuki, link);
    await goTo(visit, '/settings/people/yuki');
    await visit.page.getByRole('button', { name: 'Remove: Laptop' }).click();
    const dialog = visit.page.getByRole('dialog');
    const remove = dialog.getByRole('button', { name: 'Remove' });
    expect(await remove.isDisabled()).toBe(true);
    await dialog.getByLabel('Reason').fill('Left the company');
    await remove.click();
    await visit.page.getByText('yuki has none').waitFor();
    await goTo(yuki, '/changes');
    await yuki.page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
  });

  it('without a passkey is told how to get one, and makes no link by the session alone', async () => {
    await using visit = await stage.visit('/settings/people/yuki', DESK, 'hanako');
    await visit.page.getByRole('button', { name: 'Invite', exact: true }).click();
    await visit.page.getByRole('button', { name: 'Make the link' }).click();
    await visit.page.getByText('asks for a passkey of yours').waitFor();
  });
});

it('All other sessions of one’s own end at once, this one stays', async () => {
  await using here = await stage.visit('/no/such/page', DESK, 'yuki');
  await using phone = await stage.visit('/changes', PHONE, 'yuki');
  await phone.page.getByText('No plans yet').waitFor();
  await goTo(here, '/settings');
  await here.page.getByRole('button', { name: 'End all others' }).click();
  await here.page.getByRole('dialog').getByText('1 session end').waitFor();
  await here.page.getByRole('dialog').getByRole('button', { name: 'End all others' }).click();
  await here.page.getByRole('button', { name: 'End all others' }).waitFor({ state: 'detached' });
  await phone.page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
  await here.page.getByText('This browser', { exact: true }).waitFor();
  expect(here.wrongs()).toEqual([]);
});

it('Attack 24: a session shows markup in what its browser says of itself as text, and nothing of it runs', async () => {
  await using visit = await stage.visit('/no/such/page', DESK, 'yuki');
  await visit.page.route('**/v1/sessions?*', async (route) => {
    const answer = await route.fetch();
    const { sessions } = await answer.json();
    const hostile = '<img src=/x onerror=reportToTest(1)>';
    await route.fulfill({
      response: answer,
      json: { sessions: [{ ...sessions[0], device: hostile, signedInBy: 'provider', provider: hostile }] },
    });
  });
  await goTo(visit, '/settings');
  await visit.page.getByText('onerror').waitFor();
  expect(await visit.page.locator('main img').count()).toBe(0);
  expect(visit.wrongs()).toEqual([]);
});
