import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SloSettings } from '#accounts/core';
import { epochMs } from '#core-values';
import {
  createHttpApp,
  createLogger,
  createMetrics,
  DEFAULT_ROUTE_LIMITS,
  handClock,
  inTransaction,
} from '#platform';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { pseudonyms, requestIntake } from '#slo';
import { buildSloSources } from './build-slo-sources.ts';
import { environmentOf } from './environment.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const TOKEN = 'a-token-of-more-than-thirty-two-characters';
const ORIGIN = 'https://shop.example';
const NOW = epochMs(Date.UTC(2026, 0, 1, 0, 10));
const settings = {
  ...{ retentionSeconds: 86_400, latenessSeconds: 120, sources: [] },
  systems: [
    {
      name: 'main',
      at: {
        kind: 'prometheus',
        url: 'http://localhost:9090',
        authorization: { kind: 'env', variable: 'PROMETHEUS' },
      },
    },
    { name: 'tokyo', at: { kind: 'cloudwatch', region: 'ap-northeast-1' } },
  ],
  traces: { token: { kind: 'env', variable: 'TRACES' } },
  beacons: { origins: [ORIGIN] },
} as unknown as SloSettings;

const build = (variables: Readonly<Record<string, string>>) =>
  buildSloSources(settings, environmentOf(variables, { cwd: '/' }), {
    clock: handClock(NOW),
    intake: requestIntake({
      db: database.db,
      inTransaction: (work) => inTransaction(database.db, work),
      clock: handClock(NOW),
      newId: (prefix) => `${prefix}_1`,
      definitions: () => ({
        definitions: { services: [], dataSources: [], screens: [], slos: [] },
        digest: '',
      }),
      keeping: () => ({ retentionMs: 86_400_000, countsRetentionMs: 86_400_000, latenessMs: 0 }),
      pseudonym: pseudonyms('key'),
      report: () => undefined,
    }),
  });

test('Spans and beacons come into the spool once, however often they are sent', async () => {
  const built = await build({ PROMETHEUS: 'Bearer x', TRACES: TOKEN });
  if (!built.ok) throw new Error(built.error.reasons[0].message.en);
  expect(built.value.polled.map(({ name, kind }) => `${kind} ${name}`)).toEqual([
    'prometheus main',
    'cloudwatch tokyo',
  ]);
  const app = createHttpApp({
    version: '0.0.0',
    logger: createLogger({ level: 'error' }),
    metrics: createMetrics({ processMetrics: false }),
    clock: handClock(NOW),
    newRequestId: () => 'request-1',
    readiness: [],
    limits: { byDefault: DEFAULT_ROUTE_LIMITS },
    routes: built.value.routes,
  });
  const nano = (ms: number): string => `${ms}000000`;
  const span = (spanId: string) => ({
    ...{ traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId, kind: 2 },
    ...{ startTimeUnixNano: nano(NOW - 5000), endTimeUnixNano: nano(NOW - 4900) },
    attributes: [
      { key: 'http.request.method', value: { stringValue: 'GET' } },
      { key: 'url.path', value: { stringValue: '/items/42' } },
      { key: 'http.response.status_code', value: { intValue: '200' } },
    ],
  });
  const traces = (...spans: object[]) =>
    app.request('/v1/traces', {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
    });
  const beacon = () =>
    app.request('/v1/beacons', {
      method: 'POST',
      headers: { origin: ORIGIN, 'content-type': 'text/plain' },
      body: JSON.stringify({
        ...{ v: 1, view: '0'.repeat(32), page: '/', now: 1000, vitals: {} },
        requests: [{ n: 0, method: 'GET', path: '/', at: 0, took: 30, status: 200 }],
      }),
    });
  const first = span('00f067aa0ba902b7');
  const answers = [
    await traces(first),
    await traces(first),
    await traces(first, span('00f067aa0ba902b8')),
    await beacon(),
    await beacon(),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 204, 204]);
  const { rows } = await sql<{ source: string; deliveries: number }>`
    SELECT source, count(*) AS deliveries FROM slo_deliveries GROUP BY source ORDER BY source`.execute(
    database.db,
  );
  expect(rows).toEqual([
    { source: 'beacon', deliveries: 1 },
    { source: 'otlp', deliveries: 2 },
  ]);
  // The first span came in two batches: its own id makes one of it when it is judged.
  const spool = await sql`
    SELECT source, requests FROM slo_spool ORDER BY source, id`.execute(database.db);
  expect(spool.rows).toEqual([
    { source: 'beacon', requests: 1 },
    { source: 'otlp', requests: 1 },
    { source: 'otlp', requests: 2 },
  ]);
});

test('A secret that is not there, or too short, is told at the start', async () => {
  const rules = [
    await build({ TRACES: TOKEN }),
    await build({ PROMETHEUS: 'Bearer x', TRACES: 'short' }),
  ].map((built) => (built.ok ? '' : built.error.reasons[0].rule));
  expect(rules).toEqual(['config.variable-missing', 'slo.short-token']);
});
