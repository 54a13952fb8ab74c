import fc from 'fast-check';
import { type CountSeries, countSeries } from './counts.ts';

/** Minutes with counts: empty, small, all bad and all good ones are all likely. */
const minute = fc.oneof(
  fc.constant({ good: 0, total: 0 }),
  fc.tuple(fc.nat(20), fc.nat(20)).map(([good, bad]) => ({ good, total: good + bad })),
  fc.nat(1000).map((bad) => ({ good: 0, total: bad })),
  fc.nat(1_000_000).map((good) => ({ good, total: good })),
);

/** Series of up to so many minutes, beginning at any minute. */
export const anySeries = (most = 200): fc.Arbitrary<CountSeries> =>
  fc
    .tuple(fc.integer({ min: 0, max: 30_000_000 }), fc.array(minute, { minLength: 1, maxLength: most }))
    .map(([fromMinute, minutes]) =>
      countSeries(
        { fromMinute, toMinute: fromMinute + minutes.length },
        minutes.map((counts, index) => ({ minute: fromMinute + index, ...counts })),
      ),
    );

/** Cuts a series into parts that tile it. */
export const withCuts = (series: CountSeries) =>
  fc
    .array(fc.integer({ min: series.fromMinute, max: series.toMinute }), { maxLength: 6 })
    .map((cuts) => [series.fromMinute, ...cuts.toSorted((a, b) => a - b), series.toMinute])
    .map((edges) => edges.slice(1).map((toMinute, index) => ({ fromMinute: edges[index] ?? 0, toMinute })));
