import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { countsBetween, wholeOf } from './counts.ts';
import { freshnessSeries } from './freshness.ts';

const at = (minute: number) => minute * 60_000;

test('Data is fresh until it is older than allowed, and stale until newer data is there', () => {
  // Complete to the minute 8, visible from the minute 10; the next load comes late.
  const arrivals = [
    { visibleMs: at(10), completeToMs: at(8) },
    { visibleMs: at(20), completeToMs: at(19) },
  ];
  const series = freshnessSeries({ fromMinute: 5, toMinute: 25 }, arrivals, 5);
  const verdicts = Array.from({ length: 20 }, (_, index) => {
    const { good, total } = countsBetween(series, { fromMinute: 5 + index, toMinute: 6 + index });
    return total === 0 ? '.' : good === 1 ? 'g' : 'b';
  });
  expect(verdicts.join('')).toBe('....ggggbbbbbbgggggb');
});

const arrival = fc
  .record({ visible: fc.nat(120_000), lag: fc.nat(60_000) })
  .map(({ visible, lag }) => ({ visibleMs: visible * 60, completeToMs: (visible - lag) * 60 }));

it('agrees with looking at every minute by itself, in any order of arrival', () => {
  fc.assert(
    fc.property(fc.array(arrival, { maxLength: 12 }), fc.nat(40), (arrivals, mostAge) => {
      const bounds = { fromMinute: 0, toMinute: 120 };
      const series = freshnessSeries(bounds, arrivals, mostAge);
      for (let minute = 0; minute < 120; minute += 1) {
        const visible = arrivals.filter(({ visibleMs }) => visibleMs <= at(minute + 1));
        const age = at(minute + 1) - Math.max(...visible.map(({ completeToMs }) => completeToMs));
        const expected =
          visible.length === 0 ? { good: 0, total: 0 } : { good: age <= at(mostAge) ? 1 : 0, total: 1 };
        expect(countsBetween(series, { fromMinute: minute, toMinute: minute + 1 })).toEqual(expected);
      }
      expect(wholeOf(freshnessSeries(bounds, arrivals.toReversed(), mostAge))).toEqual(wholeOf(series));
    }),
  );
});
