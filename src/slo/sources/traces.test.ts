import { gzipSync } from 'node:zlib';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { err, ok, problem, text } from '#core-values';
import { createHttpApp, createLogger, createMetrics, DEFAULT_ROUTE_LIMITS, systemClock } from '#platform';
import type { Delivery, RequestIntake } from '../room.ts';
import { SECRET } from './testing/contract.ts';
import { TRACE_LIMITS, traceRoutes } from './traces.ts';

type Spans = Parameters<typeof ProtobufTraceSerializer.serializeRequest>[0];
type OneSpan = Spans[number];

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SERVER = 1;
const BEGAN: OneSpan['startTime'] = [1_767_225_600, 250_000_000];

/** As OpenTelemetry's SDK gives it to an exporter. */
const span = (id: number, attributes: OneSpan['attributes'], more: Partial<OneSpan> = {}): OneSpan => ({
  name: 'GET',
  kind: SERVER,
  spanContext: () => ({ traceId: TRACE, spanId: id.toString(16).padStart(16, '0'), traceFlags: 1 }),
  startTime: BEGAN,
  endTime: [1_767_225_600, 375_500_000],
  status: { code: 0 },
  attributes,
  links: [],
  events: [{ name: 'exception', time: BEGAN, attributes: { 'exception.message': 'x' } }],
  duration: [0, 125_500_000],
  ended: true,
  resource: RESOURCE,
  instrumentationScope: { name: 'test' },
  droppedAttributesCount: 0,
  droppedEventsCount: 0,
  droppedLinksCount: 0,
  ...more,
});
const RESOURCE = {
  attributes: { 'service.name': 'shop', 'acme.customer': 'umbrella' },
  getRawAttributes: () => [],
  merge: () => RESOURCE,
} as unknown as OneSpan['resource'];

const NEW = {
  'http.request.method': 'GET',
  'url.path': '/items/42',
  'http.route': '/items/:id',
  'http.response.status_code': 200,
  'session.id': 's-1',
  'user_agent.original': 'Mozilla/5.0',
  'http.request.header.referer': ['https://shop.example/'],
  'http.request.header.x-sekisho-view': ['v-7'],
  'some.other': [1, 2, 3],
};
const OLD = {
  'http.method': 'POST',
  'http.target': '/cart?item=4',
  'http.status_code': 503,
  'http.client_ip': '192.0.2.1',
};

let deliveries: Delivery[] = [];
let answer: Awaited<ReturnType<RequestIntake['take']>> = ok('taken');
let lines: string[] = [];
beforeEach(() => {
  [deliveries, lines, answer] = [[], [], ok('taken')];
});
const app = createHttpApp({
  version: '0.0.0',
  logger: createLogger({ level: 'debug', destination: { write: (line: string) => lines.push(line) } }),
  metrics: createMetrics({ processMetrics: false }),
  clock: systemClock,
  newRequestId: () => 'request-1',
  readiness: [],
  limits: { byDefault: DEFAULT_ROUTE_LIMITS, byRoute: TRACE_LIMITS },
  routes: [
    traceRoutes({
      intake: {
        take: async (delivery) => {
          deliveries.push(delivery);
          return answer;
        },
      },
      token: SECRET,
      customerAttribute: 'acme.customer',
    }),
  ],
});
const post = (body: Uint8Array | string, headers: Record<string, string> = {}) =>
  app.request('/v1/traces', {
    method: 'POST',
    body: typeof body === 'string' ? body : new Uint8Array(body),
    headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/x-protobuf', ...headers },
  });
const protobuf = (spans: Spans): Uint8Array =>
  ProtobufTraceSerializer.serializeRequest(spans) ?? new Uint8Array();
const JSON_BODY = { 'content-type': 'application/json' };
const requests = () => deliveries.flatMap((delivery) => delivery.requests);

const EXPECTED = [
  {
    ...{
      method: 'GET',
      path: '/items/42',
      status: 200,
      trace: TRACE,
      client: 's-1',
      userAgent: 'Mozilla/5.0',
    },
    ...{
      referer: 'https://shop.example/',
      view: 'v-7',
      customer: 'umbrella',
      id: `${TRACE}0000000000000001`,
    },
    ...{ beganMs: 1_767_225_600_250, durationMs: 125.5 },
  },
  {
    ...{
      method: 'POST',
      path: '/cart',
      status: 503,
      trace: TRACE,
      client: '192.0.2.1',
      customer: 'umbrella',
    },
    ...{ id: `${TRACE}0000000000000002`, beganMs: 1_767_225_600_250, durationMs: 125.5 },
  },
];
const SPANS = [span(1, NEW), span(2, OLD), span(3, { 'db.system': 'x' }, { kind: 2 })];

describe('spans that are pushed', () => {
  test('as OpenTelemetry’s exporters write protobuf become requests, by stable and by older names', async () => {
    const answered = await post(protobuf(SPANS));
    expect([answered.status, answered.headers.get('content-type')]).toEqual([200, 'application/x-protobuf']);
    expect((await answered.arrayBuffer()).byteLength).toBe(0);
    expect(requests()).toEqual(EXPECTED);
  });

  test('as OpenTelemetry’s exporters write JSON become the same', async () => {
    const answered = await post(JsonTraceSerializer.serializeRequest(SPANS) ?? '', JSON_BODY);
    expect([answered.status, await answered.json()]).toEqual([200, {}]);
    expect(requests()).toEqual(EXPECTED);
  });

  test('may be packed, up to a size', async () => {
    const gzip = { 'content-encoding': 'gzip' };
    expect((await post(gzipSync(protobuf(SPANS)), gzip)).status).toBe(200);
    expect(requests()).toEqual(EXPECTED);
    expect((await post(gzipSync(new Uint8Array(65 * 1024 * 1024)), gzip)).status).toBe(413);
    expect((await post(protobuf(SPANS), gzip)).status).toBe(400);
    expect((await post(protobuf(SPANS), { 'content-encoding': 'br' })).status).toBe(400);
    expect(deliveries).toHaveLength(1);
  });

  test('of the same bytes are the same delivery, whatever way they were packed', async () => {
    await post(protobuf(SPANS));
    await post(gzipSync(protobuf(SPANS)), { 'content-encoding': 'gzip' });
    expect(deliveries[0]?.deliveryId).toBe(deliveries[1]?.deliveryId);
  });

  test('are counted with the reason where they are refused, and the others taken', async () => {
    const broken = [
      span(1, NEW),
      span(0, NEW),
      span(4, NEW, { endTime: [1, 0] }),
      span(5, { 'http.request.method': 'GET', 'http.response.status_code': 200 }),
      span(6, { 'http.request.method': 'GET', 'url.path': '/' }),
      span(7, { ...NEW, 'url.path': `/${'x'.repeat(5000)}` }),
    ];
    const answered = await post(JsonTraceSerializer.serializeRequest(broken) ?? '', JSON_BODY);
    expect(await answered.json()).toEqual({
      partialSuccess: {
        rejectedSpans: '5',
        errorMessage:
          '1 have no valid trace or span id, 1 have no time, or end before they begin, 1 have neither url.path nor http.route, 1 have no status code, 1 have an attribute of more than 4096 characters',
      },
    });
    expect(requests()).toHaveLength(1);
    const told = ProtobufTraceSerializer.deserializeResponse(
      new Uint8Array(await (await post(protobuf(broken))).arrayBuffer()),
    );
    expect(Number(told.partialSuccess?.rejectedSpans)).toBe(5);
    expect(told.partialSuccess?.errorMessage).toContain('no status code');
  });

  test('that sent no response failed, and routes of frameworks are written as ours', async () => {
    await post(
      protobuf([
        span(
          1,
          { 'http.request.method': 'GET', 'http.route': '/items/:id/<int:page>' },
          { status: { code: 2 } },
        ),
      ]),
    );
    expect(requests()).toMatchObject([{ status: 500, path: '/items/{id}/{page}' }]);
  });

  test('need the token, and no secret is told or logged', async () => {
    const answers = [
      await post(protobuf(SPANS), { authorization: 'Bearer x' }),
      await post(protobuf(SPANS), { authorization: '' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 401]);
    answer = err(
      problem('unavailable', { rule: 'x', message: text('later', '後で'), remedy: text('wait', '待つ') }),
    );
    const later = await post(protobuf(SPANS));
    expect([later.status, later.headers.get('retry-after')]).toEqual([503, '5']);
    const words = await Promise.all([...answers, later].map((one) => one.text()));
    expect([...words, ...lines].join('')).not.toContain(SECRET);
    expect((await post(protobuf(SPANS), { 'content-type': 'text/plain' })).status).toBe(415);
  });
});

test('A thousand damaged bodies are refused, or every span of them is accounted for, and nothing else happens', async () => {
  const bodies = [
    { bytes: protobuf(SPANS), headers: {} },
    { bytes: JsonTraceSerializer.serializeRequest(SPANS) ?? new Uint8Array(), headers: JSON_BODY },
    { bytes: gzipSync(protobuf(SPANS)), headers: { 'content-encoding': 'gzip' } },
  ];
  const damage = fc.array(
    fc.tuple(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.nat(255)),
    { minLength: 1, maxLength: 8 },
  );
  const seen = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...bodies),
      damage,
      fc.double({ min: 0, max: 1, noNaN: true }),
      async ({ bytes, headers }, bits, cut) => {
        const damaged = new Uint8Array(
          bytes.slice(0, cut > 0.8 ? Math.floor(bytes.length * cut) : bytes.length),
        );
        for (const [place, value] of bits) damaged[Math.floor(place * damaged.length)] = value;
        deliveries = [];
        const answered = await post(damaged, headers);
        seen.set(answered.status, (seen.get(answered.status) ?? 0) + 1);
        expect([200, 400, 413]).toContain(answered.status);
        if (answered.status !== 200) expect(deliveries).toEqual([]);
        for (const { beganMs, durationMs, status, path, id } of requests()) {
          expect(Number.isFinite(beganMs) && (durationMs ?? -1) >= 0 && status >= 100 && status < 1000).toBe(
            true,
          );
          expect([path?.startsWith('/'), id?.length]).toEqual([true, 48]);
        }
      },
    ),
    { numRuns: 1000 },
  );
  expect([...seen.values()].reduce((a, b) => a + b, 0)).toBe(1000);
  expect(lines.join('')).not.toContain('failed unexpectedly');
});
