import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMs } from '#core-values';
import type { ObjectiveBudget } from './port.ts';
import { budgetStands, errorBudgetFacts, FIGURES_LAST_MS } from './stand.ts';

const NOW = epochMs(1_800_000_000_000);
const fresh = { slo: 'checkout', service: 'shop', verdict: 'kept', burning: false, upTo: NOW } as const;
const factsOf = (...budgets: readonly ObjectiveBudget[]) => errorBudgetFacts(budgetStands(budgets, NOW));

const budget: fc.Arbitrary<ObjectiveBudget> = fc.record(
  {
    slo: fc.string({ minLength: 1, maxLength: 3 }),
    service: fc.constant('shop'),
    verdict: fc.constantFrom('no-data', 'kept', 'spent'),
    remainingPpm: fc.integer({ min: -3_000_000, max: 1_000_000 }),
    burning: fc.boolean(),
    upTo: fc.integer({ min: 0, max: 3 * FIGURES_LAST_MS }).map((ago) => epochMs(NOW - ago)),
  },
  { requiredKeys: ['slo', 'service', 'verdict', 'burning'] },
);

describe('the error budget of a stack', () => {
  it('is not known where there is no SLO, and where nothing was ever counted', () => {
    const unknown = { known: false, remainingPpm: 0, burning: false, stale: false };
    expect(factsOf()).toEqual(unknown);
    const { upTo: _, ...never } = { ...fresh, verdict: 'no-data' as const };
    expect(factsOf(never)).toEqual(unknown);
  });

  it('is that of the SLO which is worst off', () => {
    const facts = factsOf(
      { ...fresh, remainingPpm: 700_000 },
      { ...fresh, slo: 'search', remainingPpm: -20_000, verdict: 'spent' },
      { ...fresh, slo: 'home', remainingPpm: 10_000, burning: true },
    );
    expect(facts).toEqual({ known: true, remainingPpm: -20_000, burning: true, stale: false });
  });

  it('goes to the last millisecond of two hours, and is stale after it', () => {
    const old = (ms: number) => factsOf({ ...fresh, remainingPpm: 5, upTo: epochMs(NOW - ms) });
    expect(old(FIGURES_LAST_MS)).toMatchObject({ known: true, stale: false });
    expect(old(FIGURES_LAST_MS + 1)).toEqual({ known: false, remainingPpm: 0, burning: false, stale: true });
  });

  it('is known by the others where one is stale', () => {
    const stale = { ...fresh, slo: 'old', remainingPpm: -5, upTo: epochMs(0) };
    expect(factsOf(stale, { ...fresh, remainingPpm: 9 })).toMatchObject({
      ...{ known: true, remainingPpm: 9, stale: true },
    });
  });

  it('is whole where nothing may be lost and nothing was, and spent as soon as something is', () => {
    expect(factsOf(fresh).remainingPpm).toBe(1_000_000);
    expect(factsOf({ ...fresh, verdict: 'spent' }).remainingPpm).toBe(-1_000_000);
  });

  it('is not known where nobody came for a whole window: that may as well be a slip in the definition', () => {
    expect(factsOf({ ...fresh, verdict: 'no-data' })).toMatchObject({ known: false, stale: false });
  });

  it('is never better for one more SLO, and never more than 0 where one is spent', () => {
    fc.assert(
      fc.property(fc.array(budget, { maxLength: 5 }), budget, (some, more) => {
        const before = factsOf(...some);
        const after = factsOf(...some, more);
        if (before.known) expect(after.remainingPpm).toBeLessThanOrEqual(before.remainingPpm);
        expect([after.known, after.burning, after.stale]).toEqual([
          after.known || before.known,
          after.burning || before.burning,
          after.stale || before.stale,
        ]);
        const isSpent = budgetStands([...some, more], NOW).some(({ stand }) => stand === 'spent');
        if (isSpent) expect(after.remainingPpm).toBeLessThanOrEqual(0);
        expect(Number.isSafeInteger(after.remainingPpm)).toBe(true);
      }),
    );
  });

  it('is shown worst first: spent, stale, left, not measured', () => {
    const { upTo: _, ...never } = { ...fresh, slo: 'd' };
    const stands = budgetStands(
      [
        ...[never, { ...fresh, slo: 'c', remainingPpm: 1 }, { ...fresh, slo: 'b', upTo: epochMs(0) }],
        { ...fresh, slo: 'a', remainingPpm: 0 },
      ],
      NOW,
    );
    expect(stands.map(({ slo, stand }) => `${slo} ${stand}`)).toEqual([
      ...['a spent', 'b stale', 'c left', 'd not-measured'],
    ]);
  });
});
