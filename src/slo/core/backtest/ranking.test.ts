import { describe, expect, it } from 'vitest';
import type { Evaluation } from './evaluation.ts';
import { ranked } from './ranking.ts';
import { candidateOf } from './testing.ts';

/** Of four incidents. */
function judged(number: number, hits: number, falsePages: number, median?: number) {
  const evaluation: Evaluation = {
    counts: { good: 0, total: 0 },
    pages: [],
    detections: [],
    recall: { hits, of: 4, low: 0, high: 1 },
    falsePages,
    falsePagesPerWeek: falsePages,
    ...(median !== undefined && { minutesToDetect: { median, most: median } }),
  };
  return {
    number,
    candidate: candidateOf({
      kind: 'requests',
      name: 'x',
      indicator: { kind: 'requests', routes: [], badStatus: [] },
    }),
    evaluation,
  };
}

const order = (...candidates: ReturnType<typeof judged>[]) =>
  ranked(candidates).map(({ number, pareto }) => `${number}${pareto ? '*' : ''}`);

describe('candidates are ranked', () => {
  it('by what they find and how often they cry wolf', () => {
    // F1: 8/8, 8/9, 6/7.
    expect(order(judged(1, 3, 0, 5), judged(2, 4, 1, 5), judged(3, 4, 0, 5))).toEqual(['3*', '2', '1']);
  });

  it('by time to detect where that is the same, then as they were made', () => {
    expect(order(judged(1, 4, 0, 9), judged(2, 4, 0, 3), judged(3, 4, 0, 3))).toEqual(['2*', '3*', '1']);
  });

  it('as one of the best when another is only better in something else', () => {
    expect(order(judged(1, 4, 2, 3), judged(2, 3, 0, 3), judged(3, 3, 0, 2), judged(4, 4, 3, 1))).toEqual([
      '3*',
      '2',
      '1*',
      '4*',
    ]);
  });

  it('also where they find nothing', () => {
    expect(order(judged(1, 0, 1), judged(2, 0, 0), judged(3, 0, 0))).toEqual(['2*', '3*', '1']);
  });
});
