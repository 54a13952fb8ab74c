import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Person } from '#accounts/core';
import { listAudit } from '#audit';
import { ok, parsePersonName, verbatim } from '#core-values';
import {
  createHttpApp,
  createLogger,
  createMetrics,
  DEFAULT_ROUTE_LIMITS,
  type HttpApp,
  handClock,
} from '#platform';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { experienceAnswer, leftOutAnswer, trailReportAnswer } from './core/index.ts';
import { observedNeedsRoutes } from './needs-routes.ts';
import { type TrailRoutesOptions, trailRoutes } from './routes.ts';
import { deliveredInMemory } from './testing/delivered-in-memory.ts';
import { deliveredTrail } from './testing/delivered-trail.ts';

let database: TestDatabase;
const hanako = parsePersonName('hanako') ?? expect.unreachable();
let who: string = hanako;
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
  const on: TrailRoutesOptions = {
    db: database.db,
    clock,
    organization: () => ({ accounts: [], stacks: [], administrators: [hanako] }),
    reviewOf: async () => ok({}),
    wasApplied: async () => true,
    appliesToBelieve: 3,
    alarm: () => verbatim(''),
    requirePerson: async () => ok({ name: who } as unknown as Person),
    ...options,
  };
  return createHttpApp({
    version: '0',
    logger: createLogger({ level: 'error' }),
    metrics: createMetrics({ processMetrics: false }),
    clock,
    newRequestId: () => 'request',
    readiness: [],
    limits: { byDefault: DEFAULT_ROUTE_LIMITS },
    routes: [trailRoutes(on), observedNeedsRoutes(on)],
  });
}

const post = (app: HttpApp, body: object = {}, path = '/v1/trail/reconcile') =>
  app.request(path, {
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

const LEAVE_OUT = { type: 'aws_sns_topic', action: 'sns:ListTagsForResource', reason: 'never called' };

test('Administrators see what applies taught, leave out what was never called, and put it back', async () => {
  who = 'hanako';
  await sql`INSERT INTO observed_steps VALUES ('aws 5', 'aws_sns_topic', 'create', 3, now(), now()),
    ('aws 5', 'aws_mq_broker', 'create', 2, now(), now())`.execute(database.db);
  await sql`INSERT INTO observed_actions VALUES ('aws 5', 'aws_sns_topic', 'create', ${LEAVE_OUT.action}, 3, 0),
    ('aws 5', 'aws_mq_broker', 'create', 'mq:CreateBroker', 2, 2)`.execute(database.db);
  const app = appWith({});
  const known = async () => experienceAnswer.parse(await (await app.request('/v1/needs/observed')).json());
  expect(await known()).toMatchObject({
    atLeast: 3,
    observed: [{ type: 'aws_mq_broker', applies: 2, isUsed: false, actions: ['mq:CreateBroker'] }],
    unused: [{ type: 'aws_sns_topic', action: LEAVE_OUT.action, applies: 3 }],
    leftOut: [],
  });
  const left = await post(app, LEAVE_OUT, '/v1/needs/left-out');
  expect(left.status).toBe(201);
  const [{ id } = { id: '' }] = leftOutAnswer.parse(await left.json()).leftOut;
  expect((await post(app, LEAVE_OUT, '/v1/needs/left-out')).status).toBe(409);
  expect((await known()).leftOut).toMatchObject([{ id, by: 'hanako' }]);
  expect((await post(app, {}, `/v1/needs/left-out/${id}/put-back`)).status).toBe(200);
  expect((await known()).leftOut).toEqual([]);
});

test('Nobody but an administrator sees or decides that', async () => {
  who = 'taro';
  const app = appWith({});
  expect((await app.request('/v1/needs/observed')).status).toBe(403);
  expect((await post(app, LEAVE_OUT, '/v1/needs/left-out')).status).toBe(403);
  expect((await post(app, {}, '/v1/needs/left-out/lft_1/put-back')).status).toBe(403);
});
