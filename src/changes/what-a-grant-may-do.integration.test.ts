import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { showPlan } from './show-plan.ts';
import type { ChangeInFile } from './testing/plan-file.ts';
import { mustBeTaken, openShop, rulesOf, type Shop } from './testing/shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
beforeEach(() => shop.startOver());
afterAll(() => shop.close());

const TOPIC = 'arn:aws:sns:ap-northeast-1:222222222222:orders';
const create = (type: string, after: Readonly<Record<string, unknown>>, sensitive: readonly string[] = []) =>
  ({ type, name: 'it', action: 'create', after, sensitive }) satisfies ChangeInFile;

async function permissionsOf(changes: readonly ChangeInFile[], language: 'en' | 'ja' = 'en') {
  const plan = await shop.uploaded('shop-staging', { changes });
  const shown = await showPlan(shop.room, plan.id, language);
  if (!shown.ok) throw new Error(shown.error.reasons[0].message.en);
  return shown.value.permissions;
}

/** Tables whose names share nothing that a pattern could use without destroying others of them. */
const tables: readonly ChangeInFile[] = Array.from({ length: 30 }, (_, at) => {
  const name = `orders-${at}-with-quite-a-long-name-for-a-table`;
  const arn = `arn:aws:dynamodb:ap-northeast-1:222222222222:table/${name}`;
  return { type: 'aws_dynamodb_table', name: `t${at}`, action: 'delete', before: { name, arn } };
});

describe('what a grant may do', () => {
  it('is compiled from what its plan needs, and AWS is given exactly that', async () => {
    const plan = await shop.approved('shop-staging');
    mustBeTaken(await shop.grant(plan));
    const { sessionPolicy, managedPolicyArns } = shop.issued().at(-1) ?? {};
    expect(managedPolicyArns).toEqual([]);
    expect(JSON.parse(sessionPolicy ?? '').Statement).toContainEqual({
      Effect: 'Allow',
      Action: expect.arrayContaining(['sns:CreateTopic', 'sns:SetTopicAttributes']),
      Resource: TOPIC,
    });
    expect(sessionPolicy).not.toContain('sns:*');
    expect(sessionPolicy).not.toContain('sns:DeleteTopic');
  });

  it('is said in words to whoever decides on it, in both languages, escalations apart', async () => {
    const role = { name: 'app', path: '/', assume_role_policy: '{}' };
    const changes = [create('aws_iam_role', role), create('aws_sqs_queue', { name: 'orders' })];
    const english = await permissionsOf(changes);
    expect(english?.can.join()).toContain('sqs: create');
    expect(english?.escalations.join()).toContain('iam:CreateRole on arn:aws:iam::222222222222:role/app');
    expect(english).toMatchObject({ additions: 0, sizeCharacters: expect.any(Number) });
    const japanese = await permissionsOf(changes, 'ja');
    expect(japanese?.escalations.join()).toContain('ロールを引き受けられる相手を決められます');
  });

  it('is said without names that the plan marks as sensitive', async () => {
    const permissions = await permissionsOf([
      create('aws_sqs_queue', { name: 'canary-queue-77aa' }, ['name']),
    ]);
    expect(permissions?.can.join()).toContain('(sensitive value)');
    expect(JSON.stringify(permissions)).not.toContain('canary-queue-77aa');
  });

  it('is not what the plan asks, where that is to change what Sekisho works with: refused, and the refusal kept', async () => {
    const own = [create('aws_iam_role', { name: 'sekisho-apply', path: '/', assume_role_policy: '{}' })];
    expect(rulesOf(await shop.upload('shop-staging', { changes: own }))).toContain(
      'session-policy.changes-sekisho',
    );
    expect(JSON.stringify(await shop.audited('plan.refused'))).toContain('session-policy.changes-sekisho');
    const policy = [create('aws_iam_policy', { name: 'mine', path: '/sekisho/', policy: '{}' })];
    expect(rulesOf(await shop.upload('shop-staging', { changes: policy }))).toContain(
      'session-policy.changes-sekisho',
    );
  });

  it('is refused where it does not fit into a session policy, with the way out', async () => {
    const refused = await shop.upload('shop-staging', { changes: tables });
    expect(rulesOf(refused)).toEqual(['session-policy.needs-managed']);
    expect(refused.ok ? '' : refused.error.problem.reasons[0].remedy.en).toContain('Split the change');
    expect(shop.issued()).toEqual([]);
  });
});
