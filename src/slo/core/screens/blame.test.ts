import { describe, expect, it } from 'vitest';
import { compare, fraction } from '../objective/fraction.ts';
import { ppm } from '../objective/ppm.ts';
import { blame } from './blame.ts';
import { viewConfidence } from './confidence.ts';
import { request, START_MS, screenOf, type TestRequest, viewsOf } from './testing.ts';

const ITEM = screenOf(
  [
    request('GET /items/{id}'),
    request('GET /price'),
    request('GET /stock'),
    request('GET /ads', { required: false }),
  ],
  { thresholdMs: 150 },
);
const MINUTE = START_MS / 60_000;
const BOUNDS = { fromMinute: MINUTE, toMinute: MINUTE + 60 };

/** Views one after the other, each with what its price and stock did: a status or, below 100, nothing; and its document's time. */
function log(views: readonly { readonly price: number; readonly stock: number; readonly pageMs?: number }[]) {
  return views.flatMap(({ price, stock, pageMs = 50 }, index): TestRequest[] => {
    const told = { view: `v${index}`, durationMs: 50 };
    const at = index * 1000;
    return [
      { at, line: `GET /items/${index}`, ...told, durationMs: pageMs },
      { at: at + 60, line: 'GET /price', ...told, status: price },
      { at: at + 60, line: 'GET /stock', ...told, status: stock },
    ];
  });
}

describe('blame', () => {
  const views = viewsOf(
    [ITEM],
    log([
      ...Array.from({ length: 90 }, () => ({ price: 200, stock: 200 })),
      ...Array.from({ length: 5 }, () => ({ price: 503, stock: 200 })),
      ...Array.from({ length: 3 }, () => ({ price: 503, stock: 503 })),
      ...[
        { price: 200, stock: 503 },
        { price: 200, stock: 200, pageMs: 700 },
      ],
    ]),
  );
  const given = { screen: ITEM, minutes: views.minutes(), causes: views.causes(), bounds: BOUNDS };
  const found = blame({ ...given, targetPpm: ppm(900_000) });

  it('names who spent the budget alone and who together, and adds up to what was lost', () => {
    expect(found.budget).toMatchObject({ lost: 10, whole: 100, verdict: 'kept' });
    expect(found.requests.map(({ request: place, alone }) => [place, alone])).toEqual([
      [1, 5],
      [0, 1],
      [2, 1],
      [3, 0],
    ]);
    expect(found.shared).toEqual([{ kind: 'together', requests: [1, 2], views: 3 }]);
  });

  it('says what mending a request would give back', () => {
    const [first] = found.requests;
    expect(first).toMatchObject({ givesBack: 5, ofLost: fraction(1, 2), ofAllowed: fraction(1, 2) });
    expect(first?.fixed.lost).toBe(5);
  });

  it('counts the minutes it is asked for', () => {
    const second = { fromMinute: MINUTE + 1, toMinute: MINUTE + 2 };
    expect(blame({ ...given, bounds: second, targetPpm: ppm(900_000) }).budget).toMatchObject({
      lost: 10,
      whole: 40,
    });
  });

  it('says either where each of two would do', () => {
    const tight = { ...ITEM, requests: [request('GET /items/{id}'), request('GET /price', { after: 0 })] };
    const bad = viewsOf(
      [tight],
      [
        { at: 0, line: 'GET /items/1', view: 'a', durationMs: 100 },
        { at: 100, line: 'GET /price', view: 'a', durationMs: 100 },
      ],
    );
    const either = blame({
      ...{ screen: tight, minutes: bad.minutes(), causes: bad.causes(), bounds: BOUNDS },
      targetPpm: ppm(1_000_000),
    });
    expect(either.shared).toEqual([{ kind: 'either', requests: [0, 1], views: 1 }]);
    expect(either.requests.map(({ alone, givesBack, ofAllowed }) => [alone, givesBack, ofAllowed])).toEqual([
      [0, 1, undefined],
      [0, 1, undefined],
    ]);
  });

  it('comes with how sure the views are', () => {
    expect(viewConfidence(views.minutes())).toMatchObject({
      views: 100,
      sure: fraction(1),
      incomplete: fraction(0),
    });
    const client = { client: 'a', userAgent: 'b' };
    const some = viewsOf(
      [ITEM],
      [
        { at: 0, line: 'GET /items/1', ...client },
        { at: 10, line: 'GET /price', ...client },
        { at: 90_000, line: 'GET /items/1', ...client },
      ],
    );
    const { shares, sure, unmeasured } = viewConfidence(some.minutes());
    expect([shares?.client, shares?.alone, sure, unmeasured]).toEqual([
      ...[fraction(1, 2), fraction(1, 2), fraction(1, 2)],
      fraction(1),
    ]);
    expect(viewConfidence([])).not.toHaveProperty('sure');
    expect(compare(found.budget.remaining, fraction(0))).toBe(0);
  });
});
