import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { historyOf } from './store/plan-history.ts';
import { knownStateOf } from './store/stack-states.ts';
import { FIRST_LINEAGE, LOSES_DATA, mustBeTaken, openShop, rulesOf, type Shop } from './testing/shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
beforeEach(() => shop.startOver());
afterAll(() => shop.close());

const lifeOf = async (id: Parameters<typeof historyOf>[1]) =>
  (await historyOf(shop.room.db, id)).map(({ event, state, byWhom }) => `${event} → ${state} by ${byWhom}`);

describe('the whole life of a plan', () => {
  it('in staging: uploaded, approved once, granted, fetched byte for byte, reported, applied', async () => {
    const file = shop.file();
    const plan = await shop.uploaded('shop-staging', { file });
    expect(plan.state).toBe('awaiting-approval');
    expect(rulesOf(await shop.grant(plan))).toEqual(['policy.not-permitted', 'policy.would-pass']);

    const approved = mustBeTaken(await shop.decide(plan, 'hanako'));
    expect(approved.plan.state).toBe('approved');
    const granted = mustBeTaken(await shop.grant(plan));
    expect(granted.grant).toMatchObject({ purpose: 'apply', account: '222222222222', approvers: ['hanako'] });
    expect(shop.issued().at(-1)).toMatchObject({
      roleArn: 'arn:aws:iam::222222222222:role/sekisho-apply',
      sourceIdentity: 'hanako',
    });

    const fetched = mustBeTaken(await shop.fetch(granted));
    expect(Buffer.compare(fetched, file)).toBe(0);
    const reported = mustBeTaken(await shop.report(granted));
    expect(reported.plan.state).toBe('applied');
    expect(await knownStateOf(shop.room.db, plan.stack)).toEqual({
      lineage: FIRST_LINEAGE,
      serial: 1,
      store: { bucket: 'shop-state', key: 'shop.tfstate', region: 'ap-northeast-1' },
    });
    const ci = 'shop/infra run 31';
    expect(await lifeOf(plan.id)).toEqual([
      'uploaded → planned by shop/infra run 31',
      'reviewed → reviewed by sekisho',
      'decided → awaiting-approval by sekisho',
      'decided → approved by hanako',
      `grant-begun → granted by ${ci}`,
      `file-fetched → applying by ${ci}`,
      `apply-succeeded → applied by ${ci}`,
    ]);
    expect(await shop.auditKinds()).toEqual([
      'plan.uploaded',
      'grant.refused',
      'approval.given',
      'grant.allowed',
      'grant.issued',
      'apply.started',
      'apply.reported',
    ]);
    expect(await shop.auditVerdict()).toBe('intact');
  });

  it('in production, where data would be lost: one approval is not enough, the second makes it pass', async () => {
    const plan = await shop.uploaded('shop-production', { changes: LOSES_DATA });
    expect(plan.facts.findings).toMatchObject({ losesData: true });
    expect(mustBeTaken(await shop.decide(plan, 'hanako')).plan.state).toBe('awaiting-approval');
    const refused = await shop.grant(plan);
    expect(rulesOf(refused)).toEqual(['policy.data-loss-and-iam-need-two', 'policy.would-pass']);
    expect(mustBeTaken(await shop.decide(plan, 'kenji')).plan.state).toBe('approved');
    const granted = mustBeTaken(await shop.grant(plan));
    expect(granted.grant.approvers).toEqual(['hanako', 'kenji']);
    mustBeTaken(await shop.fetch(granted));
    expect(mustBeTaken(await shop.report(granted)).plan.state).toBe('applied');
    expect(await shop.auditVerdict()).toBe('intact');
  });

  it('by a real plan file of Terraform’s, with a real read-only grant before it', async () => {
    const planning = mustBeTaken(await shop.grantPlan('shop-staging'));
    expect(planning.grant.plan).toBeUndefined();
    expect(shop.issued().at(-1)?.roleArn).toBe('arn:aws:iam::222222222222:role/sekisho-plan');
    const golden = new URL('../plan/cases/create-with-secrets/plan.tfplan', import.meta.url);
    const plan = await shop.uploaded('shop-staging', { file: readFileSync(golden) });
    mustBeTaken(await shop.decide(plan, 'yuki'));
    const granted = mustBeTaken(await shop.grant(plan));
    mustBeTaken(await shop.fetch(granted));
    expect(mustBeTaken(await shop.report(granted)).plan.state).toBe('applied');
  });

  it('that failed: what was done is kept, the stack is free, and a new plan goes on from there', async () => {
    const plan = await shop.uploaded('shop-staging');
    mustBeTaken(await shop.decide(plan, 'hanako'));
    const granted = mustBeTaken(await shop.grant(plan));
    mustBeTaken(await shop.fetch(granted));
    const failed = await shop.report(granted, 'failed', { lineage: FIRST_LINEAGE, serial: 3 });
    expect(mustBeTaken(failed).plan.state).toBe('failed');
    const again = await shop.uploaded('shop-staging', {
      lineage: FIRST_LINEAGE,
      serial: 3,
      claims: { run_id: '32', run_number: '8' },
    });
    mustBeTaken(await shop.decide(again, 'hanako'));
    expect(rulesOf(await shop.grant(again, { run_id: '32', run_number: '8' }))).toEqual(['allowed']);
  });

  it('that changes nothing ends at once, and nothing can be granted for it', async () => {
    const plan = await shop.uploaded('shop-staging', { changes: [], applyable: false });
    expect(plan.state).toBe('no-changes');
    expect(rulesOf(await shop.grant(plan))).toEqual(['grant.plan-no-changes']);
    expect(rulesOf(await shop.decide(plan, 'hanako'))).toEqual(['approval.plan-closed']);
  });
});
