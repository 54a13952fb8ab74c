import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  findPasskeys,
  passkeyAssertion,
  passkeyParty,
  passkeyRoutes,
  passkeySignInRoutes,
  requirePerson,
  statementChallenge,
  verifyAssertion,
} from '#accounts';
import { createLogger, type RunningServer, serveHttp, z } from '#platform';
import { freePort } from '../../demo/server-process.ts';
import { type BrowserWorld, browserWorld } from '../../src/accounts/sessions/testing.ts';
import { openBrowser } from './browser.ts';

// What Chromium and its authenticator really say, held against what our routes take: the made-up authenticator of other tests is ours too.

let world: BrowserWorld;
let server: RunningServer;
let browser: Browser;
let url: string;
const alarms: string[] = [];

beforeAll(async () => {
  const port = await freePort();
  url = `http://localhost:${port}`;
  world = await browserWorld({
    publicUrl: url,
    routes: (room) => {
      const passkeys = {
        ...room,
        alarm: ({ person }: { readonly person: string }) => void alarms.push(person),
      };
      return [passkeySignInRoutes(passkeys), passkeyRoutes(passkeys, requirePerson(room))];
    },
  });
  const logger = createLogger({ level: 'error', destination: process.stderr });
  const served = await serveHttp(world.app, { host: '127.0.0.1', port, logger, shutdownMs: 1_000 });
  if (!served.ok) throw new Error(served.error.reasons[0].message.en);
  server = served.value;
  browser = await openBrowser();
});
beforeEach(() => {
  alarms.length = 0;
});
afterAll(async () => {
  await browser.close();
  await server.close();
  await world.close();
});

interface Device {
  readonly page: Page;
  readonly cdp: CDPSession;
  readonly authenticatorId: string;
}

/** A browser with an authenticator that asks for a fingerprint, and gets it. */
async function device(): Promise<Device> {
  const context = await browser.newContext({ bypassCSP: true });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true },
      ...{ hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    },
  });
  await page.goto(`${url}/healthz`);
  return { page, cdp, authenticatorId };
}

const answer = z.object({ status: z.number(), body: z.unknown() });

const post = async (page: Page, path: string, body?: unknown): Promise<z.infer<typeof answer>> =>
  answer.parse(
    await page.evaluate(
      async ([to, words]) => {
        const headers = words === undefined ? {} : { 'content-type': 'application/json' };
        const got = await fetch(to, {
          method: 'POST',
          headers,
          ...(words === undefined ? {} : { body: words }),
        });
        const text = await got.text();
        return { status: got.status, body: text === '' ? null : JSON.parse(text) };
      },
      [path, body === undefined ? undefined : JSON.stringify(body)] as const,
    ),
  );

const byLink = (page: Page, person: string, purpose: 'first' | 'invite' = 'invite') =>
  post(page, '/test/sign-in', {
    person,
    how: { kind: 'link', link: 'sil_x', purpose, vouchedBy: purpose === 'first' ? null : 'hanako' },
  });

const said = z.object({ rawId: z.string(), response: z.record(z.string(), z.unknown()) });

/** As a page answers a request for a passkey: nothing but what the platform itself gives. */
async function asserted(page: Page, options: unknown): Promise<z.infer<typeof passkeyAssertion>> {
  const made = await page.evaluate(async (json) => {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
      json as PublicKeyCredentialRequestOptionsJSON,
    );
    const got = await navigator.credentials.get({ publicKey });
    return (got as PublicKeyCredential).toJSON();
  }, options);
  const { rawId: credentialId, response } = said.parse(made);
  const { clientDataJSON, authenticatorData, signature } = response;
  return passkeyAssertion.parse({ credentialId, clientDataJSON, authenticatorData, signature });
}

async function registered(page: Page, options: unknown): Promise<unknown> {
  const made = await page.evaluate(async (json) => {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
      json as PublicKeyCredentialCreationOptionsJSON,
    );
    const got = await navigator.credentials.create({ publicKey });
    return (got as PublicKeyCredential).toJSON();
  }, options);
  const { rawId: credentialId, response } = said.parse(made);
  const { clientDataJSON, attestationObject, transports } = response;
  return { credentialId, clientDataJSON, attestationObject, transports };
}

const enrolmentOptions = z.object({
  creation: z.unknown(),
  confirmation: z.looseObject({ challenge: z.string() }).optional(),
});
const enrolledPasskey = z.looseObject({ id: z.string(), fingerprint: z.string() });

async function enrol(page: Page, name: string): Promise<z.infer<typeof enrolledPasskey>> {
  const options = enrolmentOptions.parse((await post(page, '/v1/passkeys/options')).body);
  const registration = await registered(page, options.creation);
  const done = await post(page, '/v1/passkeys', { name, registration });
  expect(done).toMatchObject({ status: 201 });
  return enrolledPasskey.parse(done.body);
}

async function signInBy(page: Page): Promise<z.infer<typeof answer>> {
  const { body } = await post(page, '/v1/sign-in/passkey/options');
  return post(page, '/v1/sign-in/passkey', { assertion: await asserted(page, body) });
}

it('A browser enrols a passkey by a link, signs in by it, and signs a statement with it', async () => {
  const { page } = await device();
  await byLink(page, 'taro');
  const passkey = await enrol(page, '指紋');
  expect(passkey).toMatchObject({ person: 'taro', name: '指紋', standsOn: ['hanako'] });
  await page.context().clearCookies();
  expect(await signInBy(page)).toMatchObject({ status: 200, body: { person: 'taro' } });
  expect(await post(page, '/test/change')).toMatchObject({ status: 200 });
  const challenge = statementChallenge('sekisho-approval v1: …');
  const options = { challenge, rpId: 'localhost', userVerification: 'required', allowCredentials: [] };
  const assertion = await asserted(page, options);
  const found = await findPasskeys(world.room.db, [passkey.id], world.room.sessionKey);
  const demand = {
    party: passkeyParty(url, world.room.sessionKey),
    passkey: found.get(passkey.id) ?? expect.unreachable(),
  };
  expect(await verifyAssertion(assertion, { ...demand, challenge })).toMatchObject({ ok: true });
  const other = await verifyAssertion(assertion, { ...demand, challenge: statementChallenge('another') });
  expect(other).toMatchObject({ ok: false, error: { rule: 'passkey.other-challenge' } });
});

it('Attack 24: a copy of an authenticator shows by its counter: the passkey is suspended, its sessions end', async () => {
  const original = await device();
  await byLink(original.page, 'hanako', 'first');
  await enrol(original.page, 'laptop');
  const { credentials } = await original.cdp.send('WebAuthn.getCredentials', {
    authenticatorId: original.authenticatorId,
  });
  const copy = await device();
  for (const credential of credentials) {
    await copy.cdp.send('WebAuthn.addCredential', { authenticatorId: copy.authenticatorId, credential });
  }
  expect(await signInBy(original.page)).toMatchObject({ status: 200 });
  expect(await signInBy(copy.page)).toMatchObject({
    status: 401,
    body: { reasons: [{ rule: 'passkey.suspended' }] },
  });
  expect(alarms).toEqual(['hanako']);
  expect(await post(original.page, '/test/change')).toMatchObject({ status: 401 });
});

it('Attack 24: an authenticator that verifies nobody enrols nothing', async () => {
  const { page, cdp, authenticatorId } = await device();
  await byLink(page, 'taro');
  await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
  const options = enrolmentOptions.parse((await post(page, '/v1/passkeys/options')).body);
  await expect(registered(page, options.creation)).rejects.toThrow('NotAllowedError');
});
