import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare, fraction } from '../objective/fraction.ts';
import { ppm } from '../objective/ppm.ts';
import { jointFix, singleFixes } from './cause.ts';
import { isGood, viewRequests, viewScore } from './score.ts';
import { compileScreens, isFailure, type Screen } from './screen.ts';
import { compiledOne, request, screenOf } from './testing.ts';

/** Document, then the price; the stock beside them, reviews optional after the price. Weights 4, 3, 2, 1. */
const ITEM = compiledOne(
  screenOf([
    request('GET /items/{id}', { weight: 4 }),
    request('GET /api/price', { weight: 3, after: 0 }),
    request('GET /api/stock', { weight: 2, thresholdMs: 200 }),
    request('GET /api/reviews', { weight: 1, required: false, after: 1 }),
  ]),
);
/** Document and price are in time, but not one after the other. */
const TIGHT = compiledOne({ ...ITEM.screen, thresholdMs: 150 });
const at = (timeMs: number) => ({ timeMs });
const failed = (timeMs: number) => ({ timeMs, failed: true });

describe('the score of a view', () => {
  it.each([
    ['all in time', [at(100), at(100), at(200), at(100)], [1, 1]],
    ['the price a little slow: half of 3 in 10 is lost', [at(100), at(400), at(200), at(100)], [17, 20]],
    ['the price too slow: 3 in 10 are lost', [at(100), at(401), at(200), at(100)], [7, 10]],
    ['reviews failed: 1 in 10', [at(1), at(1), at(1), failed(1)], [9, 10]],
    ['reviews never asked for have no weight', [at(1), at(1), at(1), undefined], [1, 1]],
    ['stock failed, and is required', [at(1), at(1), failed(1), at(1)], [0, 1]],
    ['stock missing, and is required', [at(1), at(1), undefined, at(1)], [0, 1]],
    [
      'one after the other they end after 1.001 s, though each earns a half',
      [at(601), at(400), at(1), at(1)],
      [9, 20],
    ],
    ['reviews may end late: nobody has to wait for them', [at(1), at(1), at(1), at(9000)], [9, 10]],
    ['4.001 s are worth nothing', [at(1), at(1), at(4001), at(1)], [0, 1]],
  ])('%s', (_name, requests, [above = 0, below = 1]) => {
    expect(viewScore(ITEM, requests).score).toEqual(fraction(above, below));
  });

  it('is capped by when the last required request ends, along those that wait for each other', () => {
    expect(viewScore(TIGHT, [at(100), at(50), at(150), at(100)]).score).toEqual(fraction(1));
    expect(viewScore(TIGHT, [at(100), at(100), at(150), at(100)]).score).toEqual(fraction(1, 2));
  });

  it('is good from the bar on, exactly', () => {
    const requests = [at(1), at(1), at(1), failed(1)];
    const good = (bar: number) => viewScore(compiledOne({ ...ITEM.screen, barPpm: ppm(bar) }), requests).good;
    expect([899_999, 900_000, 900_001].map(good)).toEqual([true, true, false]);
  });

  it('never falls when a request gets faster, whatever waits for what', () => {
    fc.assert(
      fc.property(screens, times, fc.nat(5), fc.nat(4000), (screen, all, index, faster) => {
        const compiled = compiledOne(screen);
        const slow = all.slice(0, screen.requests.length);
        const fast = slow.map((one, place) =>
          place === index && one !== undefined ? { ...one, timeMs: Math.max(0, one.timeMs - faster) } : one,
        );
        const [before, after] = [viewScore(compiled, slow), viewScore(compiled, fast)];
        expect(compare(after.score, before.score)).toBeGreaterThanOrEqual(0);
        expect(compare(after.score, fraction(1))).toBeLessThanOrEqual(0);
      }),
    );
  });
});

describe('the cause of a bad view', () => {
  const causes = (requests: Parameters<typeof viewScore>[1]) => {
    const view = viewRequests(requests);
    return [singleFixes(ITEM, view), jointFix(ITEM, view)];
  };
  it.each([
    ['the stock alone, which failed', [at(1), at(1), failed(1), failed(1)], 0b0100, 0b0100],
    ['price and stock together', [at(1), failed(1), failed(1), failed(1)], 0, 0b0110],
    ['a missing one is blamed like a failed one', [at(1), undefined, failed(1), undefined], 0, 0b0110],
  ])('is %s', (_name, requests, alone, together) => {
    expect(causes(requests)).toEqual([alone, together]);
  });

  it('is either of two where each alone would end it in time', () => {
    const view = viewRequests([at(100), at(100), at(1), at(1)]);
    expect(singleFixes(TIGHT, view)).toBe(0b11);
  });

  it('is always found, and no part of it is superfluous', () => {
    fc.assert(
      fc.property(screens, times, (screen, all) => {
        const compiled = compiledOne(screen);
        const view = viewRequests(all.slice(0, screen.requests.length));
        fc.pre(!isGood(compiled, view));
        const group = jointFix(compiled, view);
        expect(isGood(compiled, view, group)).toBe(true);
        for (let index = 0; index < screen.requests.length; index += 1) {
          const part = group & ~(1 << index);
          if (part !== group) expect(isGood(compiled, view, part)).toBe(false);
        }
        const fixes = singleFixes(compiled, view);
        expect(fixes !== 0 && (fixes & group) === 0 && group !== 0 && (group & (group - 1)) === 0).toBe(
          false,
        );
      }),
    );
  });
});

const screens: fc.Arbitrary<Screen> = fc
  .array(
    fc.record({
      weight: fc.integer({ min: 1, max: 9 }),
      required: fc.boolean(),
      thresholdMs: fc.constantFrom(50, 100, 400),
      after: fc.option(fc.nat(4), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) =>
    screenOf(
      parts.map(({ after, ...part }, index) => ({
        ...request(`GET /${index}`, part),
        required: part.required || index === 0,
        ...(after === undefined || after >= index ? {} : { after }),
      })),
    ),
  );

const times = fc.array(
  fc.option(fc.record({ timeMs: fc.integer({ min: 0, max: 5000 }), failed: fc.boolean() }), {
    nil: undefined,
  }),
  { minLength: 6, maxLength: 6 },
);

describe('a screen', () => {
  const page = request('GET /');
  it.each([
    ['without requests', screenOf([])],
    ['whose document is optional', screenOf([{ ...page, required: false }])],
    ['with a weight of 0', screenOf([{ ...page, weight: 0 }])],
    ['with a threshold in fractions', screenOf([{ ...page, thresholdMs: 0.5 }])],
    [
      'with requests that wait for each other',
      screenOf([{ ...page, after: 1 }, request('GET /a', { after: 0 })]),
    ],
    ['with a request that waits for none of it', screenOf([{ ...page, after: 7 }])],
    ['with one route for two requests', screenOf([page, page])],
    ['with a status that there is not', screenOf([{ ...page, failed: [{ from: 500, to: 1000 }] }])],
  ])('%s is refused', (_name, screen) => {
    const compiled = compileScreens([screen]);
    expect(compiled.ok ? [] : compiled.error.reasons.map(({ rule }) => rule)).toContain('slo.screen');
  });

  it('takes 500 and above as failures, or what its own list says', () => {
    const own = compiledOne(screenOf([page, request('GET /a', { failed: [{ from: 404, to: 404 }] })]));
    expect([404, 499, 500, 999].map((status) => isFailure(own, 0, status))).toEqual([
      false,
      false,
      true,
      true,
    ]);
    expect([403, 404, 500].map((status) => isFailure(own, 1, status))).toEqual([false, true, false]);
  });

  it('may not be opened by what opens another', () => {
    expect(compileScreens([screenOf([page]), screenOf([page], { name: 'other' })]).ok).toBe(false);
  });
});
