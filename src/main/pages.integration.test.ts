import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appendAudit } from '#audit';
import { ok, verbatim } from '#core-values';
import {
  createHttpApp,
  createLogger,
  createMetrics,
  DEFAULT_ROUTE_LIMITS,
  type HttpApp,
  inTransaction,
  z,
} from '#platform';
import { denyEverything, type PolicySet } from '#policy/core';
import { type NameAtShop, openShop, type Shop } from '../changes/testing/shop.ts';
import { settingsRoutes } from './settings.ts';
import { statusRoutes } from './status.ts';

let shop: Shop;
let app: HttpApp;
let who: NameAtShop;
let policies: PolicySet;
let continues: boolean;

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
      statusRoutes({
        ...{ db, requirePerson, clock: shop.clock, startedAt, policySet: () => policies },
        auditContinues: async () => continues,
        isCompared: true,
      }),
    ],
  });
});
beforeEach(async () => {
  await shop.startOver();
  who = 'yuki';
  policies = shop.room.policySet();
  continues = true;
});
afterAll(() => shop.close());

async function read(path: string, language = 'en'): Promise<unknown> {
  const answer = await app.request(path, { headers: { 'accept-language': language } });
  expect(answer.status).toBe(200);
  return answer.json();
}

const checks = z.object({
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), words: z.string() })),
});
const wrong = async (language?: string) =>
  checks.parse(await read('/v1/status', language)).checks.filter(({ ok: isFine }) => !isFine);

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

const configured = (kind: 'config.refused' | 'config.reloaded', file: string) => {
  shop.clock.advance(1_000);
  return inTransaction(shop.database.db, (tx) =>
    appendAudit(tx, {
      at: shop.clock.now(),
      kind,
      actor: { kind: 'server', name: 'sekisho' },
      subject: { other: `file:${file}` },
      outcome: kind === 'config.refused' ? 'failed' : 'done',
    }),
  );
};

describe('the status', () => {
  it('tells what is wrong in the language asked for, and nothing of what is well', async () => {
    expect((await wrong()).map(({ name }) => name)).toEqual(['trail']);
    policies = denyEverything([{ rule: 'x', message: verbatim('no policy'), remedy: verbatim('add one') }]);
    continues = false;
    const found = await wrong('ja');
    expect(found.map(({ name }) => name)).toEqual(['policies', 'audit-log', 'trail']);
    expect(found[1]?.words).toMatch(/監査ログ/);
  });

  it('holds a bad file against it until a good one came, whatever else was reloaded', async () => {
    await configured('config.refused', 'sekisho.yaml');
    await configured('config.reloaded', 'policies');
    expect((await wrong()).map(({ name }) => name)).toContain('configuration');
    await configured('config.reloaded', 'sekisho.yaml');
    expect((await wrong()).map(({ name }) => name)).not.toContain('configuration');
  });
});
