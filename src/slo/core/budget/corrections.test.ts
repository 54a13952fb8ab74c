import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { compare, fraction, minus } from '../objective/fraction.ts';
import { ppm } from '../objective/ppm.ts';
import { eventBudget, timeBudget } from './budget.ts';
import { type Correction, correction, withCorrections } from './corrections.ts';
import { type CountSeries, countSeries, leftOutBetween, sumOf, wholeOf } from './counts.ts';
import { anySeries } from './testing.ts';
import { type EmptySlice, judgeSlices, sliceNumbers } from './time-slices.ts';

const targets = fc.integer({ min: 0, max: 1_000_000 }).map(ppm);
const corrected: fc.Arbitrary<[CountSeries, readonly Correction[]]> = anySeries(60).chain((series) => {
  const edge = fc.integer({ min: series.fromMinute - 5, max: series.toMinute + 5 });
  const span = fc
    .tuple(edge, edge)
    .filter(([a, b]) => a !== b)
    .map(([a, b]) => ({ fromMinute: Math.min(a, b), toMinute: Math.max(a, b), reason: 'maintenance' }));
  return fc.tuple(fc.constant(series), fc.array(span, { maxLength: 4 }));
});

describe('corrections', () => {
  it('never give back more events than were lost in them, however they overlap', () => {
    fc.assert(
      fc.property(corrected, targets, ([series, corrections], target) => {
        const { series: rest, leftOut } = withCorrections(series, corrections);
        const before = eventBudget(wholeOf(series), target);
        const after = eventBudget(wholeOf(rest), target);
        const taken = sumOf(leftOut);
        const gained = minus(after.remaining, before.remaining);
        expect(compare(gained, fraction(taken.total - taken.good))).toBeLessThanOrEqual(0);
        expect(sumOf([wholeOf(rest), taken])).toEqual(wholeOf(series));
      }),
    );
  });

  it('that overlap count once, for the first of them', () => {
    const series = countSeries({ fromMinute: 0, toMinute: 4 }, [
      { minute: 1, good: 0, total: 5 },
      { minute: 2, good: 6, total: 7 },
    ]);
    const { leftOut } = withCorrections(series, [
      { fromMinute: 0, toMinute: 2, reason: 'moved' },
      { fromMinute: 1, toMinute: 4, reason: 'repaired' },
    ]);
    expect(leftOut).toEqual([
      { good: 0, total: 5 },
      { good: 6, total: 7 },
    ]);
  });

  it('never give back more time than was lost', () => {
    const empties = fc.constantFrom<EmptySlice>('good', 'bad', 'not-judged');
    fc.assert(
      fc.property(
        corrected,
        targets,
        targets,
        empties,
        fc.integer({ min: 1, max: 7 }),
        (given, target, sliceTarget, empty, minutes) => {
          const [series, corrections] = given;
          const budgetOf = (counts: CountSeries) => {
            const slices = wholeOf(judgeSlices(counts, { minutes, targetPpm: sliceTarget, empty }));
            return timeBudget({
              slices,
              sliceMinutes: minutes,
              slicesToCome: 0,
              allowance: { kind: 'target', targetPpm: target },
            });
          };
          const before = budgetOf(series);
          const gained = minus(
            budgetOf(withCorrections(series, corrections).series).remaining,
            before.remaining,
          );
          expect(compare(gained, fraction(before.lost))).toBeLessThanOrEqual(0);
        },
      ),
    );
  });

  it('leave out whole slices of maintenance even where empty slices are bad', () => {
    fc.assert(
      fc.property(anySeries(), (series) => {
        const all = withCorrections(series, [{ ...series, reason: 'moved' }]).series;
        const judged = judgeSlices(all, { minutes: 5, targetPpm: ppm(990_000), empty: 'bad' });
        expect(wholeOf(judged)).toEqual({ good: 0, total: 0 });
        expect(leftOutBetween(judged, judged)).toBe(sliceNumbers(judged, judged).leftOut);
      }),
    );
  });
});

test('A correction needs a reason and whole minutes in order', () => {
  const rule = (given: Correction) => {
    const read = correction(given);
    return read.ok ? read.value.reason : read.error.reasons[0].rule;
  };
  expect(rule({ fromMinute: 1, toMinute: 2, reason: ' moved ' })).toBe('moved');
  expect(rule({ fromMinute: 1, toMinute: 2, reason: ' ' })).toBe('correction.no-reason');
  expect(rule({ fromMinute: 2, toMinute: 2, reason: 'moved' })).toBe('correction.empty-span');
  expect(rule({ fromMinute: 1.5, toMinute: 2, reason: 'moved' })).toBe('correction.empty-span');
});
