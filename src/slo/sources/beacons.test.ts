import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { epochMs, err, ok, problem, text } from '#core-values';
import { createHttpApp, createLogger, createMetrics, DEFAULT_ROUTE_LIMITS, handClock } from '#platform';
import { BEACON_FILE, bundleBeacon } from '../../../scripts/setup/beacon.ts';
import type { Delivery, RequestIntake } from '../room.ts';
import { BEACON_LIMITS, beaconRoutes } from './beacons.ts';

const ORIGIN = 'https://shop.example';
const VIEW = '0123456789abcdef0123456789abcdef';
const RECEIVED = Date.parse('2026-01-01T00:00:10Z');
const BEACON = {
  ...{ v: 1, view: VIEW, page: '/items/42', now: 5000, vitals: { lcp: 1200.5, inp: 40, cls: 12 } },
  requests: [
    { n: 0, method: 'GET', path: '/items/42', at: 0, took: 250.4, status: 200 },
    { n: 1, method: 'POST', path: '/api/cart', at: 1000, took: 30, status: 503 },
    { n: 2, method: 'GET', path: '/api/slow', at: 2000, took: 900, status: 0 },
  ],
};

let deliveries: Delivery[] = [];
let answer: RequestIntake['take'] = async () => ok('taken');
let clock = handClock(epochMs(RECEIVED));
const newApp = () =>
  createHttpApp({
    version: '0.0.0',
    logger: createLogger({ level: 'debug', destination: { write: () => undefined } }),
    metrics: createMetrics({ processMetrics: false }),
    clock,
    newRequestId: () => 'request-1',
    readiness: [],
    limits: { byDefault: DEFAULT_ROUTE_LIMITS, byRoute: BEACON_LIMITS },
    routes: [
      beaconRoutes({
        clock,
        origins: [ORIGIN],
        intake: {
          take: (delivery) => {
            deliveries.push(delivery);
            return answer(delivery);
          },
        },
      }),
    ],
  });
let app = newApp();
beforeEach(() => {
  deliveries = [];
  answer = async () => ok('taken');
  clock = handClock(epochMs(RECEIVED));
  app = newApp();
});
const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  app.request('/v1/beacons', {
    method: 'POST',
    body,
    headers: { origin: ORIGIN, 'content-type': 'text/plain', 'user-agent': 'Mozilla/5.0', ...headers },
  });
const send = (beacon: object, headers = {}) => post(JSON.stringify(beacon), headers);

describe('a beacon', () => {
  test('becomes the requests of its view, by how long ago they were', async () => {
    const answered = await send(BEACON, { cookie: 'a=b', 'x-forwarded-for': '192.0.2.1' });
    expect([answered.status, answered.headers.get('access-control-allow-origin')]).toEqual([204, ORIGIN]);
    const referer = `${ORIGIN}/items/42`;
    const of = { view: VIEW, userAgent: 'Mozilla/5.0' };
    expect(deliveries[0]?.requests).toEqual([
      {
        ...of,
        id: `${VIEW}-0`,
        method: 'GET',
        path: '/items/42',
        status: 200,
        durationMs: 250.4,
        beganMs: RECEIVED - 5000,
      },
      {
        ...of,
        id: `${VIEW}-1`,
        method: 'POST',
        path: '/api/cart',
        status: 503,
        durationMs: 30,
        beganMs: RECEIVED - 4000,
        referer,
      },
      {
        ...of,
        id: `${VIEW}-2`,
        method: 'GET',
        path: '/api/slow',
        status: 0,
        beganMs: RECEIVED - 3000,
        referer,
      },
    ]);
    expect(JSON.stringify(deliveries)).not.toMatch(/192\.0\.2\.1|a=b/);
  });

  test('is taken from configured origins only', async () => {
    for (const origin of ['https://evil.example', '', 'null', `${ORIGIN}.evil.example`]) {
      const answered = await send(BEACON, { origin });
      expect([answered.status, answered.headers.get('access-control-allow-origin')]).toEqual([403, null]);
    }
    expect(deliveries).toEqual([]);
  });

  test('that our script would not send is refused whole', async () => {
    const [request] = BEACON.requests;
    const others = [
      { ...BEACON, view: 'x' },
      { ...BEACON, extra: 1 },
      { ...BEACON, requests: [{ ...request, path: 'https://elsewhere.example/' }] },
      { ...BEACON, requests: [{ ...request, took: -1 }] },
      { ...BEACON, requests: Array.from({ length: 201 }, () => request) },
    ];
    for (const other of others) expect((await send(other)).status).toBe(400);
    expect((await post('x'.repeat(70_000))).status).toBe(413);
    expect(deliveries).toEqual([]);
  });

  test('is told when it could not be kept', async () => {
    answer = async () =>
      err(
        problem('unavailable', { rule: 'x', message: text('later', '後で'), remedy: text('wait', '待つ') }),
      );
    expect((await send(BEACON)).status).toBe(503);
  });

  test('that comes with many others is refused above 200 in a second, and taken again in the next', async () => {
    const statuses = await Promise.all(Array.from({ length: 250 }, async () => (await send(BEACON)).status));
    expect(statuses.filter((status) => status === 204)).toHaveLength(200);
    expect(statuses.filter((status) => status === 429)).toHaveLength(50);
    clock.advance(1000);
    expect((await send(BEACON)).status).toBe(204);
  });

  test('waits with others while some are written, and all are written once', async () => {
    const gate = Promise.withResolvers<void>();
    answer = async () => {
      await gate.promise;
      return ok('taken');
    };
    const views = Array.from({ length: 20 }, (_, index) => index.toString(16).padStart(32, '0'));
    const sent = views.map((view) => send({ ...BEACON, view }));
    gate.resolve();
    expect(new Set((await Promise.all(sent)).map(({ status }) => status))).toEqual(new Set([204]));
    const ids = deliveries.flatMap(({ requests }) => requests.map(({ id }) => id));
    expect(ids.toSorted()).toEqual(views.flatMap((view) => [0, 1, 2].map((n) => `${view}-${n}`)).toSorted());
    expect(deliveries.length).toBeLessThan(20);
  });
});

test('A thousand damaged beacons are refused or taken whole, and nothing else happens', async () => {
  const whole = Buffer.from(JSON.stringify(BEACON));
  const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(damage, fc.nat(whole.length), async (bits, cut) => {
      const damaged = new Uint8Array(whole.subarray(0, cut % 4 === 0 ? cut : whole.length));
      for (const [place, value] of bits) if (place < damaged.length) damaged[place] = value;
      deliveries = [];
      clock.advance(1000);
      const { status } = await post(damaged);
      expect([204, 400]).toContain(status);
      for (const { requests } of deliveries) {
        for (const { beganMs, path, view } of requests) {
          expect([Number.isFinite(beganMs), path?.startsWith('/'), view?.length]).toEqual([true, true, 32]);
        }
      }
    }),
    { numRuns: 1000 },
  );
});

describe('the script for browsers', () => {
  test('is given to pages of every origin, and again only when it changed', async () => {
    const answered = await app.request('/beacon.js');
    expect([answered.status, answered.headers.get('cross-origin-resource-policy')]).toEqual([
      200,
      'cross-origin',
    ]);
    expect(answered.headers.get('content-type')).toContain('text/javascript');
    const again = await app.request('/beacon.js', {
      headers: { 'if-none-match': answered.headers.get('etag') ?? '' },
    });
    expect(again.status).toBe(304);
  });

  test('is made of what stands in web/beacon, and stays below 5 KiB as it is sent', async () => {
    const kept = await readFile(BEACON_FILE, 'utf8');
    expect(kept, 'Run: node scripts/make-beacon.ts').toBe(await bundleBeacon());
    expect(gzipSync(kept, { level: 9 }).length).toBeLessThan(5 * 1024);
  });
});
