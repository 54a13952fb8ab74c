import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { problem, verbatim } from '#core-values';
import { sessionLimitsOf } from '#credentials';
import { grantApply } from './grant-apply.ts';
import { keepHouse, recoverAfterRestart } from './housekeeping.ts';
import type { ChangeInFile } from './testing/plan-file.ts';
import { awsIsDown, mustBeTaken, openShop, rulesOf, type Shop } from './testing/shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
beforeEach(async () => {
  await shop.startOver();
  shop.reconfigure((draft) => {
    for (const account of draft.accounts)
      Object.assign(account, { policyRole: `arn:aws:iam::${account.id}:role/sekisho-policies` });
  });
});
afterAll(() => shop.close());

const ACCOUNT = '222222222222';
/** Thirty tables to delete: no pattern may stand for their names, and they do not fit into 2,048 characters. */
const TABLES: readonly ChangeInFile[] = Array.from({ length: 30 }, (_, at) => {
  const name = `orders-${at}-with-quite-a-long-name-for-a-table`;
  const arn = `arn:aws:dynamodb:ap-northeast-1:${ACCOUNT}:table/${name}`;
  return { type: 'aws_dynamodb_table', name: `t${at}`, action: 'delete', before: { name, arn } };
});
const DOWN = problem('outside-failed', {
  rule: 'grant-policies.failed',
  message: verbatim('no'),
  remedy: verbatim('wait'),
});

const names = () => [...shop.grantPolicies.policies.keys()];
const granted = async () => {
  const plan = await shop.approved('shop-staging', { changes: TABLES });
  return { plan, grant: await shop.grant(plan) };
};
const made = async () => mustBeTaken((await granted()).grant);

describe('managed policies of a grant', () => {
  it('are made before the session that they limit, and named after the grant', async () => {
    const { grant } = await made();
    expect(names()).toEqual([`${ACCOUNT} ${grant.id}-1`]);
    const document = [...shop.grantPolicies.policies.values()].join();
    expect(document).toContain('dynamodb:DeleteTable');
    expect(document).toContain('orders-29-with-quite-a-long-name-for-a-table');
    const arns = [`arn:aws:iam::${ACCOUNT}:policy/sekisho/${grant.id}-1`];
    expect(shop.issued().at(-1)?.managedPolicyArns).toEqual(arns);
    expect(grant.managedPolicyArns).toEqual(arns);
    expect(shop.pauses()).toEqual([8_000]);
  });

  it('stay while the credentials are out, and go when the job has reported', async () => {
    const out = await made();
    await keepHouse(shop.room);
    expect(names()).toHaveLength(1);
    mustBeTaken(await shop.fetch(out));
    mustBeTaken(await shop.report(out));
    await keepHouse(shop.room);
    expect(names()).toEqual([]);
    await keepHouse(shop.room);
    const kinds = await shop.auditKinds();
    expect(kinds.filter((kind) => kind === 'grant.policies-removed')).toHaveLength(1);
    expect(JSON.stringify(await shop.audited('grant.policies-removed'))).toContain(`${out.grant.id}-1`);
  });

  it('count, with the session’s own, for what the trail compares its calls with', async () => {
    const { grant } = await made();
    const limits = await sessionLimitsOf(shop.room.db, grant);
    expect(limits.managedPolicyArns).toEqual([]);
    expect(limits.sessionPolicy).toContain('orders-29-with-quite-a-long-name-for-a-table');
    const own: readonly unknown[] = JSON.parse(grant.sessionPolicy).Statement;
    expect(JSON.parse(limits.sessionPolicy).Statement).toEqual(expect.arrayContaining([...own]));
    const aws = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
    const more = { ...grant, managedPolicyArns: [...grant.managedPolicyArns, aws] };
    expect((await sessionLimitsOf(shop.room.db, more)).managedPolicyArns).toEqual([aws]);
  });

  it('go when the credentials have expired', async () => {
    await made();
    shop.clock.advance(3_600_000);
    await keepHouse(shop.room);
    expect(names()).toEqual([]);
  });

  it('go when AWS issued nothing, after it was asked again for a while', async () => {
    shop.interceptSts(awsIsDown);
    expect(rulesOf((await granted()).grant)).toEqual(['sts.failed']);
    shop.interceptSts(undefined);
    expect(shop.pauses()).toEqual([8_000, 2_000, 4_000]);
    expect(names()).toHaveLength(1);
    await keepHouse(shop.room);
    expect(names()).toEqual([]);
  });

  it('are never left behind by a server that dies after making them', async () => {
    const died = new Error('killed');
    const dying = { ...shop.room, pause: () => Promise.reject(died) };
    const plan = await shop.approved('shop-staging', { changes: TABLES });
    const asked = { token: await shop.token(), stack: plan.stack, plan: plan.digest };
    await expect(grantApply(dying, asked)).rejects.toBe(died);
    expect(names()).toHaveLength(1);
    expect(shop.issued()).toEqual([]);
    shop.clock.advance(1_000);
    await recoverAfterRestart(shop.room);
    await keepHouse(shop.room);
    expect(names()).toEqual([]);
  });

  it('are removed even where they were made after their grant was given up', async () => {
    const { grant } = await made();
    shop.clock.advance(3_600_000);
    await keepHouse(shop.room);
    expect(names()).toEqual([]);
    const of = { grant: grant.id, account: grant.account, stack: grant.stack };
    await shop.grantPolicies.create(of, ['{}', '{}']);
    // What is no grant's, or of a grant of another server in the same account, is not ours to remove.
    const stranger = 'grt_00000000-0000-7000-8000-000000000001' as typeof grant.id;
    await shop.grantPolicies.create({ ...of, grant: stranger }, ['{}']);
    shop.clock.advance(3_600_000);
    await keepHouse(shop.room);
    expect(names()).toEqual([`${ACCOUNT} ${stranger}-1`]);
  });

  it('that cannot be removed are tried again, and said once', async () => {
    await made();
    shop.clock.advance(3_600_000);
    shop.grantPolicies.failWith(DOWN);
    await keepHouse(shop.room);
    await keepHouse(shop.room);
    expect(names()).toHaveLength(1);
    expect((await shop.auditKinds()).filter((kind) => kind === 'grant.policies-remove-failed')).toHaveLength(
      1,
    );
    shop.grantPolicies.failWith(undefined);
    await keepHouse(shop.room);
    expect(names()).toEqual([]);
  });

  it('that cannot be made leave the job without credentials, and the plan to be granted again', async () => {
    shop.grantPolicies.failWith(DOWN);
    const { plan, grant } = await granted();
    expect(rulesOf(grant)).toEqual(['grant-policies.failed']);
    expect(shop.issued()).toEqual([]);
    shop.grantPolicies.failWith(undefined);
    expect(rulesOf(await shop.grant(plan))).toEqual(['allowed']);
  });
});
