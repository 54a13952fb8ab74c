import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { showPlan } from '../show-plan.ts';
import { awsIsDown, mustBeTaken, openShop, REPAIRS, rulesOf, type Shop } from '../testing/shop.ts';
import { must } from '../testing/shop-room.ts';
import { withdrawRepair } from './withdraw-repair.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
beforeEach(async () => {
  await shop.startOver();
  shop.reconfigure(({ stacks }) => {
    for (const stack of stacks) Object.assign(stack, { services: ['checkout'] });
  });
  spend();
});
afterAll(() => shop.close());

const spend = () =>
  shop.budgets.stands({
    ...{ slo: 'checkout-availability', verdict: 'spent', remainingPpm: -40_000 },
    upTo: shop.clock.now(),
  });
const SPENT = ['policy.error-budget-exhausted', 'policy.would-pass'];
const withdraw = async (plan: { id: string }, name: 'hanako' | 'kenji' | 'taro' | 'yuki') =>
  withdrawRepair(shop.room, { plan: (await shop.stored(plan.id)).id, person: shop.person(name) });
const shown = async (plan: { id: string }) =>
  must(await showPlan(shop.room, (await shop.stored(plan.id)).id, 'en'));

describe('a repair', () => {
  it('is marked by one person and agreed to by another, and is then applied without error budget, once', async () => {
    const plan = await shop.approved('shop-production');
    expect(plan.state).toBe('awaiting-approval');
    const marked = mustBeTaken(await shop.sayRepair(plan, 'taro', 'repair'));
    expect(marked.plan.state).toBe('awaiting-approval');
    expect(rulesOf(await shop.grant(plan))).toEqual(SPENT);
    const agreed = mustBeTaken(await shop.sayRepair(plan, 'yuki', 'agree-repair'));
    expect(agreed.plan.state).toBe('approved');
    const granted = mustBeTaken(await shop.grant(plan));
    mustBeTaken(await shop.fetch(granted));
    mustBeTaken(await shop.report(granted));
    const again = await shop.approved('shop-production', {
      serial: 1,
      lineage: granted.grant.plan?.lineage ?? '',
    });
    expect(again.fingerprint).toBe(plan.fingerprint);
    expect(again.state).toBe('awaiting-approval');
  });

  it('is in the audit log, step by step, with what both people signed', async () => {
    const plan = await shop.approved('shop-production');
    await shop.sayRepair(plan, 'taro', 'repair');
    await shop.sayRepair(plan, 'yuki', 'agree-repair');
    await shop.grant(plan);
    expect(await shop.audited('repair.marked')).toMatchObject({
      actor: { kind: 'person', name: 'taro' },
      subject: { stack: 'shop-production', plan: plan.id, person: 'taro' },
      evidence: { reason: REPAIRS, planIsNow: 'awaiting-approval' },
    });
    expect(await shop.audited('repair.agreed')).toMatchObject({
      actor: { name: 'yuki' },
      evidence: { reason: REPAIRS, planIsNow: 'approved' },
    });
    expect(await shop.audited('grant.allowed')).toMatchObject({
      evidence: {
        budgets: [{ stand: 'spent', remainingPpm: -40_000 }],
        repair: {
          ...{ active: true, agreed: true, reason: REPAIRS },
          mark: { by: 'taro', signature: expect.stringContaining('SSH SIGNATURE') },
          agreement: { by: 'yuki', statement: expect.stringContaining('agree-repair') },
        },
      },
    });
    expect(await shop.auditVerdict()).toBe('intact');
  });

  it('is shown with the budgets that the change could hurt', async () => {
    const plan = await shop.approved('shop-production');
    await shop.sayRepair(plan, 'taro', 'repair');
    expect(await shown(plan)).toMatchObject({
      budgets: {
        services: ['checkout'],
        slos: [{ slo: 'checkout-availability', stand: 'spent', remainingPpm: -40_000, burning: false }],
      },
      repair: { by: 'taro', reason: REPAIRS, counts: false },
      decision: { wouldChange: expect.arrayContaining([expect.stringContaining('--agree')]) },
    });
    await shop.sayRepair(plan, 'yuki', 'agree-repair');
    expect((await shown(plan)).repair).toMatchObject({ agreedBy: 'yuki', counts: true });
  });

  it('is no approval: without one it waits as any other change', async () => {
    const plan = await shop.uploaded('shop-production');
    await shop.sayRepair(plan, 'taro', 'repair');
    await shop.sayRepair(plan, 'hanako', 'agree-repair');
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
    expect(mustBeTaken(await shop.decide(plan, 'hanako')).plan.state).toBe('approved');
  });

  it('ends with its withdrawal, by whoever gave it or may cancel the plan, and can be marked anew', async () => {
    const plan = await shop.approved('shop-production');
    await shop.sayRepair(plan, 'taro', 'repair');
    await shop.sayRepair(plan, 'yuki', 'agree-repair');
    expect(rulesOf(await withdraw(plan, 'kenji'))).toEqual(['repair.withdraw-not-yours']);
    expect(mustBeTaken(await withdraw(plan, 'hanako')).plan.state).toBe('awaiting-approval');
    expect(rulesOf(await withdraw(plan, 'hanako'))).toEqual(['repair.not-marked']);
    expect(rulesOf(await shop.grant(plan))).toEqual(SPENT);
    expect(await shop.audited('repair.withdrawn')).toMatchObject({
      actor: { name: 'hanako' },
      evidence: { markedBy: 'taro', agreedBy: 'yuki' },
    });
    mustBeTaken(await shop.sayRepair(plan, 'kenji', 'repair'));
    expect(rulesOf(await withdraw(plan, 'kenji'))).toEqual(['allowed']);
  });

  it('is given back when AWS issued nothing, and not once the same was marked anew', async () => {
    const plan = await shop.approved('shop-production');
    await shop.sayRepair(plan, 'taro', 'repair');
    await shop.sayRepair(plan, 'yuki', 'agree-repair');
    shop.interceptSts(awsIsDown);
    expect(rulesOf(await shop.grant(plan))).toEqual(['sts.failed']);
    shop.interceptSts(undefined);
    expect((await shown(plan)).repair).toMatchObject({ counts: true });
    expect(rulesOf(await shop.grant(plan))).toEqual(['allowed']);
  });

  it('counts for an identical re-plan, and for seven days', async () => {
    const plan = await shop.approved('shop-production');
    await shop.sayRepair(plan, 'taro', 'repair');
    await shop.sayRepair(plan, 'yuki', 'agree-repair');
    const again = await shop.uploaded('shop-production', { claims: { run_id: '12', run_number: '12' } });
    expect([again.fingerprint, again.state]).toEqual([plan.fingerprint, 'approved']);
    shop.clock.advance(shop.room.approvalLifeMs);
    spend();
    const later = await shop.approved('shop-production', { claims: { run_id: '13', run_number: '13' } });
    expect(later.state).toBe('awaiting-approval');
    expect((await shown(later)).repair?.why).toContain('it counted for');
    mustBeTaken(await shop.sayRepair(later, 'kenji', 'repair'));
    expect((await shown(later)).repair).toMatchObject({ by: 'kenji', counts: false });
  });

  it('says at least what is broken and what is done about it', async () => {
    const plan = await shop.approved('shop-production');
    expect(rulesOf(await shop.sayRepair(plan, 'taro', 'repair', 'x'.repeat(19)))).toEqual([
      'repair.reason-short',
    ]);
    expect(rulesOf(await shop.sayRepair(plan, 'taro', 'repair', 'x'.repeat(20)))).toEqual(['allowed']);
  });

  it('is marked once: a second mark, an agreement to none, and a second agreement are refused and recorded', async () => {
    const plan = await shop.approved('shop-production');
    expect(rulesOf(await shop.sayRepair(plan, 'yuki', 'agree-repair'))).toEqual(['repair.not-marked']);
    await shop.sayRepair(plan, 'taro', 'repair');
    expect(rulesOf(await shop.sayRepair(plan, 'kenji', 'repair'))).toEqual(['repair.marked-before']);
    await shop.sayRepair(plan, 'yuki', 'agree-repair');
    expect(rulesOf(await shop.sayRepair(plan, 'hanako', 'agree-repair'))).toEqual(['repair.agreed-before']);
    expect((await shop.auditKinds()).filter((kind) => kind === 'repair.refused')).toHaveLength(3);
  });
});
