import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parsePlanId } from '#core-values';
import type { DeniedCall } from '#credentials/core';
import { reportApply } from '../report-apply.ts';
import { showPlan } from '../show-plan.ts';
import type { StoredPlan } from '../store/plans.ts';
import {
  FIRST_LINEAGE,
  mustBeTaken,
  type NameAtShop,
  openShop,
  rulesOf,
  type Shop,
} from '../testing/shop.ts';
import { addNeeds, removeNeed } from './change-needs.ts';
import { lastPlanWith, needsInForce } from './store.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
beforeEach(() => shop.startOver());
afterAll(() => shop.close());

const TOPIC = 'arn:aws:sns:ap-northeast-1:222222222222:orders';
const TAGS = { action: 'sns:TagResource', resource: TOPIC };
const REASON = 'the provider tags the topic since 5.100';

const add = (who: NameAtShop, needs = [TAGS], more: { plan?: string; stack?: string } = {}) =>
  addNeeds(shop.room, {
    ...{ stack: 'shop-staging', person: shop.person(who), needs, reason: REASON },
    ...more,
  });
const remove = (who: NameAtShop, id: string) =>
  removeNeed(shop.room, { stack: 'shop-staging', person: shop.person(who), id });
const shown = async ({ id }: StoredPlan) => {
  const details = await showPlan(shop.room, id, 'en');
  if (!details.ok) throw new Error(JSON.stringify(details.error));
  return details.value;
};
const policyOf = (): string => shop.issued().at(-1)?.sessionPolicy ?? '';

/** Applies as far as AWS lets it. */
async function deniedAt(plan: StoredPlan, denials: readonly DeniedCall[]) {
  const granted = mustBeTaken(await shop.grant(plan));
  mustBeTaken(await shop.fetch(granted));
  const report = { outcome: 'failed', exitCode: 1, state: { lineage: FIRST_LINEAGE, serial: 1 } } as const;
  return () =>
    reportApply(shop.room, { secret: granted.secret, report: { ...report, denials: [...denials] } });
}

const DENIED: DeniedCall = {
  ...{ ...TAGS, named: true, service: 'SNS', operation: 'TagResource', address: 'aws_sns_topic.orders' },
  ...{ by: 'session-policy', explicit: false },
};

describe('an apply that AWS refused', () => {
  it('names the permission, the resource, what needed it and the way out, in the plan and in the log', async () => {
    const plan = await shop.approved('shop-staging');
    const scp: DeniedCall = { ...DENIED, by: 'scp', action: 'sns:CreateTopic' };
    // What a poisoned provider might print, to be given it by somebody in a hurry.
    const greedy: DeniedCall = {
      ...DENIED,
      action: 'iam:CreateAccessKey',
      resource: 'arn:aws:iam::222222222222:user/x',
    };
    const report = await deniedAt(plan, [DENIED, scp, greedy]);
    const reported = mustBeTaken(await report());
    expect(reported.plan.state).toBe('failed');
    const { denials, state } = await shown(plan);
    expect(state).toBe('failed');
    expect(denials).toMatchObject([
      { ...TAGS, address: 'aws_sns_topic.orders', by: 'session-policy', addable: true },
      { action: 'sns:CreateTopic', by: 'scp', addable: false },
      { action: 'iam:CreateAccessKey', addable: false, whyNot: expect.stringContaining('is on the list') },
    ]);
    expect(denials?.[1]?.remedy).not.toContain('needs add');
    expect(await shop.audited('apply.reported')).toMatchObject({
      evidence: { denials: [DENIED, scp, greedy] },
    });
    // Whoever lost the answer gets it again, the same.
    expect(mustBeTaken(await report())).toMatchObject({ denials: reported.denials });
  });

  it('goes on after one command: a new plan with what was added, approved anew, applied', async () => {
    const first = await shop.approved('shop-staging');
    mustBeTaken(await (await deniedAt(first, [DENIED]))());
    expect(policyOf()).toContain('sns:CreateTopic');
    expect(policyOf()).not.toContain('sns:TagResource');
    mustBeTaken(await add('hanako', [TAGS], { plan: first.id }));
    const next = { claims: { run_id: '32', run_number: '8' }, lineage: FIRST_LINEAGE, serial: 1 };
    const second = await shop.uploaded('shop-staging', next);
    expect(second.state).toBe('awaiting-approval');
    expect((await shown(second)).extraNeeds).toMatchObject([
      { ...TAGS, reason: REASON, addedBy: 'hanako', plan: first.id },
    ]);
    mustBeTaken(await shop.decide(second, 'hanako'));
    const granted = mustBeTaken(await shop.grant(second, next.claims));
    expect(policyOf()).toContain('sns:TagResource');
    expect(granted.widened[0]?.en).toMatch(
      /^sns:TagResource on .* added by hanako on .* because “the provider/,
    );
    mustBeTaken(await shop.fetch(granted));
    const applied = {
      outcome: 'applied',
      exitCode: 0,
      state: { lineage: FIRST_LINEAGE, serial: 2 },
    } as const;
    const reported = await reportApply(shop.room, { secret: granted.secret, report: applied });
    expect(mustBeTaken(reported).plan.state).toBe('applied');
    const [need] = await needsInForce(shop.room.db, second.stack);
    expect(need && (await lastPlanWith(shop.room.db, second.stack, need))).toBe(second.id);
    expect(await shop.auditVerdict()).toBe('intact');
  });
});

describe('an approval', () => {
  const again = { claims: { run_id: '32', run_number: '8' } };

  it('given before a need was added does not count for the same plan with it, when deciding and when granting', async () => {
    const before = await shop.approved('shop-staging');
    mustBeTaken(await add('hanako'));
    const after = await shop.uploaded('shop-staging', again);
    expect(after.fingerprint).toBe(before.fingerprint);
    expect(after.state).toBe('awaiting-approval');
    expect((await shown(after)).approvals).toMatchObject([{ approver: 'hanako', counts: false }]);
    expect(rulesOf(await shop.grant(after, again.claims))).toContain('policy.not-permitted');
    mustBeTaken(await shop.decide(after, 'yuki'));
    expect(rulesOf(await shop.grant(after, again.claims))).toEqual(['allowed']);
  });

  it('carries over to a plan of the same meaning with the same extra needs', async () => {
    mustBeTaken(await add('hanako'));
    await shop.approved('shop-staging');
    expect((await shop.uploaded('shop-staging', again)).state).toBe('approved');
  });

  it('that does not name what the plan carries is refused', async () => {
    mustBeTaken(await add('hanako'));
    const { facts, ...plan } = await shop.uploaded('shop-staging');
    const { extraNeeds: _, ...without } = facts;
    const blind = await shop.decide({ ...plan, facts: without }, 'yuki');
    expect(rulesOf(blind)).toEqual(['approval.other-extra-needs']);
  });

  it('does not count where somebody changed in the database what the plan carries', async () => {
    mustBeTaken(await add('hanako'));
    const plan = await shop.approved('shop-staging');
    await sql`UPDATE plans SET facts = facts #- '{extraNeeds}' WHERE id = ${plan.id}`.execute(shop.room.db);
    expect(rulesOf(await shop.grant(plan))).toEqual(['plan.record-tampered']);
  });

  it('is no use for a plan that carries a need which was taken back', async () => {
    const { needs } = mustBeTaken(await add('hanako'));
    const plan = await shop.approved('shop-staging');
    mustBeTaken(await remove('yuki', needs[0]?.id ?? ''));
    expect(rulesOf(await shop.grant(plan))).toEqual(['grant.need-removed']);
  });
});

describe('who adds what', () => {
  it('the owning team and administrators may; everything is in the log', async () => {
    expect(rulesOf(await add('kenji'))).toContain('policy.not-permitted');
    expect(rulesOf(await add('yuki'))).toEqual(['allowed']);
    expect(await shop.auditKinds()).toEqual(['needs.added-refused', 'needs.added']);
    expect(await shop.audited('needs.added')).toMatchObject({
      actor: { name: 'yuki' },
      evidence: { needs: [TAGS], reason: REASON },
    });
  });

  it.each([
    ['needs.pattern', { action: 'sns:*', resource: TOPIC }],
    ['needs.forbidden', { action: 'iam:PassRole', resource: 'arn:aws:iam::222222222222:role/job' }],
    [
      'needs.changes-sekisho',
      { action: 'iam:GetRole', resource: 'arn:aws:iam::222222222222:role/sekisho-apply' },
    ],
    [
      'needs.other-account',
      { action: 'sns:TagResource', resource: TOPIC.replace('222222222222', '333333333333') },
    ],
  ])('%s is refused, and nothing of the rest is added', async (rule, need) => {
    expect(rulesOf(await add('hanako', [TAGS, need]))).toEqual([rule]);
    expect(mustBeTaken(await add('hanako', [TAGS])).needs).toHaveLength(1);
  });

  it('what is there already stays as it is, and twenty are the most', async () => {
    const first = mustBeTaken(await add('hanako'));
    expect(mustBeTaken(await add('yuki', [TAGS, TAGS])).needs).toEqual(first.needs);
    const many = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ ...TAGS, resource: `${TOPIC}-${at}` }));
    expect(rulesOf(await add('hanako', many(20)))).toEqual(['needs.too-many']);
    expect(mustBeTaken(await add('hanako', many(19))).needs).toHaveLength(20);
  });

  it('a plan of another stack, or none, is not taken for the reason', async () => {
    const other = await shop.uploaded('shop-production');
    expect(rulesOf(await add('hanako', [TAGS], { plan: other.id }))).toEqual(['plan.unknown']);
    expect(rulesOf(await add('hanako', [TAGS], { plan: 'pln_x' }))).toEqual(['plan.unknown']);
    expect(rulesOf(await add('hanako', [TAGS], { stack: 'nowhere' }))).toEqual(['stack.unknown']);
    expect(parsePlanId(other.id)).toBe(other.id);
  });

  it('the database keeps what was added, and lets it be removed once', async () => {
    const { needs } = mustBeTaken(await add('hanako'));
    const { db } = shop.room;
    await expect(sql`DELETE FROM stack_needs`.execute(db)).rejects.toThrow('is kept');
    await expect(sql`UPDATE stack_needs SET resource = '*'`.execute(db)).rejects.toThrow('is kept');
    mustBeTaken(await remove('hanako', needs[0]?.id ?? ''));
    await expect(
      sql`UPDATE stack_needs SET removed_at = NULL, removed_by = NULL`.execute(db),
    ).rejects.toThrow();
    expect(rulesOf(await remove('hanako', needs[0]?.id ?? ''))).toEqual(['needs.unknown']);
  });
});
