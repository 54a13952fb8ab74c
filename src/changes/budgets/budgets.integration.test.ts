import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { epochMs } from '#core-values';
import { FIGURES_LAST_MS } from '../core/budget/index.ts';
import { FIGURES_UNREAD } from '../testing/budgets-in-memory.ts';
import { LOSES_DATA, mustBeTaken, openShop, rulesOf, type Shop } from '../testing/shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
beforeEach(async () => {
  await shop.startOver();
  shop.reconfigure(({ stacks }) => {
    for (const stack of stacks) Object.assign(stack, { services: ['checkout'] });
  });
});
afterAll(() => shop.close());

const stands = (remainingPpm: number, more: { upTo?: number; burning?: boolean } = {}) =>
  shop.budgets.stands({
    slo: 'checkout-availability',
    ...{ verdict: remainingPpm < 0 ? 'spent' : 'kept', remainingPpm, burning: more.burning ?? false },
    upTo: epochMs(more.upTo ?? shop.clock.now()),
  });
const SPENT = ['policy.error-budget-exhausted', 'policy.would-pass'];
const STALE = ['policy.error-budget-stale', 'policy.would-pass'];

describe('the error budget of the services of a stack', () => {
  it('lets production be applied as long as some is left', async () => {
    stands(1);
    expect(rulesOf(await shop.grant(await shop.approved('shop-production')))).toEqual(['allowed']);
  });

  it('keeps production from being approved and applied once it is used up, and says so', async () => {
    stands(-1, { burning: true });
    const plan = await shop.approved('shop-production');
    expect(plan.state).toBe('awaiting-approval');
    expect(rulesOf(await shop.grant(plan))).toEqual(SPENT);
    expect(await shop.audited('grant.refused')).toMatchObject({
      reasons: [{ rule: 'policy.error-budget-exhausted' }, {}],
      evidence: {
        facts: { 'context.errorBudget.remainingPpm': -1, 'context.errorBudget.known': true },
        budgets: [{ slo: 'checkout-availability', stand: 'spent', remainingPpm: -1, burning: true }],
      },
    });
  });

  it('is read anew for every decision: an approved plan waits when it is used up, and passes when it is back', async () => {
    stands(500_000);
    const plan = await shop.approved('shop-production');
    expect(plan.state).toBe('approved');
    stands(0);
    expect(rulesOf(await shop.grant(plan))).toEqual(SPENT);
    expect((await shop.stored(plan.id)).state).toBe('awaiting-approval');
    stands(1);
    expect(rulesOf(await shop.grant(plan))).toEqual(['allowed']);
    expect(await shop.audited('grant.allowed')).toMatchObject({
      evidence: { budgets: [{ slo: 'checkout-availability', stand: 'left', remainingPpm: 1 }] },
    });
  });

  it('stops nobody outside production', async () => {
    stands(-5);
    expect(rulesOf(await shop.grant(await shop.approved('shop-staging')))).toEqual(['allowed']);
  });

  it('stops nobody by an SLO of another service, and nobody of a stack that names none', async () => {
    shop.budgets.stands({ slo: 's', service: 'search', verdict: 'spent', upTo: shop.clock.now() });
    const plan = await shop.approved('shop-production');
    expect(plan.state).toBe('approved');
    stands(-5);
    expect(rulesOf(await shop.grant(plan))).toEqual(SPENT);
    shop.reconfigure(({ stacks }) => {
      for (const stack of stacks) delete stack.services;
    });
    expect(rulesOf(await shop.grant(plan))).toEqual(['allowed']);
  });

  it('denies as unknown what is older than it may be, and not what was never measured', async () => {
    shop.budgets.stands({ slo: 'checkout-availability', verdict: 'no-data' });
    const plan = await shop.approved('shop-production');
    expect(plan.state).toBe('approved');
    stands(900_000, { upTo: shop.clock.now() - FIGURES_LAST_MS - 1 });
    expect(rulesOf(await shop.grant(plan))).toEqual(STALE);
    stands(900_000);
    expect(rulesOf(await shop.grant(plan))).toEqual(['allowed']);
  });

  it('denies what could not be looked up, saying so, and decides again once it can be', async () => {
    stands(900_000);
    const plan = await shop.approved('shop-production');
    shop.budgets.breakWith(FIGURES_UNREAD);
    expect(rulesOf(await shop.grant(plan))).toEqual(['slo.unread']);
    shop.budgets.breakWith(undefined);
    expect(rulesOf(await shop.grant(plan))).toEqual(['allowed']);
  });

  it('holds nobody up who breaks the glass, spent, stale or unread', async () => {
    stands(-5);
    shop.budgets.stands({ slo: 'old', verdict: 'kept', upTo: epochMs(0) });
    const plan = await shop.uploaded('shop-production', { changes: LOSES_DATA });
    shop.budgets.breakWith(FIGURES_UNREAD);
    mustBeTaken(await shop.decide(plan, 'hanako', 'break-glass', 'checkout is down, restoring it'));
    expect(rulesOf(await shop.grant(plan))).toEqual(['allowed']);
  });
});
