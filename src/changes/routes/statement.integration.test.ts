import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { enrolled, type SoftwareAuthenticator, softwareAuthenticator } from '#accounts/testing';
import { err, ok, type PersonName } from '#core-values';
import {
  bearerToken,
  createHttpApp,
  createLogger,
  createMetrics,
  DEFAULT_ROUTE_LIMITS,
  type HttpApp,
  notSignedIn,
  problemDocumentSchema,
  z,
} from '#platform';
import { uploadAnswer } from '../core/api.ts';
import type { StoredPlan } from '../store/plans.ts';
import { type NameAtShop, openShop, type Shop } from '../testing/shop.ts';
import { SERVER_URL } from '../testing/shop-configuration.ts';
import { changesRoutes } from './index.ts';

let shop: Shop;
let app: HttpApp;
beforeAll(async () => {
  shop = await openShop();
  app = createHttpApp({
    version: '0.0.0',
    logger: createLogger({ level: 'error' }),
    metrics: createMetrics({ processMetrics: false }),
    clock: shop.clock,
    newRequestId: () => 'request-id-1',
    readiness: [],
    limits: { byDefault: DEFAULT_ROUTE_LIMITS },
    routes: changesRoutes({
      ...shop.room,
      requirePerson: async (c) => {
        const name = bearerToken(c)?.replace(/^sks_/, '') as PersonName | undefined;
        const person = shop.room.organization().people.find((known) => known.name === name);
        return person === undefined ? err(notSignedIn) : ok(person);
      },
    }),
  });
});
beforeEach(() => shop.startOver());
afterAll(() => shop.close());

const answer = z.object({
  statement: z.string(),
  passkey: z.object({ challenge: z.string(), allowCredentials: z.array(z.object({ id: z.string() })) }),
});

const post = (plan: StoredPlan, what: 'statement' | 'approvals', name: NameAtShop, body: unknown) =>
  app.request(`/v1/plans/${plan.id}/${what}`, {
    method: 'POST',
    headers: { authorization: `Bearer sks_${name}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

const written = async (plan: StoredPlan, name: NameAtShop, body: unknown) =>
  answer.parse(await (await post(plan, 'statement', name, body)).json());

async function passkeyOf(person: NameAtShop): Promise<SoftwareAuthenticator> {
  const authenticator = softwareAuthenticator({ origin: SERVER_URL });
  await enrolled(shop.room.db, shop.room.passkeys, authenticator, { person });
  return authenticator;
}

it('writes what a passkey signs; its assertion, sent back, approves', async () => {
  const plan = await shop.uploaded('shop-production');
  const hanako = await passkeyOf('hanako');
  const { statement, passkey } = await written(plan, 'hanako', {
    decision: 'approve',
    reason: '確認しました',
  });
  expect(passkey.challenge).toBe(createHash('sha256').update(statement).digest('base64url'));
  expect(passkey.allowCredentials).toMatchObject([{ id: hanako.credentialId }]);
  const given = await post(plan, 'approvals', 'hanako', {
    statement,
    assertion: hanako.assert(passkey.challenge),
  });
  expect(given.status).toBe(201);
  expect(uploadAnswer.parse(await given.json())).toMatchObject({
    state: 'approved',
    approvals: [{ approver: 'hanako', by: 'passkey', counts: true }],
  });
});

it('attack 24: takes an assertion for the statement that it was given for, and no SSH signature in its place', async () => {
  const plan = await shop.uploaded('shop-production');
  const hanako = await passkeyOf('hanako');
  const { statement } = await written(plan, 'hanako', { decision: 'approve' });
  const rejection = await written(plan, 'hanako', { decision: 'reject' });
  const assertion = hanako.assert(rejection.passkey.challenge);
  const refused = await post(plan, 'approvals', 'hanako', { statement, assertion });
  expect(problemDocumentSchema.parse(await refused.json()).reasons[0]?.rule).toBe('passkey.other-challenge');
  const both = { assertion, ...shop.signed(plan, 'hanako', 'approve') };
  expect((await post(plan, 'approvals', 'hanako', both)).status).toBe(400);
  expect((await post(plan, 'approvals', 'hanako', { statement })).status).toBe(400);
});

it('writes none for nobody, for a plan that is not there, or to break the glass without a reason', async () => {
  const plan = await shop.uploaded('shop-production');
  expect((await post(plan, 'statement', 'nobody' as NameAtShop, { decision: 'approve' })).status).toBe(401);
  const other = { ...plan, id: 'pln_00000000-0000-7000-8000-000000000000' } as StoredPlan;
  expect((await post(other, 'statement', 'hanako', { decision: 'approve' })).status).toBe(404);
  for (const body of [{ decision: 'break-glass' }, { decision: 'approve', reason: 'two\nlines' }]) {
    const refused = await post(plan, 'statement', 'hanako', body);
    expect(problemDocumentSchema.parse(await refused.json()).reasons[0]?.rule).toBe('approval.reason-unfit');
  }
});
