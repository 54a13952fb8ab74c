import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { enrolled, removed, softwareAuthenticator } from '#accounts/testing';
import { epochMs, ok } from '#core-values';
import {
  createHttpApp,
  createMetrics,
  DEFAULT_ROUTE_LIMITS,
  type HttpApp,
  inTransaction,
  silentLogger,
  z,
} from '#platform';
import { lockPasskey, updatePasskey } from '../accounts/passkeys/store.ts';
import { openShop, type Shop } from '../changes/testing/shop.ts';
import { settingsRoutes } from './settings.ts';

type Options = Parameters<typeof settingsRoutes>[0];

let shop: Shop;
let app: HttpApp;
beforeAll(async () => {
  shop = await openShop();
  app = createHttpApp({
    ...{ version: '0.0.0', logger: silentLogger, clock: shop.clock, readiness: [] },
    metrics: createMetrics({ processMetrics: false }),
    newRequestId: () => 'request-of-a-test',
    limits: { byDefault: DEFAULT_ROUTE_LIMITS },
    routes: [
      settingsRoutes({
        ...{ db: shop.room.db, organization: shop.organization, sessionKey: shop.room.passkeys.key },
        requirePerson: async () => ok(shop.person('yuki')),
        settings: () => ({ publicUrl: ORIGIN, aws: { kind: 'ambient' } }) as ReturnType<Options['settings']>,
        keyring: { ...shop.room.keyring, keys: [], placeOf: () => '' },
        about: { version: '0', startedAt: shop.clock.now(), embeddedDatabase: true, timeZone: 'Asia/Tokyo' },
      }),
    ],
  });
});
beforeEach(() => shop.startOver());
afterAll(() => shop.close());

const ORIGIN = 'https://sekisho.shop.example';
const answer = z.object({ people: z.array(z.object({ name: z.string(), passkeys: z.json() })) });

async function passkeysByPerson() {
  const { people } = answer.parse(await (await app.request('/v1/settings')).json());
  return Object.fromEntries(people.map(({ name, passkeys }) => [name, passkeys]));
}

const NONE = { active: 0, suspended: 0, standsOn: [] };

it('The settings tell who has passkeys, on whose word and when they were used', async () => {
  const { db, passkeys } = shop.room;
  const [own, vouched, copied] = [ORIGIN, ORIGIN, ORIGIN].map((origin) => softwareAuthenticator({ origin }));
  if (own === undefined || vouched === undefined || copied === undefined) return expect.unreachable();
  await enrolled(db, passkeys, own, { person: 'yuki' });
  await enrolled(db, passkeys, vouched, { person: 'yuki', standsOn: ['hanako'] });
  await enrolled(db, passkeys, copied, { person: 'yuki', standsOn: ['taro'] });
  await inTransaction(db, async (tx) => {
    const found = await lockPasskey(tx, copied.credentialId, passkeys.key);
    if (found === undefined) return expect.unreachable();
    const suspended = { ...found, state: 'suspended', lastUsedAt: epochMs(86_400_000) } as const;
    await updatePasskey(tx, suspended, passkeys.key);
  });
  const yuki = { active: 2, suspended: 1, standsOn: ['hanako'], lastUsedAt: '1970-01-02T00:00:00.000Z' };
  expect(await passkeysByPerson()).toEqual({ taro: NONE, hanako: NONE, yuki, kenji: NONE });
});

it('The settings count no passkey that was removed, or that the server did not write', async () => {
  const { db, passkeys } = shop.room;
  const [gone, planted] = [ORIGIN, ORIGIN].map((origin) => softwareAuthenticator({ origin }));
  if (gone === undefined || planted === undefined) return expect.unreachable();
  await enrolled(db, passkeys, gone, { person: 'taro' });
  await removed(db, passkeys, gone);
  await enrolled(db, { key: 'of somebody else' }, planted, { person: 'kenji' });
  expect(await passkeysByPerson()).toEqual({ taro: NONE, hanako: NONE, yuki: NONE, kenji: NONE });
});
