import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RequestBatch, SPANS, spanEnd, spanStart } from '../logs/batch.ts';
import { textOf } from '../logs/bytes.ts';
import { routeTable } from '../routes/route-table.ts';
import { screenViews, VIEW_TIMES } from '../screens/screen-views.ts';
import { batchOf, compiledOne, request, START_MS, screenOf, type TestRequest } from '../screens/testing.ts';
import { gatherer } from './gather.ts';
import { judgeSlot, type RequestJudges } from './judge.ts';
import { packRows, SLOT_MINUTES, type SpoolRows, slotOf, unpackRows } from './rows.ts';

const ITEM = screenOf([
  request('GET /items/{id}', { weight: 4 }),
  request('GET /api/price', { weight: 3, after: 0 }),
  request('GET /api/reviews', { weight: 3, required: false }),
]);
const LIST = screenOf([request('GET /list'), request('GET /api/price')], { name: 'list' });
const SLOS = [
  { name: 'all', indicator: { kind: 'requests', routes: [], badStatus: [{ from: 500, to: 599 }] } },
  {
    name: 'price',
    indicator: { kind: 'requests', routes: ['/api/price'], badStatus: [], slowerThanMs: 100 },
  },
] as const;
const JUDGES: RequestJudges = {
  screens: [compiledOne(ITEM), compiledOne(LIST)],
  slos: SLOS,
  screenSlos: new Map(),
  patterns: [...ITEM.requests, ...LIST.requests].flatMap(({ routes }) => routes),
};

/** No secret: as short as can be, and different for different texts. */
const known = new Map<string, number>();
const pseudonym = (kind: string, bytes: Uint8Array): number => {
  const key = `${kind} ${textOf(bytes, 0, bytes.length)}`;
  known.set(key, known.get(key) ?? known.size + 1);
  return known.get(key) ?? 0;
};

const clients = ['192.0.2.1', '192.0.2.2'];
/** Every request at a time of its own: of what began in the same millisecond, keys decide which comes first. */
const traffic = fc
  .array(
    fc.record({
      gap: fc.oneof(
        { weight: 20, arbitrary: fc.integer({ min: 1, max: 1500 }) },
        { weight: 1, arbitrary: fc.integer({ min: 1, max: 280_000 }) },
      ),
      line: fc.constantFrom(
        'GET /items/1',
        'GET /items/2',
        'GET /list',
        'GET /api/price',
        'GET /api/reviews',
        'GET /about',
      ),
      status: fc.constantFrom(200, 200, 200, 503, 499),
      durationMs: fc.constantFrom(20, 90, 300, 700, 5000),
      client: fc.constantFrom(...clients),
      userAgent: fc.constantFrom('Firefox/142.0', 'Firefox/142.0', 'Googlebot/2.1'),
      referer: fc.constantFrom(undefined, 'https://shop.example/items/1?a=1', 'https://shop.example/list'),
      view: fc.constantFrom(undefined, undefined, 'v1', 'v2'),
      customer: fc.constantFrom(undefined, 'acme', '商店'),
    }),
    { minLength: 40, maxLength: 120, size: 'max' },
  )
  .map((rows) => {
    // So that views stand across the ends of slots.
    let at = 270_000;
    return rows.map(({ gap, referer, view, customer, ...row }): TestRequest => {
      at += gap;
      return {
        ...{ at, ...row },
        ...(referer !== undefined && { referer }),
        ...(view !== undefined && { view }),
        ...(customer !== undefined && { customer }),
      };
    });
  });

function spooled(requests: readonly TestRequest[], pieces: readonly number[]): readonly SpoolRows[] {
  const parts: SpoolRows[] = [];
  const routes = routeTable({ patterns: JUDGES.patterns });
  const gathering = gatherer({ routes, pseudonym, fromMs: 0, toMs: 4e12 });
  let from = 0;
  for (const size of [...pieces, requests.length]) {
    gathering.add(batchOf(requests.slice(from, from + size), routes));
    from += size;
    parts.push(...[...gathering.take().slots.values()].map((rows) => unpackRows(packRows(rows))));
  }
  return parts;
}

function judgedWhole(parts: readonly SpoolRows[], requests: readonly TestRequest[]) {
  const last = slotOf(START_MS + (requests.at(-1)?.at ?? 0));
  const slots = Array.from({ length: last - slotOf(START_MS) + 1 }, (_, index) => slotOf(START_MS) + index);
  const all = slots.map((slot) => {
    const around = parts.filter(({ beganMs }) => Math.abs(slotOf(beganMs[0] ?? 0) - slot) <= 1);
    return judgeSlot(JUDGES, around, { slot, untilMinute: (slot + 1) * SLOT_MINUTES });
  });
  return {
    views: all.flatMap(({ views }) => views),
    causes: all.flatMap(({ causes }) => causes),
    slos: all
      .flatMap(({ slos }) => slos)
      .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    requests: all.flatMap(({ routes }) => routes).reduce((sum, { total }) => sum + total, 0),
  };
}

function inOneGo(requests: readonly TestRequest[]) {
  const routes = routeTable({ patterns: JUDGES.patterns });
  const views = screenViews(JUDGES.screens, routes, VIEW_TIMES);
  views.add(batchOf(requests, routes));
  views.finish();
  return { views: views.minutes(), causes: views.causes() };
}

const shuffled = fc.gen();

describe('slots that are judged by what was spooled', () => {
  it('have the counts of the whole log, read in its order', () => {
    fc.assert(
      fc.property(traffic, (requests) => {
        const { views, causes } = judgedWhole(spooled(requests, []), requests);
        expect({ views, causes }).toEqual(inOneGo(requests));
      }),
      { numRuns: 150, endOnFailure: true },
    );
  });

  it('do not depend on the order in which requests came, nor on how they were cut in pieces', () => {
    fc.assert(
      fc.property(traffic, fc.array(fc.nat(40), { maxLength: 5 }), shuffled, (requests, pieces, g) => {
        const order = requests
          .map((one) => ({ one, place: g(fc.nat, 1_000_000) }))
          .toSorted((a, b) => a.place - b.place)
          .map(({ one }) => one);
        expect(judgedWhole(spooled(order, pieces), requests)).toEqual(
          judgedWhole(spooled(requests, []), requests),
        );
      }),
      { numRuns: 100, endOnFailure: true },
    );
  });

  it('count every request of its routes, and of SLOs what they say is bad', () => {
    const requests: TestRequest[] = [
      { at: 0, line: 'GET /api/price', durationMs: 100 },
      { at: 1, line: 'POST /api/price', durationMs: 101, customer: 'acme' },
      { at: 2, line: 'GET /about', status: 503 },
      { at: 3, line: 'GET /about', status: 499 },
    ];
    const { slos, requests: counted } = judgedWhole(spooled(requests, []), requests);
    const minute = START_MS / 60_000;
    expect(counted).toBe(4);
    expect(slos).toEqual(
      expect.arrayContaining([
        { slo: 'all', minute, good: 2, total: 3 },
        { slo: 'price', minute, good: 1, total: 2 },
        { slo: 'price', minute, customer: 'acme', good: 0, total: 1 },
      ]),
    );
  });

  it('know routes that were named only after their requests had come', () => {
    const parts = spooled(
      [
        { at: 0, line: 'GET /items/1' },
        { at: 10, line: 'GET /users/alice' },
      ],
      [],
    );
    const patterns = ['GET /items/{item}', '/users/{name}'];
    const { routes } = judgeSlot({ ...JUDGES, patterns }, parts, {
      slot: slotOf(START_MS),
      untilMinute: START_MS / 60_000 + 5,
    });
    expect(routes.map(({ route }) => route)).toEqual(['GET /items/{item}', 'GET /users/{name}']);
  });

  it('count requests of the same id once', () => {
    const routes = routeTable();
    const gathering = gatherer({ routes, pseudonym, fromMs: 0, toMs: 4e12 });
    const idOf = (row: number) => Uint8Array.of(row % 2);
    const batch: RequestBatch = batchOf(
      [0, 1, 2, 3].map((at) => ({ at, line: 'GET /about' })),
      routes,
    );
    gathering.add(batch, idOf);
    const parts = [...gathering.take().slots.values()];
    const judged = judgeSlot(JUDGES, [...parts, ...parts], { slot: slotOf(START_MS), untilMinute: 1e9 });
    expect(judged.slos).toEqual([{ slo: 'all', minute: START_MS / 60_000, good: 2, total: 2 }]);
  });
});

describe('requests that are spooled', () => {
  it('hold no address, no user agent, no path and no id in clear', () => {
    const requests: TestRequest[] = [
      {
        ...{
          at: 0,
          line: 'GET /users/4711/mail',
          client: '192.0.2.77',
          userAgent: 'Secret Browser/1',
          trace: 'trace-text',
        },
        ...{ referer: 'https://shop.example/page/secret', view: 'view-text' },
      },
    ];
    const packed = spooled(requests, []).map((rows) => textOf(packRows(rows), 0, packRows(rows).length));
    for (const text of ['4711', '192.0.2.77', 'Secret', 'secret', 'view-text', 'trace-text'])
      expect(packed.join()).not.toContain(text);
    expect(packed.join()).toContain('GET /users/{id}/mail');
  });

  it('are counted apart where they are too old or of a time to come', () => {
    const routes = routeTable();
    const gathering = gatherer({ routes, pseudonym, fromMs: START_MS + 5, toMs: START_MS + 10 });
    const batch = batchOf(
      [0, 4, 5, 9, 10].map((at) => ({ at, line: 'GET /' })),
      routes,
    );
    gathering.add(batch);
    const { slots, ...rest } = gathering.take();
    expect(rest).toEqual({ tooLate: 2, tooEarly: 1, newestMs: START_MS + 9 });
    expect([...slots.values()].map(({ count }) => count)).toEqual([2]);
    expect(textOf(batch.bytes, spanStart(batch, 0, SPANS.path), spanEnd(batch, 0, SPANS.path))).toBe('/');
  });
});
