import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LogSource, readDefinitions, readLogs, suggest } from '#slo';
import {
  compileScreens,
  resolveDefinitions,
  routeTable,
  type Screen,
  type Suggestion,
  screenViews,
  writeSuggestion,
} from '#slo/core';
import {
  numbers,
  SHOP,
  SITE_START_MS,
  type SiteFormat,
  type SitePage,
  type SitePart,
  siteLog,
  visits,
} from '../../../test/slo/suggest/site.ts';

const source = (words: string, name = 'access.log'): LogSource => ({
  name,
  open: async function* () {
    yield new TextEncoder().encode(words);
  },
});

async function suggested(...sources: readonly LogSource[]): Promise<Suggestion> {
  const { suggestion } = await suggest({
    ...{ sources, patterns: [], service: 'shop' },
    ...{ dayOf: (ms: number) => Math.floor(ms / 86_400_000), dayWords: String },
  });
  return suggestion;
}

function screensOf(suggestion: Suggestion): readonly { readonly screen: Screen }[] {
  const bytes = new TextEncoder().encode(writeSuggestion(suggestion, 'en'));
  const placed = readDefinitions([{ file: 'suggested.yaml', bytes }]);
  const resolved = placed.ok ? resolveDefinitions(placed.value) : placed;
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.error.reasons));
  return resolved.value.screens;
}

/** Requests that all views have may wait for the one before; others come when the page is there. */
const call = fc.record({
  chained: fc.boolean(),
  share: fc.constantFrom(1, 1, 0.3, 0.7),
  fromMs: fc.integer({ min: 20, max: 200 }),
  spreadMs: fc.integer({ min: 60, max: 600 }),
});
const page = fc.array(call, { minLength: 1, maxLength: 4 }).map((calls): SitePage => {
  const parts: SitePart[] = [{ request: 'GET /PAGE/{n}', fromMs: 30, toMs: 120 }];
  for (const [index, { chained, fromMs, share, spreadMs }] of calls.entries()) {
    const before = (parts.at(-1)?.share ?? 1) === 1 ? parts.length - 1 : 0;
    parts.push({
      ...{ request: `GET /api/PAGE-${'abcd'[index]}/{n}`, share, fromMs, toMs: fromMs + spreadMs },
      after: chained ? before : 0,
    });
  }
  return parts;
});
const site = fc
  .array(page, { minLength: 1, maxLength: 3 })
  .map((pages) =>
    pages.map((parts, index) =>
      parts.map((part) => ({ ...part, request: part.request.replace('PAGE', `page${'xyz'[index]}`) })),
    ),
  );

const truthOf = (pages: readonly SitePage[]) =>
  pages
    .map((parts) =>
      parts.map(({ after, request, share = 1 }, index) => ({
        route: request.replace('{n}', '{id}'),
        required: share === 1,
        ...(index === 0 ? {} : { after: parts[after ?? 0]?.request.replace('{n}', '{id}') }),
      })),
    )
    .map((requests) => requests.toSorted((a, b) => (a.route < b.route ? -1 : 1)))
    .toSorted((a, b) => ((a[0]?.route ?? '') < (b[0]?.route ?? '') ? -1 : 1));

const foundIn = (suggestion: Suggestion) =>
  screensOf(suggestion)
    .map(({ screen: { requests } }) =>
      requests
        .map(({ after, required, routes: [route = ''] }) => ({
          ...{ route, required },
          ...(after === undefined ? {} : { after: requests[after]?.routes[0] }),
        }))
        .toSorted((a, b) => (a.route < b.route ? -1 : 1)),
    )
    .toSorted((a, b) => ((a[0]?.route ?? '') < (b[0]?.route ?? '') ? -1 : 1));

describe('any site whose truth is known', () => {
  it('has its screens found again: their requests, which of them every view has, and who waits for whom', async () => {
    await fc.assert(
      fc.asyncProperty(
        site,
        fc.nat(),
        fc.constantFrom<SiteFormat>('json', 'ltsv'),
        async (pages, seed, format) => {
          const log = siteLog(format, visits({ pages, seed, views: 400 * pages.length }));
          expect(foundIn(await suggested(source(log)))).toEqual(truthOf(pages));
        },
      ),
      { numRuns: 6 },
    );
  });

  it('has thresholds between its slowest requests and the next number that people write', async () => {
    await fc.assert(
      fc.asyncProperty(site, fc.nat(), async (pages, seed) => {
        const suggestion = await suggested(
          source(siteLog('json', visits({ pages, seed, views: 700 * pages.length }))),
        );
        const slowest = new Map(
          pages.flat().map(({ request, toMs }) => [request.replace('{n}', '{id}'), toMs]),
        );
        for (const { screen } of screensOf(suggestion)) {
          for (const { required, routes, thresholdMs } of screen.requests) {
            const most = slowest.get(routes[0] ?? '') ?? 0;
            if (!required) continue;
            expect(thresholdMs).toBeGreaterThanOrEqual(Math.min(most * 0.9, most - 10));
            expect(thresholdMs).toBeLessThanOrEqual(Math.max(100, most * 1.3));
          }
        }
      }),
      { numRuns: 3 },
    );
  });

  it('has objectives that a report of the same logs finds kept', async () => {
    const random = numbers(3);
    for (const failsOneOf of [20, 200]) {
      const pages = SHOP.map((parts) => parts.map((part) => ({ ...part, failsOneOf })));
      const log = source(siteLog('json', visits({ pages, seed: Math.floor(random() * 1e6), views: 1500 })));
      const suggestion = await suggested(log);
      const compiled = compileScreens(screensOf(suggestion).map(({ screen }) => screen));
      if (!compiled.ok) throw new Error('wrong screens');
      const patterns = compiled.value.flatMap(({ screen }) =>
        screen.requests.flatMap(({ routes }) => routes),
      );
      const routes = routeTable({ patterns });
      const views = screenViews(compiled.value, routes);
      await readLogs([log], { routes, consume: views.add });
      views.finish();
      for (const { objective, screen } of suggestion.screens) {
        const own = views.minutes().filter((minute) => minute.screen === screen.name);
        const good = own.reduce((sum, minute) => sum + minute.good, 0);
        const total = own.reduce((sum, minute) => sum + minute.total, 0);
        expect(objective?.counts).toEqual({ good, total });
        expect(good * 1_000_000).toBeGreaterThan((objective?.targetPpm ?? Number.NaN) * total);
      }
    }
  });
});

describe('what people waited for', () => {
  it('weighs most, and files weigh little', async () => {
    const suggestion = await suggested(source(siteLog('json', visits({ pages: SHOP, views: 1500 }))));
    const weights = suggestion.screens.map(({ screen }) => [
      screen.name,
      ...screen.requests.map(({ weight }) => weight),
    ]);
    // Of 100, 150 and 50 ms in a row; of 60 and 350; of 130 and 600. What nobody waited for has 1.
    expect(Object.fromEntries(weights.map(([name, ...rest]) => [name, rest]))).toEqual({
      checkout: [2, 8],
      'items-id': [3, 5, 2, 1, 1],
      search: [1, 9, 1],
    });
  });

  it('is not what goes wrong now and then: the slowest hundredth raises no threshold above twice the usual', async () => {
    const random = numbers(9);
    const requests = visits({ pages: SHOP, views: 2400 }).map((request) =>
      random() < 0.03 ? { ...request, durationMs: 9000 } : request,
    );
    const suggestion = await suggested(source(siteLog('ltsv', requests)));
    const price = suggestion.screens
      .flatMap(({ screen }) => screen.requests)
      .find(({ routes }) => routes.includes('GET /api/price/{id}'));
    expect(price?.thresholdMs).toBe(500);
  });
});

describe('logs in several files', () => {
  const requests = visits({ pages: SHOP, views: 1500 });
  const third = Math.ceil(requests.length / 3);
  const parts = [0, 1, 2].map((part) => siteLog('json', requests.slice(part * third, (part + 1) * third)));

  it('are put in the order of their times, however they are named', async () => {
    const [first = '', second = '', last = ''] = parts;
    const suggestion = await suggested(source(last, 'a'), source(first, 'b'), source(second, 'c'));
    expect(suggestion.late).toBe(0);
    expect(foundIn(suggestion)).toEqual(foundIn(await suggested(source(parts.join('')))));
  });

  it('of servers beside each other are put together', async () => {
    const minutes = requests.filter(({ beganMs }) => beganMs < (requests[0]?.beganMs ?? 0) + 600_000);
    const nodes = [0, 1].map((node) =>
      source(
        siteLog(
          'json',
          minutes.filter((_, index) => index % 2 === node),
        ),
        `node-${node}`,
      ),
    );
    const suggestion = await suggested(...nodes);
    expect(suggestion.late).toBe(0);
    expect(foundIn(suggestion)).toEqual(foundIn(await suggested(source(siteLog('json', minutes)))));
  });
});

describe('hostile logs', () => {
  const line = (client: string, path: string, referer: string, agent: string): string =>
    JSON.stringify({
      ...{ time: '2026-11-02T00:00:00.000Z', method: 'GET', status: 200, duration_ms: 5 },
      ...{ remote_addr: client, path, referer, user_agent: agent },
    });

  it('of a scanner leave the shop as it is', async () => {
    const random = numbers(5);
    const word = () => Math.floor(random() * 1e9).toString(36);
    const scan = Array.from({ length: 4000 }, () =>
      line(word(), `/${word()}/${word()}`, `https://shop.example/${word()}`, word()),
    );
    const shop = siteLog('json', visits({ pages: SHOP, views: 1500 }));
    const alone = foundIn(await suggested(source(shop)));
    const both = await suggested(source(`${shop}${scan.join('\n')}\n`));
    expect(foundIn(both)).toEqual(alone);
    expect(both.surveyed.routes.length).toBeLessThanOrEqual(20_000);
  });

  it('whose words are none make no crash, and what is suggested of them can be read', async () => {
    const word = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(word, word, word, async (page, asked, agent) => {
        const lines = Array.from({ length: 120 }, (_, view) => {
          const at = SITE_START_MS + view * 10_000;
          return [`/${page}`, `/api/${asked}`, `/${asked}`].map((path, index) =>
            JSON.stringify({
              ...{ time: new Date(at + index * 50).toISOString(), method: 'GET', status: 200, path },
              ...{ duration_ms: 5, remote_addr: 'me', user_agent: agent },
              referer: index === 0 ? '' : `https://shop.example/${page}`,
            }),
          );
        });
        screensOf(await suggested(source(`${lines.flat().join('\n')}\n`)));
      }),
      { numRuns: 12 },
    );
  });

  it('leave out what no definition can name, such as a file of the root with a hash in its name', async () => {
    const pages: readonly SitePage[] = [
      [
        { request: 'GET /start', fromMs: 20, toMs: 90 },
        { request: 'GET /main.3f2a9c1b.js', fromMs: 5, toMs: 40 },
        { request: 'GET /static/chunk.51c0de77aa.js', fromMs: 5, toMs: 40 },
      ],
    ];
    const [found] = screensOf(await suggested(source(siteLog('json', visits({ pages, views: 300 })))));
    expect(found?.screen.requests.map(({ routes }) => routes)).toEqual([
      ['GET /start'],
      ['GET /static/{file}'],
    ]);
  });
});
