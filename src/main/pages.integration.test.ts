import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ok } from '#core-values';
import { createHttpApp, createLogger, createMetrics, DEFAULT_ROUTE_LIMITS, type HttpApp } from '#platform';
import { type NameAtShop, openShop, type Shop } from '../changes/testing/shop.ts';
import { settingsRoutes } from './settings.ts';

let shop: Shop;
let app: HttpApp;
let who: NameAtShop;

beforeAll(async () => {
  shop = await openShop();
  const { db } = shop.database;
  const requirePerson = async () => ok(shop.person(who));
  const startedAt = shop.clock.now();
  app = createHttpApp({
    version: '0.0.0',
    logger: createLogger({ level: 'error', destination: { write: () => undefined } }),
    metrics: createMetrics({ processMetrics: false }),
    clock: shop.clock,
    newRequestId: () => 'request-id-1',
    readiness: [],
    limits: { byDefault: DEFAULT_ROUTE_LIMITS },
    routes: [
      settingsRoutes({
        ...{ db, requirePerson, organization: shop.organization, sessionKey: shop.room.passkeys.key },
        settings: () =>
          ({ publicUrl: 'https://sekisho.shop.example', aws: { kind: 'ambient' } }) as ReturnType<
            Parameters<typeof settingsRoutes>[0]['settings']
          >,
        keyring: {
          ...shop.room.keyring,
          keys: [{ keyId: 'abc' }],
          placeOf: () => 'env: SEKISHO_KEY',
        } as unknown as Parameters<typeof settingsRoutes>[0]['keyring'],
        about: { version: '1.2.3', startedAt, embeddedDatabase: true, timeZone: 'Asia/Tokyo' },
      }),
    ],
  });
});
beforeEach(async () => {
  await shop.startOver();
  who = 'yuki';
});
afterAll(() => shop.close());

async function read(path: string, language = 'en'): Promise<unknown> {
  const answer = await app.request(path, { headers: { 'accept-language': language } });
  expect(answer.status).toBe(200);
  return answer.json();
}

describe('the settings', () => {
  it('name people, teams and keys, and where the encryption key lies only to administrators', async () => {
    const seen = await read('/v1/settings');
    expect(seen).toMatchObject({
      about: { version: '1.2.3', database: 'embedded', timeZone: 'Asia/Tokyo' },
      organization: { administrators: ['hanako'], breakGlass: ['hanako'] },
      teams: [
        { name: 'shop', people: ['taro', 'hanako', 'yuki'], stacks: expect.any(Array) },
        { name: 'data' },
      ],
      connections: { github: [], messages: [], trail: false, signIn: [], aws: 'ambient' },
      encryption: { keys: [{ id: 'abc', newest: true }] },
    });
    expect(JSON.stringify(seen)).toMatch(/"fingerprint":"SHA256:[A-Za-z0-9+/]{43}"/);
    expect(JSON.stringify(seen)).not.toMatch(/SEKISHO_KEY|AAAAC3/);
    who = 'hanako';
    expect(JSON.stringify(await read('/v1/settings'))).toContain('SEKISHO_KEY');
  });
});
