import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { epochMs, problem, text } from '#core-values';
import {
  createHttpApp,
  createLogger,
  createMetrics,
  DEFAULT_ROUTE_LIMITS,
  type HttpApp,
  handClock,
  inTransaction,
  problemResponse,
  z,
} from '#platform';
import { fromBase64 } from '#platform/core';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { exportReader, parseNoteKey, verifyInclusion } from './core/index.ts';
import {
  appendAudit,
  auditRoutes,
  auditSigner,
  generateAuditKey,
  noteCrypto,
  verification,
} from './index.ts';

const denied = problem('denied', {
  rule: 'audit.readers-only',
  message: text('Only readers.', '閲覧者のみです。'),
  remedy: text('Ask.', '依頼してください。'),
});

let database: TestDatabase;
let app: HttpApp;
const clock = handClock();

beforeAll(async () => {
  database = await testDatabase();
  await inTransaction(database.db, async (tx) => {
    for (let at = 0; at < 5; at += 1) {
      await appendAudit(tx, {
        at: epochMs(1_795_339_800_000 + at * 1000),
        kind: at % 2 === 0 ? 'grant.issued' : 'plan.uploaded',
        actor: { kind: 'person', name: `person-${at}` },
        subject: {},
        outcome: 'done',
      });
    }
  });
  const signer = auditSigner('sekisho.example.com/audit', generateAuditKey());
  const routes = auditRoutes({
    ...{ db: database.db, signer, clock, verification: verification(database.db, signer, clock) },
    authorize: async (c, next) =>
      c.req.header('authorization') === 'Bearer reader' ? next() : problemResponse(c, denied),
  });
  app = createHttpApp({
    version: '0.0.0',
    logger: createLogger({ level: 'error', destination: { write: () => undefined } }),
    metrics: createMetrics({ processMetrics: false }),
    clock,
    newRequestId: () => 'request-id-1',
    readiness: [],
    limits: { byDefault: DEFAULT_ROUTE_LIMITS },
    routes: [routes],
  });
});
afterAll(() => database.close());

const get = (path: string) => app.request(path, { headers: { authorization: 'Bearer reader' } });
const json = async (path: string): Promise<unknown> => (await get(path)).json();
const shaped = async <T>(path: string, schema: z.ZodType<T>): Promise<T> => schema.parse(await json(path));

describe('GET /v1/audit', () => {
  test('every route is closed to those who may not read the log', async () => {
    const paths = [
      '',
      '/0',
      '/checkpoint',
      '/state',
      '/export',
      '/proof/inclusion?position=0',
      '/proof/consistency?from=0&to=1',
    ];
    for (const path of paths) {
      expect((await app.request(`/v1/audit${path}`)).status, path).toBe(403);
      expect((await get(`/v1/audit${path}`)).status, path).toBe(200);
    }
  });

  test('lists by kind and time, page by page', async () => {
    expect(await json('/v1/audit?kind=grant&limit=2')).toMatchObject({
      entries: [{ position: 4 }, { position: 2 }],
      next: 2,
    });
    expect(await json('/v1/audit?kind=grant&limit=2&before=2')).toMatchObject({ entries: [{ position: 0 }] });
    expect(await json('/v1/audit?since=2026-11-22T09:30:03.000Z')).toMatchObject({ entries: [{}, {}] });
    for (const query of ['limit=0', 'limit=501', 'before=-1', 'since=yesterday', 'outcome=fine']) {
      expect((await get(`/v1/audit?${query}`)).status, query).toBe(400);
    }
  });

  test('tells its state, and verifies every entry for readers alone', async () => {
    const verify = (token: string) =>
      app.request('/v1/audit/verify', { method: 'POST', headers: { authorization: `Bearer ${token}` } });
    expect((await verify('nobody')).status).toBe(403);
    expect(await (await verify('reader')).json()).toMatchObject({ kind: 'intact', size: 5 });
    expect(await json('/v1/audit/state')).toMatchObject({
      size: 5,
      continues: true,
      verified: { kind: 'intact' },
    });
    expect(await json('/v1/audit?text=PERSON-3')).toMatchObject({ entries: [{ position: 3 }] });
    expect((await get('/v1/audit?text=x')).status).toBe(400);
  });

  test('shows one entry with the text that is hashed', async () => {
    const { record, leaf } = await shaped('/v1/audit/3', z.object({ record: z.unknown(), leaf: z.string() }));
    expect(JSON.parse(leaf)).toEqual(record);
    expect([(await get('/v1/audit/99')).status, (await get('/v1/audit/x')).status]).toEqual([404, 400]);
  });

  test('the checkpoint, a proof against it, and the export verify on their own', async () => {
    const { key, size, root, note } = await shaped(
      '/v1/audit/checkpoint',
      z.object({ key: z.string(), size: z.int(), root: z.string(), note: z.string() }),
    );
    const proof = await shaped(
      `/v1/audit/proof/inclusion?position=2&size=${size}`,
      z.object({ leafHash: z.string(), hashes: z.array(z.string()) }),
    );
    const bytes = (words: string) => fromBase64(words) ?? expect.unreachable();
    const claim = { position: 2, size, leaf: bytes(proof.leafHash), root: bytes(root) };
    expect(verifyInclusion(claim, proof.hashes.map(bytes), noteCrypto.sha256)).toBe(true);
    const response = await get('/v1/audit/export');
    const lines = (await response.text()).trimEnd().split('\n');
    const trusted = parseNoteKey(key, noteCrypto.sha256) ?? expect.unreachable();
    const reader = exportReader({ key: trusted, checkpoints: [note] }, noteCrypto);
    for (const line of lines) expect(reader.push(line)).toBeUndefined();
    expect(reader.verdict()).toMatchObject({
      ok: true,
      value: { anchored: true, verdict: { kind: 'intact', size: 5 } },
    });
  });
});
