import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { provider } from '#accounts';
import { type StandInSignIn, startStandInSignIn } from '../../demo/stand-ins/sign-in.ts';
import { deviceOf } from './authenticator.ts';
import { expectGoodLook } from './look.ts';
import { EVERY_VIEW, openStage, SOME_VIEWS, type Stage, type View, type Visit } from './stage.ts';

let stand: StandInSignIn;
let stage: Stage;
beforeAll(async () => {
  stand = await startStandInSignIn([{ login: 'hanako', id: '1002' }]);
  const { clientId, clientSecret, url } = stand;
  const settings = { name: 'google', kind: 'oidc', url, label: 'Google', clientId } as const;
  stage = await openStage([provider({ settings, clientSecret, fetch, onFault: () => undefined })]);
});
beforeEach(() => stage.shop.startOver());
afterAll(async () => {
  await stage.close();
  await stand.stop();
});

const DESK = { language: 'en', theme: 'light', width: 1440 } as const;

/** The link of the terminal, as an address of our pages. */
async function firstLink(): Promise<string> {
  const made = await stage.firstLink();
  return new URL(made?.url ?? expect.unreachable()).href.replace(stage.url, '');
}

/** Through the link of the terminal, to a passkey. */
async function enrolFirst(visit: Visit): Promise<void> {
  const { page } = visit;
  await page.getByRole('button', { name: 'Open the link' }).click();
  await page.getByRole('textbox').fill('Laptop');
  await page.getByRole('button', { name: 'Enrol a passkey' }).click();
  await page.getByRole('heading', { name: 'Your passkey is enrolled' }).waitFor();
}

const words = (language: 'en' | 'ja', en: string, ja: string): string => (language === 'en' ? en : ja);

describe('the sign-in page', () => {
  it.each(EVERY_VIEW)('looks well in $language, $theme, at $width px', async (view) => {
    await using visit = await stage.visit('/sign-in', view);
    await visit.page.getByText(words(view.language, 'No passkey yet', 'パスキーがない')).click();
    await visit.page.getByText('sekisho people link NAME').waitFor();
    await visit.page.getByRole('button', { name: /Google/ }).waitFor();
    await expectGoodLook(visit, 'sign-in');
  });

  it.each(SOME_VIEWS)('says why a provider’s sign-in was refused ($language)', async (view) => {
    await using visit = await stage.visit('/sign-in?refused=sign-in.account-unknown', view);
    await visit.page.getByRole('alert').getByText('people[].signIn').waitFor();
    await expectGoodLook(visit, 'sign-in-refused');
  });

  it.each(SOME_VIEWS)('says so when the device gives no passkey ($language)', async (view) => {
    await using visit = await stage.visit('/sign-in', view);
    await deviceOf(visit.page);
    await visit.page
      .getByRole('button', { name: words(view.language, 'with a passkey', 'パスキーで') })
      .click();
    await visit.page.getByRole('alert').waitFor();
    await expectGoodLook(visit, 'sign-in-no-passkey');
  });

  it('says so when the server cannot be reached, and nothing is lost', async () => {
    await using visit = await stage.visit('/sign-in', DESK);
    await visit.page.getByRole('button', { name: /Google/ }).waitFor();
    await visit.page.context().setOffline(true);
    await visit.page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await visit.page.getByRole('alert').getByText('cannot be reached').waitFor();
    await expectGoodLook({ ...visit, wrongs: () => [] }, 'sign-in-offline');
  });

  it('attack 24: shows markup in the rule of a refusal as text, and nothing of it runs', async () => {
    const hostile = '<img src=/x onerror=reportToTest(1)>';
    await using visit = await stage.visit(`/sign-in?refused=${encodeURIComponent(hostile)}`, DESK);
    await visit.page.getByRole('alert').getByText(hostile).waitFor();
    expect(await visit.page.locator('main img').count()).toBe(0);
    expect(visit.wrongs()).toEqual([]);
  });

  it.each(['//evil.example/', 'https://evil.example/', '/\\evil.example', 'javascript:reportToTest(1)'])(
    'attack 24, open redirect: after signing in, %j is not gone to',
    async (returnTo) => {
      await using visit = await stage.visit(
        `/sign-in?returnTo=${encodeURIComponent(returnTo)}`,
        DESK,
        'hanako',
      );
      const link = visit.page.getByRole('link', { name: 'Go on' });
      expect(await link.getAttribute('href')).toBe('/');
    },
  );
});

describe('a provider', () => {
  it('signs somebody in, brings them where they wanted to be, and is good for a first passkey', async () => {
    stage.shop.reconfigure((draft) => {
      Object.assign(draft.server as object, { signIn: [signInAt(stand)] });
      for (const person of draft.people)
        if (person.name === 'hanako') person.signIn = [{ provider: 'google', subject: '1002' }];
    });
    await using visit = await stage.visit('/changes?state=approved', DESK);
    const { page } = visit;
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Continue with Google' }).click();
    await page.getByRole('link', { name: 'hanako' }).click();
    await page.getByRole('heading', { level: 1, name: 'Changes' }).waitFor();
    expect(new URL(page.url()).search).toBe('?state=approved');
    await deviceOf(page);
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name, to tell your devices apart').fill('Laptop');
    await dialog.getByRole('button', { name: 'Make the passkey' }).click();
    await page.getByText('after signing in at a provider').waitFor();
  });
});

describe('what a provider does not let in', () => {
  /** To the provider, where somebody chooses who they are. */
  async function atProvider(view: View): Promise<Visit> {
    const visit = await stage.visit('/sign-in', view);
    await visit.page.getByRole('button', { name: /Google/ }).click();
    await visit.page.getByRole('link', { name: 'hanako' }).waitFor();
    return visit;
  }

  /** Back on our page, which says why, and lets people begin again. */
  async function isTold({ page }: Visit, what: string): Promise<void> {
    await page.getByRole('alert').getByText(what).waitFor();
    expect(new URL(page.url()).origin).toBe(stage.url);
    expect((await page.request.get(`${stage.url}/v1/me`)).status()).toBe(401);
    await page.getByRole('button', { name: /Google/ }).click();
    await page.getByRole('link', { name: 'hanako' }).waitFor();
  }

  it.each(SOME_VIEWS)('is told when the provider itself refused ($language)', async (view) => {
    await using visit = await atProvider(view);
    await visit.page.goto(`${visit.page.url()}&login=somebody-else`);
    const what = words(
      view.language,
      'The provider did not sign you in.',
      'プロバイダーでサインインできません',
    );
    await isTold(visit, what);
  });

  it('is told when nobody in sekisho.yaml has the account', async () => {
    await using visit = await atProvider(DESK);
    await visit.page.getByRole('link', { name: 'hanako' }).click();
    await isTold(visit, 'nobody in sekisho.yaml has this account');
  });

  it('is told when the answer is not of this browser', async () => {
    await using visit = await atProvider(DESK);
    await visit.page.context().clearCookies();
    await visit.page.getByRole('link', { name: 'hanako' }).click();
    await isTold(visit, 'was not begun in this browser');
  });

  it('is told when it took too long', async () => {
    await using visit = await atProvider(DESK);
    stage.shop.clock.advance(11 * 60_000);
    await visit.page.getByRole('link', { name: 'hanako' }).click();
    await isTold(visit, 'took longer than ten minutes');
  });

  it('is told when the provider says what does not fit', async () => {
    stand.lie((claims) => ({ ...claims, aud: 'another' }));
    await using visit = await atProvider(DESK);
    await visit.page.getByRole('link', { name: 'hanako' }).click();
    await isTold(visit, 'did not answer as it must');
    stand.lie((claims) => claims);
  });
});

const signInAt = ({ url, clientId }: StandInSignIn) => ({
  ...{ name: 'google', kind: 'oidc', url, label: 'Google', clientId, clientSecret: { env: 'SECRET' } },
});

describe('the link of the terminal', () => {
  it.each(EVERY_VIEW)('lets the first administrator in ($language, $theme, $width px)', async (view) => {
    await using visit = await stage.visit(await firstLink(), view);
    const { page } = visit;
    await deviceOf(page);
    const open = page.getByRole('button', { name: words(view.language, 'Open the link', 'リンクを開く') });
    await open.waitFor();
    expect(new URL(page.url()).hash).toBe('');
    await expectGoodLook(visit, 'welcome-link');
    await open.click();
    await page.getByRole('heading', { name: 'hanako' }).waitFor();
    await expectGoodLook(visit, 'welcome-enrol');
    await page
      .getByRole('button', { name: words(view.language, 'Enrol a passkey', 'パスキーを登録') })
      .click();
    await page
      .getByRole('heading', { name: words(view.language, 'is enrolled', 'パスキーを登録しました') })
      .waitFor();
    await expectGoodLook(visit, 'welcome-done');
  });

  it('opens once: then it says what to do', async () => {
    const link = await firstLink();
    await using first = await stage.visit(link, DESK);
    await first.page.getByRole('button', { name: 'Open the link' }).click();
    await first.page.getByRole('heading', { name: 'hanako' }).waitFor();
    for (const view of SOME_VIEWS) {
      await using second = await stage.visit(link, view);
      await second.page
        .getByRole('button', { name: words(view.language, 'Open the link', 'リンクを開く') })
        .click();
      await second.page
        .getByText(words(view.language, 'Ask whoever sent it', '新しいリンクを発行してもらって'))
        .waitFor();
      await expectGoodLook(second, 'welcome-spent');
    }
  });

  it('is not spent by looking at the page, as mail filters do', async () => {
    const link = await firstLink();
    await using filter = await stage.visit(link, DESK);
    await filter.page.getByRole('button', { name: 'Open the link' }).waitFor();
    await using visit = await stage.visit(link, DESK);
    await visit.page.getByRole('button', { name: 'Open the link' }).click();
    await visit.page.getByRole('heading', { name: 'hanako' }).waitFor();
  });

  it('may be followed by a reload before the passkey is there, and by nothing else', async () => {
    await using visit = await stage.visit(await firstLink(), DESK);
    const { page } = visit;
    await page.getByRole('button', { name: 'Open the link' }).click();
    await page.getByRole('button', { name: 'Enrol a passkey' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Enrol a passkey' }).waitFor();
    await page.goto(`${stage.url}/changes`);
    await page.getByRole('button', { name: 'Enrol a passkey' }).waitFor();
    expect((await page.request.get(`${stage.url}/v1/plans`)).status()).toBe(403);
  });

  it.each(SOME_VIEWS)('says so when it is not whole ($language)', async (view) => {
    await using visit = await stage.visit('/welcome#skl_half', view);
    await visit.page.getByRole('heading', { level: 1 }).waitFor();
    await visit.page.getByText(words(view.language, 'missing behind #', '欠けています')).waitFor();
    await expectGoodLook(visit, 'welcome-not-whole');
  });

  it('says whose session it ends, before it does', async () => {
    await using visit = await stage.visit(await firstLink(), DESK, 'yuki');
    await visit.page.getByText('You are signed in as yuki in this browser.').waitFor();
    await visit.page.getByRole('button', { name: 'Open the link' }).click();
    await visit.page.getByRole('heading', { name: 'Welcome, hanako' }).waitFor();
  });

  it('attack 24: an authenticator that verifies nobody enrols nothing', async () => {
    await using visit = await stage.visit(await firstLink(), DESK);
    const { page } = visit;
    const { own: authenticator } = await deviceOf(page);
    await authenticator.distrust();
    await page.getByRole('button', { name: 'Open the link' }).click();
    await page.getByRole('button', { name: 'Enrol a passkey' }).click();
    await page.getByRole('alert').getByText('Nothing was changed').waitFor();
    await authenticator.trust();
    await page.getByRole('button', { name: 'Enrol a passkey' }).click();
    await page.getByRole('heading', { name: 'Your passkey is enrolled' }).waitFor();
  });
});

it('Who enrolled signs out, and in again by the passkey, to the page that they came for', async () => {
  await using visit = await stage.visit(await firstLink(), DESK);
  const { page } = visit;
  await deviceOf(page);
  await enrolFirst(visit);
  await page.getByRole('link', { name: 'Go on' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
  await page.goto(`${stage.url}/changes?state=approved`);
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.getByRole('heading', { level: 1, name: 'Changes' }).waitFor();
  expect(new URL(page.url()).search).toBe('?state=approved');
  expect(await page.getByText('hanako').first().textContent()).toBe('hanako');
  expect(visit.wrongs()).toEqual([]);
});
