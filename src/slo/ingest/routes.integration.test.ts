import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Person } from '#accounts/core';
import { ok, parsePersonName } from '#core-values';
import { createHttpApp, createLogger, createMetrics, type HttpApp } from '#platform';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { judgeDue } from './judge.ts';
import { MOST_PUSHED_BYTES, pushRoutes } from './push-routes.ts';
import { sourceRoutes } from './source-routes.ts';
import { shopLines, shopRoom } from './testing/shop-logs.ts';

const TOKEN = 'a-token-of-a-test-that-is-long-enough';
const lines = shopLines(20);
const body = lines.map((line) => `${line}\n`).join('');
let database: TestDatabase;
let app: HttpApp;
beforeAll(async () => {
  database = await testDatabase();
  const room = shopRoom(database.db);
  const tokenDigest = createHash('sha256').update(TOKEN).digest();
  app = createHttpApp({
    version: '0',
    logger: createLogger({ level: 'error' }),
    metrics: createMetrics({ processMetrics: false }),
    clock: room.clock,
    newRequestId: () => 'request',
    readiness: [],
    limits: { byDefault: { maxBodyBytes: MOST_PUSHED_BYTES, timeoutMs: 30_000 } },
    routes: [
      pushRoutes(room, [{ name: 'edge', tokenDigest }]),
      sourceRoutes({
        ...room,
        requirePerson: async () => ok({ name: parsePersonName('hanako') } as unknown as Person),
      }),
    ],
  });
});
afterAll(() => database.close());

const push = async (
  sent: string | Uint8Array<ArrayBuffer>,
  { token = TOKEN, headers = {}, source = 'edge' } = {},
) => {
  const answer = await app.request(`/v1/slo/logs?source=${source}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, ...headers },
    body: sent,
  });
  return { status: answer.status, answer: await answer.json() };
};

test('Only who has the token of a source may push to it, and learns of no other', async () => {
  for (const wrong of [{ token: 'another' }, { source: 'other' }])
    expect((await push(body, wrong)).status).toBe(401);
});

test('What is pushed counts once, by its content or by its key, and is shown with what could not be read', async () => {
  const counted = { lines: lines.length, requests: lines.length, unparsed: 0 };
  expect((await push(body)).answer).toEqual({ state: 'taken', ...counted });
  expect((await push(body)).answer).toEqual({ state: 'repeated', ...counted });
  const key = { headers: { 'idempotency-key': 'one' } };
  const packed = new Uint8Array(gzipSync(`${body}{"no":"request of 192.0.2.9"}\n`));
  expect((await push(packed, key)).answer).toMatchObject({ state: 'taken', unparsed: 1 });
  expect((await push(body, key)).answer).toMatchObject({ state: 'repeated' });
  await judgeDue(shopRoom(database.db));
  const shown = await app.request('/v1/slo/sources');
  const kept = [{ line: lines.length + 1, text: '{"no":"request of (address)"}' }];
  expect(await shown.json()).toMatchObject({
    waitingSlots: 0,
    judgedUpTo: expect.any(String),
    sources: [
      {
        name: 'edge',
        lines: 2 * lines.length + 1,
        requests: 2 * lines.length,
        unparsed: [{ lines: 1, kept }],
      },
    ],
  });
});

test('What is damaged, or in no format that is known, is refused and leaves nothing', async () => {
  expect((await push(new Uint8Array(gzipSync(body).subarray(0, 90)))).status).toBe(400);
  expect((await push('It was a dark and stormy night.\n'.repeat(20))).status).toBe(400);
});
