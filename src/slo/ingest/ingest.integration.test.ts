import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { epochMs } from '#core-values';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { countSeriesOfColumns, wholeOf } from '../core/budget/counts.ts';
import { routeTable } from '../core/routes/route-table.ts';
import { screenViews } from '../core/screens/screen-views.ts';
import { requestJudges } from '../core/spool/judge.ts';
import { readLogs } from '../logs/read-logs.ts';
import { readCounts } from '../store/counts.ts';
import { readCauses, readRoutes, readScreenSums } from '../store/judged.ts';
import { forgetOldRequests } from './forget.ts';
import { requestIntake } from './intake.ts';
import { judgeDue } from './judge.ts';
import { localLogs } from './local-files.ts';
import { readSource } from './read-log.ts';
import { allCounts } from './testing/all-counts.ts';
import { SHOP_START_MS, shopDefinitions, shopLines, shopRoom } from './testing/shop-logs.ts';

const LINES = shopLines(250);
const BOUNDS = { fromMinute: SHOP_START_MS / 60_000, toMinute: SHOP_START_MS / 60_000 + 120 };
const scratch = mkdtempSync(join(tmpdir(), 'sekisho-ingest-'));
afterAll(() => rmSync(scratch, { recursive: true }));

let database: TestDatabase;
let folder: string;
let room: ReturnType<typeof shopRoom>;
beforeEach(async () => {
  database = await testDatabase();
  folder = mkdtempSync(join(scratch, 'logs-'));
  room = shopRoom(database.db);
});
afterEach(() => database.close());

const write = (name: string, lines: readonly string[]) =>
  writeFileSync(join(folder, name), lines.map((line) => `${line}\n`).join(''));
const LATER_MS = 120_000;
const read = (pieceBytes = 4000, nowMs = Date.now() + LATER_MS) =>
  readSource(room, { name: 'shop' }, localLogs([folder], nowMs), { pieceBytes });
const judged = async () => {
  await judgeDue(room);
  return allCounts(database.db);
};
const linesTaken = async () =>
  (await sql<{ lines: string }>`SELECT sum(lines)::text AS lines FROM slo_sources`.execute(database.db))
    .rows[0]?.lines;

/** What one undisturbed reading of everything counts; read once. */
const undisturbed = (async () => {
  const own = await testDatabase();
  const alone = shopRoom(own.db);
  const at = mkdtempSync(join(scratch, 'whole-'));
  writeFileSync(join(at, 'access.log'), LINES.map((line) => `${line}\n`).join(''));
  await readSource(alone, { name: 'shop' }, localLogs([at], Date.now() + LATER_MS));
  await judgeDue(alone);
  const counts = await allCounts(own.db);
  await own.close();
  return counts;
})();

describe('what is counted of logs', () => {
  test('is what a report of the same logs says', async () => {
    write('access.log', LINES);
    await read();
    await judgeDue(room);
    const { screens, patterns } = requestJudges(shopDefinitions().definitions);
    const routes = routeTable({ patterns });
    const views = screenViews(screens, routes);
    const source = {
      name: 'whole',
      open: async function* () {
        yield Buffer.from(LINES.map((line) => `${line}\n`).join(''));
      },
    };
    await readLogs([source], { routes, consume: (batch) => views.add(batch) });
    views.finish();
    const sum = (of: (minute: ReturnType<typeof views.minutes>[number]) => number) =>
      views.minutes().reduce((all, minute) => all + of(minute), 0);
    const expected = { good: sum(({ good }) => good), total: sum(({ total }) => total) };
    expect(expected.total).toBe(250);
    for (const series of [
      { kind: 'screen', name: 'item' },
      { kind: 'slo', name: 'item-screen' },
    ] as const)
      expect(
        wholeOf(countSeriesOfColumns(BOUNDS, await readCounts(database.db, { series, ...BOUNDS }))),
      ).toEqual(expected);
    const sums = await readScreenSums(database.db, { screen: 'item', ...BOUNDS });
    expect(sums).toMatchObject({
      total: 250,
      sure: sum(({ sure }) => sure),
      incomplete: sum(({ incomplete }) => incomplete),
    });
    const causes = await readCauses(database.db, { screen: 'item', ...BOUNDS });
    expect(causes.reduce((all, { views: bad }) => all + bad, 0)).toBe(expected.total - expected.good);
    const known = await readRoutes(database.db, { routes: ['GET /items/{id}', 'GET /api/price'], ...BOUNDS });
    expect(known.get('GET /items/{id}')?.total).toBe(250);
    expect(await allCounts(database.db)).toEqual(await undisturbed);
  });

  test('is the same for any parting into files, in any order, with repeats, restarts and judging in between', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(LINES.length), { maxLength: 4 }), fc.nat(1000), async (cuts, salt) => {
        const own = await testDatabase();
        const again = shopRoom(own.db);
        const at = mkdtempSync(join(scratch, 'parted-'));
        const ends = [0, ...cuts.toSorted((a, b) => a - b), LINES.length];
        const parts = ends
          .slice(1)
          .map((end, index) => LINES.slice(ends[index], end))
          .filter(({ length }) => length > 0);
        const order = parts.map((lines, index) => ({
          lines,
          name: `${(index * 7919 + salt) % 13}-${index}`,
        }));
        for (const [index, { lines, name }] of order
          .toSorted((a, b) => (a.name < b.name ? -1 : 1))
          .entries()) {
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
          mkdirSync(join(at, name));
          if (index % 3 === 0) writeFileSync(join(at, name, 'a.gz'), gzipSync(bytes));
          else writeFileSync(join(at, name, 'a.log'), bytes);
          if (index % 2 === 0) writeFileSync(join(at, name, 'again.zst'), zstdCompressSync(bytes));
          await readSource(again, { name: 'shop' }, localLogs([at], Date.now() + LATER_MS), {
            pieceBytes: 1000 + salt,
          });
          if (salt % 2 === 0) await judgeDue(again);
        }
        await judgeDue(again);
        expect(await allCounts(own.db)).toEqual(await undisturbed);
        await own.close();
      }),
      { numRuns: 6, endOnFailure: true },
    );
  });
});

describe('a log', () => {
  test('that grows, is rotated, packed and copied back counts once', async () => {
    const live = join(folder, 'access.log');
    write('access.log', LINES.slice(0, 3));
    await read();
    appendFileSync(live, LINES[3]?.slice(0, 20) ?? '');
    await read();
    expect(await linesTaken()).toBe('3');
    appendFileSync(live, `${LINES[3]?.slice(20)}\n${LINES.slice(4, 300).join('\n')}\n`);
    await read();
    renameSync(live, join(folder, 'access.log.1'));
    write('access.log', LINES.slice(300, 310));
    await read();
    const first = Buffer.from(`${LINES.slice(0, 300).join('\n')}\n`);
    writeFileSync(join(folder, 'access.log.2.gz'), gzipSync(first));
    rmSync(join(folder, 'access.log.1'));
    await read();
    appendFileSync(live, `${LINES.slice(310).join('\n')}\n`);
    await read();
    expect(await judged()).toEqual(await undisturbed);
  });

  test('that is copied and truncated counts once, also while the copy is being written', async () => {
    const live = join(folder, 'access.log');
    const head = `${LINES.slice(0, 200).join('\n')}\n`;
    write('access.log', LINES.slice(0, 200));
    await read();
    for (const share of [0.01, 0.3, 0.99]) {
      writeFileSync(join(folder, 'access.log.1'), head.slice(0, Math.floor(head.length * share)));
      await read(4000, Date.now());
    }
    copyFileSync(live, join(folder, 'access.log.1'));
    truncateSync(live);
    await read();
    appendFileSync(live, `${LINES.slice(200).join('\n')}\n`);
    await read();
    expect(await judged()).toEqual(await undisturbed);
  });

  test('whose packed file is damaged gives its whole lines, and the rest once it is whole', async () => {
    const whole = gzipSync(LINES.map((line) => `${line}\n`).join(''));
    writeFileSync(join(folder, 'access.gz'), whole.subarray(0, Math.floor(whole.length * 0.7)));
    await read();
    const { rows } = await sql<{ rule: string }>`
      SELECT problem->'reasons'->0->>'rule' AS rule FROM slo_log_places`.execute(database.db);
    expect(rows).toEqual([{ rule: 'slo.log-cut-off' }]);
    expect(Number(await linesTaken())).toBeGreaterThan(100);
    writeFileSync(join(folder, 'access.gz'), whole);
    await read();
    expect(await judged()).toEqual(await undisturbed);
  });

  test('tells its lines that are no requests with their number, without addresses, and never twice', async () => {
    write('access.log', [
      ...LINES.slice(0, 30),
      '{"client":"192.0.2.1","mail":"a@b.example"}',
      ...LINES.slice(30, 60),
      'no',
    ]);
    await read();
    await read();
    const { rows } = await sql<{ fault: string; lines: number; kept: unknown }>`
      SELECT fault, lines, kept FROM slo_unparsed ORDER BY fault`.execute(database.db);
    expect(rows.map(({ lines }) => lines)).toEqual([1, 1]);
    expect(JSON.stringify(rows)).toContain('"line":31');
    expect(JSON.stringify(rows)).toContain('"line":62');
    expect(JSON.stringify(rows)).not.toMatch(/192\.0\.2|a@b/);
  });

  test('that comes after its requests were forgotten changes no count, and is shown as too late', async () => {
    write('access.log', LINES.slice(0, 400));
    await read();
    const before = await judged();
    room.clock.set(epochMs(SHOP_START_MS + 5 * 86_400_000));
    await forgetOldRequests(room);
    write('late.log', LINES.slice(400));
    await read();
    await judgeDue(room);
    const { rows } = await sql<{ late: number }>`SELECT too_late AS late FROM slo_sources`.execute(
      database.db,
    );
    expect(rows).toEqual([{ late: LINES.length - 400 }]);
    expect(await allCounts(database.db)).toMatchObject({
      counts: (before as { counts: unknown }).counts,
      spooled: [],
    });
  });
});

describe('what is judged', () => {
  test('is judged again when definitions change, as far as requests are kept', async () => {
    write('access.log', LINES);
    await read();
    await judgeDue(room);
    const other = shopDefinitions(`apiVersion: openslo/v1
kind: SLO
metadata: { name: all }
spec:
  service: shop
  budgetingMethod: Occurrences
  timeWindow: [{ duration: 28d, isRolling: true }]
  objectives: [{ target: 0.99 }]
  indicator:
    metadata: { name: all }
    spec:
      ratioMetric:
        counter: true
        bad: { metricSource: { type: access-log, spec: { status: [5xx] } } }
        total: { metricSource: { type: access-log, spec: {} } }
`);
    expect(await judgeDue({ ...room, definitions: () => other })).toBeGreaterThan(0);
    const series = { kind: 'slo', name: 'all' } as const;
    const { total } = wholeOf(
      countSeriesOfColumns(BOUNDS, await readCounts(database.db, { series, ...BOUNDS })),
    );
    expect(total).toBe(LINES.length);
    expect(await judgeDue({ ...room, definitions: () => other })).toBe(0);
  });

  test('is nothing that is younger than lines may be late', async () => {
    write('access.log', LINES);
    await read();
    const counted = async (afterMinutes: number) => {
      room.clock.set(epochMs(SHOP_START_MS + afterMinutes * 60_000));
      await judgeDue(room);
      const { minute } = await readCounts(database.db, { series: { kind: 'slo', name: 'api' }, ...BOUNDS });
      return Math.max(0, ...Array.from(minute)) - BOUNDS.fromMinute;
    };
    expect(await counted(10)).toBe(5);
    expect(await counted(13)).toBe(8);
  });
});

describe('requests that are handed in', () => {
  test('count once by delivery, and once by their own id', async () => {
    const intake = requestIntake(room);
    const at = (beganMs: number, id?: string) => ({
      ...{
        beganMs: SHOP_START_MS + 600_000 + beganMs,
        status: 200,
        durationMs: 10,
        method: 'GET',
        path: '/api/price',
      },
      ...(id !== undefined && { id }),
    });
    const taken = [
      await intake.take({ source: 'otlp', deliveryId: 'one', requests: [at(0, 'a'), at(1)] }),
      await intake.take({ source: 'otlp', deliveryId: 'one', requests: [at(0, 'a'), at(1)] }),
      await intake.take({ source: 'otlp', deliveryId: 'two', requests: [at(0, 'a'), at(2, 'b')] }),
    ];
    expect(taken.map((one) => one.ok && one.value)).toEqual(['taken', 'repeated', 'taken']);
    await judgeDue(room);
    const series = { kind: 'slo', name: 'api' } as const;
    expect(await readCounts(database.db, { series, ...BOUNDS })).toMatchObject({ good: [3], total: [3] });
  });
});
