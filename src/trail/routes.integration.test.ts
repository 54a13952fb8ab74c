import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Organization, Person } from '#accounts/core';
import { listAudit } from '#audit';
import { ok, verbatim } from '#core-values';
import {
  createHttpApp,
  createLogger,
  createMetrics,
  DEFAULT_ROUTE_LIMITS,
  type HttpApp,
  handClock,
} from '#platform';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { trailReportAnswer } from './core/index.ts';
import { type TrailRoutesOptions, trailRoutes } from './routes.ts';
import { deliveredInMemory } from './testing/delivered-in-memory.ts';
import { deliveredTrail } from './testing/delivered-trail.ts';

let database: TestDatabase;
let who = 'hanako';
const clock = handClock();
const delivered = deliveredTrail();
const trail = {
  files: deliveredInMemory(delivered.files),
  keys: { find: async () => ok(undefined) },
  prefix: '',
};

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

function appWith(options: Partial<TrailRoutesOptions>): HttpApp {
  const routes = trailRoutes({
    db: database.db,
    clock,
    organization: () => ({ accounts: [], stacks: [], administrators: ['hanako'] }) as unknown as Organization,
    reviewOf: async () => ok({}),
    wasApplied: async () => true,
    appliesToBelieve: 3,
    alarm: () => verbatim(''),
    requirePerson: async () => ok({ name: who } as unknown as Person),
    ...options,
  });
  return createHttpApp({
    version: '0',
    logger: createLogger({ level: 'error' }),
    metrics: createMetrics({ processMetrics: false }),
    clock,
    newRequestId: () => 'request',
    readiness: [],
    limits: { byDefault: DEFAULT_ROUTE_LIMITS },
    routes: [routes],
  });
}

const post = (app: HttpApp, body: object = {}) =>
  app.request('/v1/trail/reconcile', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

test('Administrators run it and read the report', async () => {
  who = 'hanako';
  const app = appWith({ trail });
  const ran = await post(app, { since: '2026-11-01T00:00:00.000Z' });
  expect([ran.status, await ran.json()]).toEqual([
    200,
    { since: '2026-11-01T00:00:00.000Z', files: 0, calls: 0, findings: 0, left: 0 },
  ]);
  const report = await app.request('/v1/trail/report');
  expect(trailReportAnswer.parse(await report.json())).toMatchObject({ grants: [], findings: [] });
});

test('Nobody else does, and the attempt is recorded', async () => {
  who = 'taro';
  const app = appWith({ trail });
  expect((await post(app)).status).toBe(403);
  expect((await app.request('/v1/trail/report')).status).toBe(403);
  const { entries } = await listAudit(database.db, { filter: { kind: 'trail.refused' }, limit: 10 });
  expect(entries.length).toBe(2);
});

test('Without a trail in sekisho.yaml a run says so', async () => {
  who = 'hanako';
  const answer = await post(appWith({}));
  expect([answer.status, JSON.stringify(await answer.json())]).toEqual([
    404,
    expect.stringMatching(/server\.trail/),
  ]);
});
