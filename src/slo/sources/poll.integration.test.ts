import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { epochMs, err, ok, problem, text } from '#core-values';
import { inTransaction } from '#platform';
import { type TestDatabase, testDatabase } from '#platform/testing';
import type { Bounds, Slo } from '../core/index.ts';
import type { SloEvent } from '../room.ts';
import { readCounts } from '../store/counts.ts';
import { pollSources } from './poll.ts';
import type { PolledSource } from './source.ts';
import { BEGIN } from './testing/contract.ts';
import { eventsSlo, slosOf } from './testing/slos.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const NO_ODDITIES = { notNumbers: 0, negative: 0, fallen: 0, beyondTotal: 0 };
const query = '{ metricSource: { type: Prometheus, spec: { query: x } } }';
const slos = slosOf(eventsSlo(`{ ratioMetric: { bad: ${query}, total: ${query} } }`));
const DAY = 24 * 60;
let nowMinute = 0;
let asked: Bounds[] = [];
let told: SloEvent[] = [];
let memory = new Map<string, string>();
let isDown = false;
let goods = 7;
const source: PolledSource = {
  ...{ name: 'main', kind: 'prometheus', settleMinutes: 10, mostMinutes: 7 * DAY },
  read: async (of, bounds) => {
    asked.push(bounds);
    const minutes = Array.from({ length: bounds.toMinute - bounds.fromMinute }, (_, index) => ({
      ...{ minute: bounds.fromMinute + index, good: goods, total: 10 },
    }));
    const down = problem('outside-failed', {
      rule: 'slo.down',
      message: text('down', '停止'),
      remedy: text('wait', '待つ'),
    });
    return new Map(of.map((slo) => [slo, isDown ? err(down) : ok({ minutes, odd: NO_ODDITIES })]));
  },
};
const poll = (given: readonly Slo[] = slos, sources: readonly PolledSource[] = [source]) =>
  pollSources(
    {
      db: database.db,
      inTransaction: (work) => inTransaction(database.db, work),
      clock: { now: () => epochMs(nowMinute * 60_000 + 45_000) },
      definitions: () => ({
        definitions: { services: [], dataSources: [], screens: [], slos: given },
        digest: '',
      }),
      report: (event) => told.push(event),
      told: memory,
    },
    sources,
  );
const counted = (fromMinute: number, toMinute: number) =>
  readCounts(database.db, { series: { kind: 'slo', name: 'checkout' }, fromMinute, toMinute });

beforeEach(() => {
  [asked, told, memory] = [[], [], new Map()];
});

test('Everything that the windows need is read at first, then what is new and what may have changed, from the begin of an hour', async () => {
  nowMinute = BEGIN + 30;
  await poll();
  expect(asked[0]?.fromMinute).toBeLessThanOrEqual(BEGIN - 28 * DAY);
  expect(asked.at(-1)?.toMinute).toBe(BEGIN + 30);
  expect(
    asked.every(({ fromMinute, toMinute }) => toMinute - fromMinute <= 7 * DAY && fromMinute % 60 === 0),
  ).toBe(true);
  expect((await counted(BEGIN, BEGIN + 60)).minute).toHaveLength(30);
  asked = [];
  [nowMinute, goods] = [BEGIN + 65, 8];
  await poll();
  expect(asked).toEqual([{ fromMinute: BEGIN, toMinute: BEGIN + 65 }]);
  expect((await counted(BEGIN - 1, BEGIN + 60)).good).toEqual([7, ...Array.from({ length: 60 }, () => 8)]);
});

test('An outage is told and takes nothing away; afterwards all of it is read', async () => {
  [isDown, nowMinute] = [true, BEGIN + 300];
  await poll();
  await poll();
  expect(told).toEqual([{ kind: 'source-failed', about: 'checkout', why: 'down' }]);
  expect((await counted(BEGIN, BEGIN + 300)).minute).toHaveLength(65);
  isDown = false;
  asked = [];
  await poll();
  expect(asked).toEqual([{ fromMinute: BEGIN, toMinute: BEGIN + 300 }]);
  expect((await counted(BEGIN, BEGIN + 300)).minute).toHaveLength(300);
});

test('An SLO whose system nobody named, or that two could be, is told so', async () => {
  await poll(slos, []);
  memory.clear();
  await poll(slos, [source, { ...source, name: 'other' }]);
  expect(told.map(({ about, why }) => [about, why?.slice(0, 29)])).toEqual([
    ['checkout', 'Nobody can be asked for check'],
    ['checkout', 'Nobody can be asked for check'],
  ]);
  expect(asked).toEqual([]);
});
