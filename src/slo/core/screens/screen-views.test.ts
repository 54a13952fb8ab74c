import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { routeTable } from '../routes/route-table.ts';
import { screenViews } from './screen-views.ts';
import { batchOf, compiledOne, request, START_MS, screenOf, type TestRequest, viewsOf } from './testing.ts';
import type { ScreenMinute } from './view-counts.ts';

const ITEM = screenOf([
  request('GET /items/{id}', { weight: 4 }),
  request('GET /api/price', { weight: 3, after: 0 }),
  request('GET /api/reviews', { weight: 3, required: false }),
]);
const CART = screenOf([request('GET /cart'), request('GET /api/price')], { name: 'cart' });
const SCREENS = [ITEM, CART];
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64) Firefox/142.0';

const line = (at: number, words: string, more: Partial<TestRequest> = {}): TestRequest => ({
  ...{ at, line: words, durationMs: 50, client: '198.51.100.7', userAgent: BROWSER },
  ...more,
});

const only = (minutes: readonly ScreenMinute[]): ScreenMinute | undefined => {
  expect(minutes).toHaveLength(1);
  return minutes[0];
};

describe('page views of a log', () => {
  const item = [line(0, 'GET /items/7'), line(100, 'GET /api/price'), line(120, 'GET /api/reviews')];

  it('are counted by the minute in which they were opened', () => {
    const views = viewsOf(SCREENS, [...item, line(300, 'GET /about'), line(60_000, 'GET /items/8')]);
    const minute = START_MS / 60_000;
    expect(views.minutes()).toMatchObject([
      { minute, screen: 'item', good: 1, total: 1, sure: 1, incomplete: 0 },
      { minute: minute + 1, screen: 'item', good: 0, total: 1, sure: 0, incomplete: 1 },
    ]);
    expect(views.account()).toEqual({ elsewhere: 1, placed: 4, unplaced: 0, late: 0, waiting: 0 });
  });

  it.each([
    ['page-view-id', { view: 'v1' }],
    ['trace', { trace: '4bf92f3577b34da6a3ce929d0e0e4736' }],
  ] as const)('are put together by %s, whoever asks', (way, told) => {
    const others = [
      line(0, 'GET /items/7', { ...told, client: 'a' }),
      line(9, 'GET /api/price', { ...told, client: 'b' }),
    ];
    expect(only(viewsOf(SCREENS, others).minutes())).toMatchObject({ good: 1, ways: { [way]: 1 }, sure: 1 });
  });

  it('are those of their own client, where two look at the same page', () => {
    const asked = { referer: 'https://shop.example/items/1' };
    const log = [
      line(0, 'GET /items/1', { client: 'a' }),
      line(10, 'GET /items/1', { client: 'b' }),
      line(100, 'GET /api/price', { ...asked, client: 'a' }),
      line(110, 'GET /api/price', { ...asked, client: 'a', status: 503 }),
    ];
    expect(only(viewsOf(SCREENS, log).minutes())).toMatchObject({
      total: 2,
      good: 0,
      sure: 1,
      incomplete: 1,
    });
  });

  it('are put together by the page that a request was asked from, where one client has several', () => {
    const log = [
      line(0, 'GET /items/1'),
      line(10, 'GET /items/2'),
      line(500, 'GET /api/price', { referer: 'https://shop.example/items/1?from=mail', durationMs: 5000 }),
      line(501, 'GET /api/price', { referer: 'https://shop.example/items/2' }),
    ];
    expect(only(viewsOf(SCREENS, log).minutes())).toMatchObject({
      total: 2,
      good: 1,
      ways: { referer: 2 },
      sure: 2,
    });
  });

  it('are told apart by their pages where many people are behind one address', () => {
    const people = Array.from({ length: 500 }, (_, index) => index);
    const log = [
      ...people.map((index) => line(index, `GET /items/${index}`)),
      ...people.map((index) =>
        line(1000 + index, 'GET /api/price', { referer: `https://shop.example/items/${index}` }),
      ),
    ];
    expect(only(viewsOf(SCREENS, log).minutes())).toMatchObject({
      good: 500,
      sure: 500,
      ways: { referer: 500 },
    });
  });

  it('are put together by client and time where there is nothing else, and then say where that is not sure', () => {
    expect(only(viewsOf(SCREENS, item).minutes())).toMatchObject({ good: 1, ways: { client: 1 }, sure: 1 });
    const two = [
      line(0, 'GET /items/1'),
      line(10, 'GET /items/2'),
      line(500, 'GET /api/price'),
      line(501, 'GET /api/price'),
    ];
    expect(only(viewsOf(SCREENS, two).minutes())).toMatchObject({ good: 2, ways: { client: 2 }, sure: 0 });
  });

  it('are sure where only one of them lacks the request', () => {
    const log = [
      line(0, 'GET /items/1'),
      line(10, 'GET /items/2'),
      line(500, 'GET /api/price', { referer: 'https://shop.example/items/2' }),
      line(501, 'GET /api/price'),
    ];
    expect(only(viewsOf(SCREENS, log).minutes())).toMatchObject({ good: 2, sure: 2 });
  });

  it.each([
    ['took longer', { durationMs: 5000 }],
    ['failed', { status: 503 }],
  ])('are judged by the one of several equal requests that %s', (_name, worse) => {
    const [page = line(0, 'GET /items/7')] = item;
    for (const prices of [
      [worse, {}],
      [{}, worse],
    ]) {
      const log = [page, ...prices.map((told, index) => line(100 + index, 'GET /api/price', told))];
      expect(only(viewsOf(SCREENS, log).minutes())).toMatchObject({ good: 0, total: 1, incomplete: 0 });
    }
  });

  it('are one view where their document comes twice with the same id', () => {
    const log = ['GET /items/7', 'GET /items/7', 'GET /api/price'].map((words, index) =>
      line(index, words, { view: 'v' }),
    );
    expect(only(viewsOf(SCREENS, log).minutes())).toMatchObject({ good: 1, total: 1 });
  });

  it('keep to an id once a request with it has found its document', () => {
    const log = [
      line(0, 'GET /items/1'),
      line(50, 'GET /api/price', { view: 'one', referer: 'https://shop.example/items/1' }),
      line(60, 'GET /items/2'),
      line(400, 'GET /api/reviews', { view: 'one', status: 503 }),
      line(410, 'GET /api/reviews', { view: 'one', status: 503 }),
      line(450, 'GET /api/price', { view: 'two' }),
    ];
    expect(only(viewsOf(SCREENS, log).minutes())).toMatchObject({ total: 2, good: 1 });
  });

  it('are of the screen that their document opens, though requests are shared', () => {
    const log = [line(0, 'GET /cart'), line(10, 'GET /api/price')];
    expect(only(viewsOf(SCREENS, log).minutes())).toMatchObject({ screen: 'cart', good: 1 });
  });

  it('end after a gap', () => {
    const views = viewsOf(SCREENS, [line(0, 'GET /items/7'), line(10_051, 'GET /api/price')]);
    expect(only(views.minutes())).toMatchObject({ good: 0, incomplete: 1 });
    expect(views.account()).toMatchObject({ placed: 1, unplaced: 1 });
  });

  it('end after their longest time, though their page asks on', () => {
    const polls = Array.from({ length: 30 }, (_, index) => line(5000 * index, 'GET /api/price'));
    expect(viewsOf(SCREENS, [line(0, 'GET /items/7'), ...polls]).account()).toMatchObject({
      placed: 14,
      unplaced: 17,
    });
  });

  it.each([
    [499, 1],
    [460, 1],
    [0, 1],
    [404, 0],
  ])('whose document ends with %d: %d abandoned', (status, abandoned) => {
    const views = viewsOf(SCREENS, [line(0, 'GET /items/7', { status }), line(10, 'GET /api/price')]);
    expect(only(views.minutes())).toMatchObject({ abandoned, total: 1 - abandoned });
  });

  it('are not abandoned by taking back an optional request', () => {
    const log = [...item.slice(0, 2), line(120, 'GET /api/reviews', { status: 499, durationMs: 9000 })];
    expect(only(viewsOf(SCREENS, log).minutes())).toMatchObject({ abandoned: 0, good: 1 });
  });

  it.each([
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'curl/8.5.0',
    'facebookexternalhit/1.1',
    'Mozilla/5.0 (compatible; Dataprovider.com)',
    'Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/130.0.0.0 Safari/537.36',
  ])('of %s are counted apart', (userAgent) => {
    expect(only(viewsOf(SCREENS, [line(0, 'GET /items/7', { userAgent })]).minutes())).toMatchObject({
      bots: 1,
      total: 0,
    });
  });

  it.each([
    'Mozilla/5.0 (Linux; Android 9; CUBOT X19) Chrome/98.0 Mobile Safari/537.36',
    'Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0)',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari Line/14.9.0',
    'MyShop/3.2 CFNetwork/1490.0.4 Darwin/23.2.0',
    'okhttp/4.12.0',
    '',
  ])('of %s are no bots', (userAgent) => {
    expect(only(viewsOf(SCREENS, [line(0, 'GET /cart', { userAgent })]).minutes())).toMatchObject({
      ...{ bots: 0, total: 1 },
    });
  });

  it('belong to the customer that their document tells, else to one that their requests tell', () => {
    const log = [
      line(0, 'GET /items/7', { view: 'a' }),
      line(10, 'GET /api/price', { view: 'a', customer: 'acme' }),
      line(0, 'GET /items/7', { view: 'b', customer: 'globex' }),
      line(10, 'GET /api/price', { view: 'b', customer: 'acme' }),
    ];
    const customers = viewsOf(SCREENS, log)
      .minutes()
      .map(({ customer, good }) => [customer, good]);
    expect(customers).toEqual([
      ['acme', 1],
      ['globex', 1],
    ]);
  });

  it('take a request of the same second that seems to begin before its document', () => {
    const log = [line(0, 'GET /api/price'), line(1000, 'GET /items/7')];
    expect(only(viewsOf(SCREENS, log).minutes())).toMatchObject({ good: 1 });
  });

  it('say how many of them have requests whose time is not told', () => {
    const log = [line(0, 'GET /cart', { durationMs: Number.NaN }), line(10, 'GET /api/price')];
    expect(only(viewsOf(SCREENS, log).minutes())).toMatchObject({ good: 1, unmeasured: 1 });
  });

  it('count lines that come too late apart', () => {
    const log = [line(0, 'GET /items/7'), line(200_000, 'GET /items/8'), line(10, 'GET /api/price')];
    const views = viewsOf(SCREENS, log);
    expect(views.account()).toMatchObject({ placed: 2, late: 1 });
    expect(views.minutes().map(({ incomplete }) => incomplete)).toEqual([1, 1]);
  });
});

describe('logs one after the other', () => {
  const routes = routeTable();
  const views = screenViews([compiledOne(ITEM)], routes);
  const add = (...log: readonly TestRequest[]): void => views.add(batchOf(log, routes));

  it('may be of any time once the one before is finished', () => {
    add(line(500_000, 'GET /items/7'), line(500_100, 'GET /api/price'));
    views.finish();
    add(line(0, 'GET /items/7'), line(100, 'GET /api/price'));
    expect(views.account()).toMatchObject({ waiting: 2, late: 0 });
    views.finish();
    expect(views.minutes().map(({ good }) => good)).toEqual([1, 1]);
  });

  it('account for lines of no time that there is', () => {
    add(line(Number.NaN, 'GET /items/7'), line(1e13, 'GET /items/7'), line(-START_MS, 'GET /items/7'));
    expect(views.account()).toMatchObject({ waiting: 0, late: 3 });
  });
});

const anyRequest: fc.Arbitrary<TestRequest> = fc.record(
  {
    at: fc.integer({ min: 0, max: 100_000 }).map((at) => at - (at % 50)),
    line: fc.constantFrom(
      'GET /items/1',
      'GET /items/2',
      'GET /cart',
      'GET /api/price',
      'GET /api/reviews',
      'GET /x',
    ),
    durationMs: fc.constantFrom(5, 50, 150, 900, 5000),
    status: fc.constantFrom(200, 200, 200, 200, 404, 499, 503),
    client: fc.constantFrom('a', 'b', 'c'),
    userAgent: fc.constantFrom(BROWSER, BROWSER, 'curl/8'),
    referer: fc.constantFrom('https://s.example/items/1', 'https://s.example/cart', 'https://s.example', '-'),
    trace: fc.constantFrom('t1', 't2', 't3'),
    view: fc.constantFrom('v1', 'v2'),
    customer: fc.constantFrom('acme', 'globex'),
  },
  { requiredKeys: ['at', 'line', 'durationMs', 'client', 'userAgent'] },
);

describe('counts of page views', () => {
  const all = (views: ReturnType<typeof viewsOf>) => [views.minutes(), views.causes(), views.account()];

  it('do not depend on the order of lines within the time that is waited for, nor on how they are cut in pieces', () => {
    fc.assert(
      fc.property(
        fc.array(anyRequest, { maxLength: 60 }),
        fc.array(fc.nat(20), { maxLength: 6 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 20_000 })),
        fc.constantFrom(0, 1000),
        (requests, pieces, delays, clockMs) => {
          const times = { gapMs: 3000, longestMs: 20_000, latenessMs: 20_000, clockMs };
          const inOrder = requests.toSorted((a, b) => a.at - b.at);
          const delayed = requests
            .map((one) => ({ one, at: one.at + (delays.next().value ?? 0) }))
            .toSorted((a, b) => a.at - b.at)
            .map(({ one }) => one);
          const truth = all(viewsOf(SCREENS, inOrder, { times }));
          expect(all(viewsOf(SCREENS, delayed, { times, pieces }))).toEqual(truth);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('do not depend on pieces either where lines come late', () => {
    fc.assert(
      fc.property(
        fc.array(anyRequest, { maxLength: 60 }),
        fc.array(fc.nat(20), { maxLength: 6 }),
        (requests, pieces) => {
          const times = { gapMs: 3000, longestMs: 20_000, latenessMs: 5000, clockMs: 1000 };
          expect(all(viewsOf(SCREENS, requests, { times, pieces }))).toEqual(
            all(viewsOf(SCREENS, requests, { times })),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('account for every request and every view, and for every bad view by its cause', () => {
    fc.assert(
      fc.property(fc.array(anyRequest, { maxLength: 80 }), (requests) => {
        const views = viewsOf(SCREENS, requests);
        const { elsewhere, late, placed, unplaced, waiting } = views.account();
        expect([elsewhere + late + placed + unplaced, waiting]).toEqual([requests.length, 0]);
        const minutes = views.minutes();
        const sum = (of: (minute: ScreenMinute) => number) =>
          minutes.reduce((all, minute) => all + of(minute), 0);
        const bad = views.causes().reduce((all, cause) => all + cause.views, 0);
        expect(bad).toBe(sum(({ good, total }) => total - good));
        expect(sum(({ ways }) => Object.values(ways).reduce((a, b) => a + b, 0))).toBe(
          sum(({ total }) => total),
        );
        expect(minutes.every(({ incomplete, sure, total }) => sure <= total && incomplete <= total)).toBe(
          true,
        );
      }),
    );
  });
});
