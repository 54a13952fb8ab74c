import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { provider, providerRoutes } from '#accounts';
import { createLogger, type RunningServer, serveHttp, z } from '#platform';
import { freePort } from '../../demo/server-process.ts';
import { type StandInSignIn, startStandInSignIn } from '../../demo/stand-ins/sign-in.ts';
import {
  BROWSER_YAML,
  type BrowserWorld,
  browserWorld,
  cookieOf,
} from '../../src/accounts/sessions/testing.ts';
import { openBrowser } from './browser.ts';

// What real browsers do with our cookies, which no test with made-up requests can tell. The provider is another site: 127.0.0.1, not localhost.

const logLine = z.object({ path: z.string().optional(), status: z.number().optional() });
let stand: StandInSignIn;
let world: BrowserWorld;
let server: RunningServer;
let browser: Browser;
let url: string;

beforeAll(async () => {
  stand = await startStandInSignIn([{ login: 'hanako', id: '1001' }]);
  const port = await freePort();
  url = `http://localhost:${port}`;
  const { clientId, clientSecret } = stand;
  const settings = { name: 'google', kind: 'oidc', url: stand.url, label: 'Google', clientId } as const;
  const providers = [provider({ settings, clientSecret, fetch, onFault: () => undefined })];
  world = await browserWorld({
    ...{ yaml: BROWSER_YAML, publicUrl: url },
    routes: (room) => [providerRoutes({ ...room, providers })],
  });
  const logger = createLogger({ level: 'error', destination: process.stderr });
  const served = await serveHttp(world.app, { host: '127.0.0.1', port, logger, shutdownMs: 1_000 });
  if (!served.ok) throw new Error(served.error.reasons[0].message.en);
  server = served.value;
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await server.close();
  await world.close();
  await stand.stop();
});

/** A page of ours, whose policy lets the test speak to the API from within. */
async function ourPage(): Promise<Page> {
  const context = await browser.newContext({ bypassCSP: true });
  const page = await context.newPage();
  await page.goto(`${url}/healthz`);
  return page;
}

const whoIs = (page: Page): Promise<{ readonly status: number; readonly person?: string }> =>
  page.evaluate(async () => {
    const answer = await fetch('/v1/me');
    return { ...(await answer.json()), status: answer.status };
  });

/** The page goes elsewhere by itself, once the browser has said that it was asked to: an answer of a page that is gone is an error. */
const leaveFor = (page: Page, target: string): Promise<void> =>
  page.evaluate((to) => void setTimeout(() => location.assign(to)), target);

async function signIn(page: Page): Promise<void> {
  const provider = await page.evaluate(async () => {
    const answer = await fetch('/v1/sign-in/providers/google', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ returnTo: '/healthz?from=here' }),
    });
    return String((await answer.json()).url);
  });
  await leaveFor(page, provider);
  await page.getByRole('link', { name: 'hanako' }).click();
  await page.waitForURL(`${url}/healthz?from=here`);
}

it('A browser comes back from a provider on another site, signed in, where it wanted to be', async () => {
  const page = await ourPage();
  await signIn(page);
  expect(await whoIs(page)).toMatchObject({ status: 200, person: 'hanako' });
  const cookies = await page.context().cookies();
  expect(cookies).toMatchObject([{ name: 'sekisho', httpOnly: true, sameSite: 'Strict', path: '/' }]);
  expect(await page.evaluate(() => document.cookie)).toBe('');
});

/** How the server answered each request for a path. */
const statusesOf = (path: string, from = 0): readonly number[] =>
  world
    .logged()
    .slice(from)
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [logLine.parse(JSON.parse(line))]))
    .flatMap((line) => (line.path === path && line.status !== undefined ? [line.status] : []));

it('Attack 24: a page of another site acts with the session in no way that browsers have', async () => {
  const page = await ourPage();
  await signIn(page);
  const evil = await page.context().newPage();
  await evil.goto(`${stand.url}/keys`);
  await evil.evaluate(async (ours) => {
    const ask = { method: 'POST', mode: 'no-cors', credentials: 'include' } as const;
    // It may not even see that there is an answer.
    await fetch(`${ours}/test/change`, ask).catch(() => undefined);
  }, url);
  await evil.evaluate((ours) => {
    const form = document.createElement('form');
    form.method = 'post';
    form.action = `${ours}/test/change`;
    document.documentElement.append(form);
    setTimeout(() => form.submit());
  }, url);
  await evil.waitForURL(`${url}/test/change`);
  expect(statusesOf('/test/change')).toEqual([401, 401]);
  await evil.goto(`${stand.url}/keys`);
  const opened = evil.waitForResponse(`${url}/v1/me`);
  await leaveFor(evil, `${url}/v1/me`);
  expect((await opened).status()).toBe(401);
  expect(await whoIs(page)).toMatchObject({ status: 200, person: 'hanako' });
});

it('Attack 24: a page of a sibling, whose requests the cookie goes along with, acts and reads in the person’s name in no way', async () => {
  // Cookies know no ports: another port of localhost is the same site, as another host of the company's domain is.
  const sibling = createServer((_, answer) => void answer.end('sibling'));
  sibling.listen(0, '127.0.0.1');
  await once(sibling, 'listening');
  const address = sibling.address();
  const theirs = `http://localhost:${typeof address === 'object' ? address?.port : ''}/`;
  try {
    const page = await ourPage();
    await signIn(page);
    const before = world.logged().length;
    const evil = await page.context().newPage();
    await evil.goto(theirs);
    await evil.evaluate(async (ours) => {
      const along = { mode: 'no-cors', credentials: 'include' } as const;
      const change = { ...along, method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{}' };
      // It may not even see that there is an answer.
      await fetch(`${ours}/test/change`, change).catch(() => undefined);
      await fetch(`${ours}/v1/sessions`, along).catch(() => undefined);
    }, url);
    await evil.evaluate((ours) => {
      const form = document.createElement('form');
      form.method = 'post';
      form.enctype = 'text/plain';
      form.action = `${ours}/test/change`;
      document.documentElement.append(form);
      setTimeout(() => form.submit());
    }, url);
    await evil.waitForURL(`${url}/test/change`);
    expect(statusesOf('/test/change', before)).toEqual([403, 403]);
    expect(statusesOf('/v1/sessions', before)).toEqual([403]);
    expect(await whoIs(page)).toMatchObject({ status: 200, person: 'hanako' });
  } finally {
    sibling.close();
  }
});

it('Attack 24: a session that was planted in the browser is not taken up by who signs in there (session fixation)', async () => {
  const page = await ourPage();
  const answer = await world.signInAnswer('taro', { kind: 'passkey', credential: 'x' });
  const planted = cookieOf(answer, 'sekisho')?.slice('sekisho='.length) ?? expect.unreachable();
  await page.context().addCookies([{ name: 'sekisho', value: planted, url }]);
  expect(await whoIs(page)).toMatchObject({ person: 'taro' });
  await signIn(page);
  expect(await whoIs(page)).toMatchObject({ person: 'hanako' });
  const [cookie] = await page.context().cookies();
  expect(cookie?.value).not.toBe(planted);
});
