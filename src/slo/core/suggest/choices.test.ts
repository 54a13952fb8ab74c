import { describe, expect, it } from 'vitest';
import { ppm } from '../objective/ppm.ts';
import { routeTable } from '../routes/route-table.ts';
import { batchOf } from '../screens/testing.ts';
import { bucketOf } from '../series/latency-sketch.ts';
import { percentOf } from './figures.ts';
import { allDays, requestMeasurement } from './measurement.ts';
import { nameOf } from './names.ts';
import { objectiveOf } from './objective.ts';
import type { ViewSample } from './observation.ts';
import { afterOf } from './order.ts';
import { routeKind } from './route-kinds.ts';
import { survey } from './survey.ts';
import { rounded, thresholdOf } from './threshold.ts';
import { waitingOf } from './waiting.ts';

const sketch = (...latencies: readonly (readonly [ms: number, count: number])[]) =>
  latencies.map(([ms, count]) => [bucketOf(ms), count] as const).toSorted(([a], [b]) => a - b);

describe('a threshold', () => {
  it('is the 99th percentile, up to what people write', () => {
    expect(thresholdOf(sketch([180, 980], [230, 20]))).toMatchObject({ thresholdMs: 250, isCapped: false });
    expect([101, 120, 121, 260, 999, 1001, 4200].map(rounded)).toEqual([
      120, 120, 150, 300, 1000, 1200, 5000,
    ]);
  });

  it('is no more than twice the 95th, and the 95th of few', () => {
    expect(thresholdOf(sketch([200, 980], [9000, 20]))).toMatchObject({ thresholdMs: 400, isCapped: true });
    expect(thresholdOf(sketch([200, 180], [240, 20]))).toMatchObject({ thresholdMs: 250, p99: undefined });
  });

  it('is nothing below what people feel, and there is none without measurements', () => {
    expect(thresholdOf(sketch([3, 900]))?.thresholdMs).toBe(100);
    expect(thresholdOf(sketch([200, 49]))).toBeUndefined();
  });
});

describe('an objective', () => {
  it('is what the events prove, never 100 %, with how many the next one takes', () => {
    expect(objectiveOf({ good: 10_000, total: 10_000 })).toMatchObject({
      targetPpm: 999_500,
      next: { targetPpm: 999_800, kept: true, toProve: 14_978 },
    });
    expect(objectiveOf({ good: 9_950, total: 10_000 })).toMatchObject({
      targetPpm: 990_000,
      next: { targetPpm: 995_000, kept: true },
    });
    expect(objectiveOf({ good: 2_000_000, total: 2_000_000 })?.next).toBeUndefined();
  });

  it('is none where not even half is sure', () => {
    expect(objectiveOf({ good: 51, total: 100 })).toBeUndefined();
    expect(objectiveOf({ good: 0, total: 0 })).toBeUndefined();
  });
});

/** Views of a document and two requests; times in ms. */
const sampleOf = (views: readonly (readonly (readonly [afterMs: number, ms: number])[])[]): ViewSample => ({
  ...{ views: views.length, size: 3, failed: new Int32Array(views.length) },
  seen: new Int32Array(views.length).fill(0b111),
  timesUs: Int32Array.from(views.flatMap((view) => view.map(([, ms]) => ms * 1000))),
  afterMs: Int32Array.from(views.flatMap((view) => view.map(([afterMs]) => afterMs))),
});

describe('who waits for whom', () => {
  const views = Array.from({ length: 100 }, (_, view) => ({
    page: 50 + view,
    first: 40 + ((view * 37) % 100),
  }));

  it('is told by the end that explains best when a request begins', () => {
    const chained = sampleOf(
      views.map(({ first, page }) => [
        [0, page],
        [page + 5, first],
        [page + 5 + first + 3, 10],
      ]),
    );
    expect(afterOf(chained, 2, 0)).toMatchObject({ after: 1, slackMs: 3, behind: 100 });
    const beside = sampleOf(
      views.map(({ first, page }) => [
        [0, page],
        [page + 5, first],
        [page + 250, 10],
      ]),
    );
    expect(afterOf(beside, 2, 0)).toMatchObject({ after: 0, slackMs: 250 });
  });

  it('is nobody where it begins before the document has ended', () => {
    expect(
      afterOf(
        sampleOf(
          views.map(({ page }) => [
            [0, page],
            [10, 20],
            [10, 20],
          ]),
        ),
        1,
        0,
      ),
    ).toBeUndefined();
  });

  it('divides the time that people waited among those of the longest chain', () => {
    const { shares } = waitingOf(
      sampleOf([
        [
          [0, 100],
          [100, 300],
          [100, 50],
        ],
        [
          [0, 100],
          [100, 100],
          [100, 200],
        ],
      ]),
      [-1, 0, 0],
      0b111,
    );
    expect(shares.map((share) => Math.round(share * 700))).toEqual([200, 300, 200]);
  });
});

describe('routes', () => {
  const kind = (words: string) => {
    const [method = '', pattern = ''] = words.split(' ');
    return routeKind({ method, pattern });
  };
  it('are pages, calls, files or checks by their words', () => {
    expect(['GET /items/{id}', 'GET /', 'GET /blog.html'].map(kind)).toEqual(['page', 'page', 'page']);
    expect(['POST /cart', 'GET /api/cart', 'GET /shop/v2/x', 'GET /data.json'].map(kind)).toEqual(
      Array.from({ length: 4 }, () => 'call'),
    );
    expect(['GET /a.css', 'GET /app.{hash}.js', 'GET /x/logo.png', 'GET /healthz'].map(kind)).toEqual([
      ...['code', 'code', 'media', 'check'],
    ]);
  });

  it('name screens as documents may be named, none twice', () => {
    const taken = new Set<string>();
    expect(
      ['/', '/items/{id}', '/Items/{id}', '/%E3%81%82', '/a_b.html'].map((path) => nameOf(path, taken)),
    ).toEqual(['home', 'items-id', 'items-id-2', 'page', 'a-b-html']);
  });
});

describe('memory', () => {
  it('has room for so many pairs, and says how many it forgot', () => {
    const routes = routeTable();
    const look = survey(routes, 3);
    const words = ['one', 'two', 'three', 'four', 'five', 'six'];
    look.add(
      batchOf(
        [
          { at: 0, line: 'GET /', client: 'me' },
          ...words.map((word) => ({
            ...{ at: 10, line: `GET /api/${word}`, client: 'me', referer: 'https://shop.example/' },
          })),
        ],
        routes,
      ),
    );
    const { followers, forgotten } = look.surveyed();
    expect([followers.referer.length, followers.client.length, forgotten]).toEqual([3, 3, 6]);
  });

  it('has room for a thousand days, whatever times a log tells, and loses no request', () => {
    const routes = routeTable();
    const measured = requestMeasurement([{ route: 'GET /a' }], routes, (ms) => Math.floor(ms / 86_400_000));
    const days = Array.from({ length: 1500 }, (_, day) => ({ at: day * 86_400_000, line: 'GET /a' }));
    measured.add(batchOf(days, routes));
    const [counts = new Map()] = measured.days();
    expect([counts.size, allDays(counts).total]).toEqual([1000, 1500]);
  });
});

describe('figures', () => {
  it('are never rounded up to the whole', () => {
    expect([percentOf(99_999, 100_000), percentOf(1, 1), percentOf(995, 1000), percentOf(0, 0)]).toEqual([
      ...['99.999 %', '100 %', '99.5 %', '–'],
    ]);
    expect(objectiveOf({ good: 995, total: 1000 })?.targetPpm).toBe(ppm(985_000));
  });
});
