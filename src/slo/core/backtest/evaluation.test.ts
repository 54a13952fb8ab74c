import { describe, expect, it } from 'vitest';
import { epochMs } from '#core-values';
import { countSeries } from '../budget/counts.ts';
import { toNumber } from '../objective/fraction.ts';
import { ppm } from '../objective/ppm.ts';
import { type Objective, objectiveStatus } from '../status/status.ts';
import { evaluation } from './evaluation.ts';
import { type Incident, matchPages, TOLERANCE } from './incident.ts';
import { paged } from './testing.ts';

const span = (fromMinute: number, toMinute: number) => ({ fromMinute, toMinute });
const incident = (fromMinute: number, toMinute: number): Incident => ({ title: 'x', fromMinute, toMinute });
const tolerance = { graceMinutes: 30, leadMinutes: 10 };

describe('a page belongs to an incident', () => {
  it.each([
    ['that it fires in', span(105, 110), 'told'],
    ['in whose first minute it fires last', span(95, 101), 'told'],
    ['that began after it ended', span(95, 100), 'false'],
    ['that ended just within the grace before', span(149, 150), 'told'],
    ['whose grace is over', span(150, 160), 'false'],
    ['when it began within the lead before', span(90, 130), 'told'],
    ['that began so long after it that it was sent for something else', span(89, 130), 'false'],
  ])('%s', (_, page, kind) => {
    const matched = matchPages([incident(100, 120)], [page], tolerance);
    expect(matched).toEqual({ detectedBy: [kind === 'told' ? 0 : -1], pages: [kind] });
  });

  it('once, however often it comes again', () => {
    const matched = matchPages(
      [incident(100, 120)],
      [span(101, 103), span(106, 108), span(140, 141)],
      tolerance,
    );
    expect(matched).toEqual({ detectedBy: [0], pages: ['told', 'again', 'again'] });
  });

  it('as one page of two incidents, and as a new one for the incident that no page told of', () => {
    expect(matchPages([incident(100, 120), incident(105, 130)], [span(106, 150)], tolerance)).toEqual({
      detectedBy: [0, 0],
      pages: ['told'],
    });
    expect(
      matchPages([incident(100, 104), incident(105, 130)], [span(101, 110), span(112, 120)], tolerance),
    ).toEqual({ detectedBy: [0, 0], pages: ['told', 'again'] });
    expect(
      matchPages([incident(100, 104), incident(125, 130)], [span(101, 110), span(120, 140)], tolerance),
    ).toEqual({ detectedBy: [0, 1], pages: ['told', 'told'] });
  });
});

/** Four weeks of ten events a minute, all of which are bad in these minutes. */
const fourWeeks = (...bad: readonly [number, number][]) =>
  countSeries(
    span(0, 4 * 10_080),
    Array.from({ length: 4 * 10_080 }, (_, minute) => ({
      minute,
      good: bad.some(([from, to]) => minute >= from && minute < to) ? 0 : 10,
      total: 10,
    })),
  );

describe('four weeks with two outages and one that nobody wrote down', () => {
  // 99 %, paging above 10 × 1 % in the last 60 and 5 minutes: an outage of 5 minutes is never seen.
  const objective = paged(990_000, 10, 60, 5);
  const series = fourWeeks([1000, 1030], [5000, 5005], [20_000, 20_020]);
  const judged = evaluation(objective, series, [incident(998, 1030), incident(5000, 5005)], TOLERANCE);

  it('has a page for each outage that lasts, from the minute after it burned enough', () => {
    // 7 of 60 minutes are above 10 %, but 70 of 600 events make it probable by 91 % only; 8 do. It ends when 5 minutes are good.
    expect(judged.pages).toEqual([
      { fromMinute: 1008, toMinute: 1035, kind: 'told' },
      { fromMinute: 20_008, toMinute: 20_025, kind: 'false' },
    ]);
  });

  it('counts one of two incidents, one of two pages, and a false page in four weeks', () => {
    expect(judged.recall).toMatchObject({ hits: 1, of: 2 });
    expect(judged.precision).toMatchObject({ hits: 1, of: 2 });
    expect(judged.falsePagesPerWeek).toBe(0.25);
    expect(judged.minutesToDetect).toEqual({ median: 10, most: 10 });
    expect(judged.counts).toEqual({ good: 403_200 - 550, total: 403_200 });
  });

  it('says how little two incidents prove', () => {
    // Clopper and Pearson for 1 of 2, R's binom.test(1, 2).
    expect(judged.recall?.low).toBeCloseTo(0.012579, 6);
    expect(judged.recall?.high).toBeCloseTo(0.987421, 6);
  });

  it('tells the budget at detection as if the time before the log had been as busy, and good', () => {
    // 80 of 10 × 43,200 × 1 % were lost when minute 1008 began.
    expect(judged.detections).toEqual([
      { atMinute: 1008, minutesToDetect: 10, budgetLeft: expect.closeTo(1 - 80 / 4320, 12) },
      undefined,
    ]);
  });

  it('tells no share where there is nothing to share', () => {
    const quiet = evaluation(objective, fourWeeks(), [], TOLERANCE);
    expect(quiet).toMatchObject({ pages: [], falsePages: 0, falsePagesPerWeek: 0 });
    expect([quiet.precision, quiet.recall, quiet.minutesToDetect, quiet.budgetLeftAtDetection]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('merges pages of several alerts that fire at once', () => {
    const slow = paged(990_000, 2, 360, 30).alerts;
    const both = { ...objective, alerts: [...objective.alerts, ...slow] };
    const merged = evaluation(both, fourWeeks([1000, 1030]), [incident(1000, 1030)], TOLERANCE);
    expect(merged.pages).toHaveLength(1);
    expect(merged.pages[0]).toMatchObject({ fromMinute: 1008, kind: 'told' });
    expect(merged.pages[0]?.toMinute).toBeGreaterThan(1035);
  });

  it('does not page for tickets', () => {
    const [alert] = objective.alerts;
    const tickets = {
      ...objective,
      alerts: alert === undefined ? [] : [{ ...alert, severity: 'ticket' as const }],
    };
    expect(evaluation(tickets, series, [incident(998, 1030)], TOLERANCE).pages).toEqual([]);
  });
});

describe('the budget at detection', () => {
  const isSame = (objective: Objective, atMinute: number) => {
    const series = fourWeeks([30_000, 30_100]);
    const judged = evaluation(objective, series, [incident(30_000, 30_100)], TOLERANCE);
    const status = objectiveStatus(objective, series, epochMs(atMinute * 60_000));
    expect(judged.detections[0]?.atMinute).toBe(atMinute);
    expect(judged.detections[0]?.budgetLeft).toBeCloseTo(
      1 - toNumber(status.budget.spent ?? { numerator: 9n, denominator: 1n }),
      12,
    );
  };

  it('is what the status said at that minute, where the window lies within the history', () => {
    isSame({ ...paged(990_000, 10, 60, 5), window: { kind: 'rolling', minutes: 10_080 } }, 30_008);
    const week = {
      kind: 'calendar',
      every: { unit: 'week', count: 1 },
      anchor: '1970-01-05T00:00',
      timeZone: 'Asia/Tokyo',
    } as const;
    isSame({ ...paged(990_000, 10, 60, 5), window: week }, 30_008);
    const slices = { minutes: 5, targetPpm: ppm(900_000), empty: 'bad' } as const;
    // Slices end on multiples of five: two bad ones of twelve are above 10 %.
    const alerts = paged(990_000, 10, 60, 5).alerts.map((alert) => ({ ...alert, gated: false }));
    isSame({ ...paged(990_000, 10, 60, 5), window: week, slices, alerts }, 30_010);
  });
});
