import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RequestBatch, routeTable } from '#slo/core';
import { mergeLogs } from './merge-logs.ts';
import type { LogSource } from './read-logs.ts';

const START_MS = Date.UTC(2026, 10, 2);
const ALL = { fromMs: 0, toMs: Number.POSITIVE_INFINITY };

const line = (atMs: number, path = '/'): string => {
  const time = new Date(atMs).toISOString();
  return `{"time":"${time}","method":"GET","path":"${path}","status":200,"duration_ms":0,"note":"a \\"quote\\""}\n`;
};

const source = (name: string, times: readonly number[], packed = false, once = false): LogSource => {
  const bytes = Buffer.from(times.map((atMs) => line(atMs, `/${name}`)).join(''));
  const content = packed ? gzipSync(bytes) : bytes;
  return {
    name,
    open: async function* () {
      yield content;
    },
    ...(once ? {} : { head: async (most) => content.subarray(0, most) }),
  };
};

async function merged(sources: readonly LogSource[], range = ALL) {
  const routes = routeTable();
  const given: (readonly [ms: number, path: string])[] = [];
  const report = await mergeLogs(sources, {
    ...{ routes, ...range },
    consume: (batch: RequestBatch) => {
      for (let row = 0; row < batch.count; row += 1)
        given.push([batch.beganMs[row] ?? 0, routes.route(batch.route[row] ?? 0).pattern]);
    },
  });
  return { given, report };
}

/** The furthest that a request came behind one that began later. */
function mostBehindMs(given: readonly (readonly [number, string])[]): number {
  let [newest, behind] = [Number.NEGATIVE_INFINITY, 0];
  for (const [ms] of given) {
    newest = Math.max(newest, ms);
    behind = Math.max(behind, newest - ms);
  }
  return behind;
}

const every = (fromS: number, stepS: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => START_MS + (fromS + index * stepS) * 1000);

describe('logs that tell of the same time', () => {
  it('are given by time, however long each of them is, and every request once', async () => {
    const whole = fc.record({
      fromS: fc.integer({ min: 0, max: 50_000 }),
      stepS: fc.integer({ min: 1, max: 60 }),
      count: fc.integer({ min: 0, max: 400 }),
      packed: fc.boolean(),
      once: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(whole, { minLength: 1, maxLength: 6 }), async (logs) => {
        const sources = logs.map(({ fromS, stepS, count, packed, once }, index) =>
          source(`log${'abcdef'[index]}`, every(fromS, stepS, count), packed, once),
        );
        const { given, report } = await merged(sources);
        const times = logs.flatMap(({ fromS, stepS, count }) => every(fromS, stepS, count));
        expect(given.map(([ms]) => ms).toSorted((a, b) => a - b)).toEqual(times.toSorted((a, b) => a - b));
        expect(mostBehindMs(given)).toBeLessThanOrEqual(10_000);
        expect(report.logs.map(({ name }) => name)).toEqual(sources.map(({ name }) => name));
        expect(report.logs.map(({ counts }) => counts.requests)).toEqual(logs.map(({ count }) => count));
      }),
      { numRuns: 60 },
    );
  });

  it('keep their texts when they wait for the others', async () => {
    const { given } = await merged([source('a', every(0, 2, 5000)), source('b', every(1, 2, 5000))]);
    expect(given).toHaveLength(10_000);
    for (const [ms, path] of given) expect(path).toBe((ms - START_MS) % 2000 === 0 ? '/a' : '/b');
  });

  it('are not all open at once where they follow each other', async () => {
    let [open, most] = [0, 0];
    const sources = Array.from({ length: 60 }, (_, index) => {
      const one = source(`l${index}`, every(index * 300, 1, 300));
      return {
        ...one,
        open: async function* () {
          open += 1;
          most = Math.max(most, open);
          yield* one.open();
          open -= 1;
        },
      };
    });
    const { given } = await merged(sources.toReversed());
    expect(given).toHaveLength(18_000);
    expect(most).toBeLessThanOrEqual(3);
  });

  it('wait for no line of the far future, which is only counted', async () => {
    const far = Date.UTC(2090, 0, 1);
    const late = source('a', [START_MS, far, ...every(1, 1, 100)]);
    const { given, report } = await merged([late, source('b', every(0, 1, 100))], {
      fromMs: START_MS + 500,
      toMs: START_MS + 1_000_000,
    });
    expect([report.before, report.after, given.length]).toEqual([2, 1, 199]);
    expect(mostBehindMs(given)).toBeLessThanOrEqual(10_000);
  });

  it('are told when one looks like a copy of the other', async () => {
    const { report } = await merged([
      source('access', every(0, 1, 50)),
      { ...source('access', every(0, 1, 50), true), name: 'access.gz' },
      source('other', every(0, 1, 50)),
    ]);
    expect(report.twins).toEqual([['access', 'access.gz']]);
  });

  it('are read although one of them is damaged, and that one is told', async () => {
    const broken: LogSource = {
      name: 'broken',
      open: async function* () {
        yield gzipSync('x').subarray(0, 12);
      },
      head: async () => gzipSync('x').subarray(0, 12),
    };
    const { given, report } = await merged([broken, source('b', every(0, 1, 10))]);
    expect(given).toHaveLength(10);
    expect(report.logs[0]?.problem).toBeDefined();
  });
});
