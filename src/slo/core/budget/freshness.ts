import type { Bounds } from '../objective/time-window.ts';
import { type CountSeries, countSeries, type MinuteCounts } from './counts.ts';

/** At this time data became visible that is complete up to that time, such as the end of a load or the newest row. */
export interface Arrival {
  readonly visibleMs: number;
  readonly completeToMs: number;
}

/**
 * Every minute as one event, good when at its end the data was no older than allowed. Nothing is judged before the first arrival, for
 * nobody knows how old the data was; give arrivals from before the bounds too. Data that arrives late and is older changes nothing.
 */
export function freshnessSeries(
  bounds: Bounds,
  arrivals: readonly Arrival[],
  mostAgeMinutes: number,
): CountSeries {
  const inOrder = arrivals.toSorted((a, b) => a.visibleMs - b.visibleMs);
  const minutes: MinuteCounts[] = [];
  let [next, completeToMs] = [0, Number.NEGATIVE_INFINITY];
  for (let minute = bounds.fromMinute; minute < bounds.toMinute; minute += 1) {
    const endMs = (minute + 1) * 60_000;
    for (
      let arrival = inOrder[next];
      arrival !== undefined && arrival.visibleMs <= endMs;
      arrival = inOrder[next]
    ) {
      completeToMs = Math.max(completeToMs, arrival.completeToMs);
      next += 1;
    }
    if (next === 0) continue;
    minutes.push({ minute, good: endMs - completeToMs <= mostAgeMinutes * 60_000 ? 1 : 0, total: 1 });
  }
  return countSeries(bounds, minutes);
}
