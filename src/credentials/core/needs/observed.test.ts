import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compilePolicy, evaluate, parsePolicy, prepareRequest, requestContext } from '#iam/core';
import { fitPolicy } from '../fit/fit-policy.ts';
import { actionsOfService, covers, resourcesOfAction } from '../fit/pattern.ts';
import { wordsOf } from '../fit/words.ts';
import { isCoarse, type Need } from './need.ts';
import { alwaysCalledBy, isRecordedType, type ObservedStep } from './observed.ts';
import { needsOfPlan } from './plan-needs.ts';
import { ACCOUNT, change, object, planOf, REGION } from './testing/example-plan.ts';

/** Of services with much that is forbidden; none of them is recorded. */
const TYPES: readonly (readonly [string, string])[] = [
  ['aws_mq_broker', 'mq'],
  ['aws_kms_custom_key_store', 'kms'],
  ['aws_s3_access_point', 's3'],
  ['aws_secretsmanager_secret_rotation', 'secretsmanager'],
  ['aws_cloudtrail_event_data_store', 'cloudtrail'],
];
const FACTS = { account: ACCOUNT, region: REGION };
const none = { protectedArns: [`arn:aws:iam::${ACCOUNT}:role/sekisho/apply`], ...FACTS };

const seen = (type: string, step: ObservedStep['step'], actions: readonly string[]): ObservedStep => ({
  ...{ type, step, actions, applies: 3, since: '2026-11-02' },
});

function needsOf(type: string, action: 'create' | 'update' | 'delete', observed: readonly ObservedStep[]) {
  const before = action === 'create' ? null : object({ id: 'x' });
  const after = action === 'delete' ? null : object({ name: 'orders' });
  const needs = needsOfPlan(planOf([change({ type, action, before, after })]), { ...FACTS, observed });
  return needs.ok ? needs.value : expect.unreachable();
}

const coarseActions = (needs: readonly Need[]): readonly string[] =>
  needs.filter(isCoarse).map(({ action }) => action);

const SEEN = ['mq:CreateBroker', 'mq:DescribeBroker', 'mq:UpdateBroker'];

test('A type that was never recorded opens its service; after enough applies only what they called, reading and tagging', () => {
  expect(coarseActions(needsOf('aws_mq_broker', 'create', []))).toContain('mq:*');
  const narrow = needsOf('aws_mq_broker', 'create', [seen('aws_mq_broker', 'create', SEEN)]);
  const own = coarseActions(narrow).filter((action) => action.startsWith('mq:'));
  expect(own).toEqual([
    'mq:BatchGet*',
    'mq:Describe*',
    'mq:Get*',
    'mq:List*',
    'mq:*Tag*',
    'mq:CreateBroker',
    'mq:UpdateBroker',
  ]);
  // What it depends on in other services stays: dependent permissions leave no call.
  expect(coarseActions(narrow)).toContain('ec2:Describe*');
});

test('The review says by how many applies, and since when', () => {
  const needs = needsOf('aws_mq_broker', 'create', [seen('aws_mq_broker', 'create', SEEN)]);
  const fitted = fitPolicy(needs, none);
  const { widened } = wordsOf(needs, fitted.ok ? fitted.value : expect.unreachable(), REGION);
  const said = widened.filter(({ en }) => en.includes('mq:CreateBroker'));
  expect(said.map(({ en }) => en)).toEqual([
    expect.stringContaining('from your organization’s own trail, 3 applies since 2026-11-02'),
  ]);
  expect(said[0]?.ja).toContain('2026-11-02 以降の適用 3 回');
});

test('Another type, another step, no call at all, and a call that AWS’s reference does not have leave the service open', () => {
  const open = (observed: ObservedStep) =>
    coarseActions(needsOf('aws_mq_broker', 'create', [observed])).includes('mq:*');
  expect(open(seen('aws_mq_configuration', 'create', SEEN))).toBe(true);
  expect(open(seen('aws_mq_broker', 'delete', SEEN))).toBe(true);
  expect(open(seen('aws_mq_broker', 'create', []))).toBe(true);
  expect(open(seen('aws_mq_broker', 'create', [...SEEN, 'mq:MakeBroker']))).toBe(true);
  expect(open(seen('aws_mq_broker', 'create', [...SEEN, 'iam:CreateUser']))).toBe(true);
});

const step = fc.constantFrom(...TYPES).chain(([type, service]) =>
  fc.record({
    type: fc.constant(type),
    service: fc.constant(service),
    action: fc.constantFrom('create' as const, 'update' as const, 'delete' as const),
    called: fc.subarray([...actionsOfService(service)]),
  }),
);

test('Whatever was observed, every need is covered by one without the observation, on the same resources and conditions', () => {
  fc.assert(
    fc.property(step, ({ type, action, called }) => {
      const without = needsOf(type, action, []);
      for (const need of needsOf(type, action, [seen(type, action, called)])) {
        const wider = without.find(
          (one) =>
            covers(one.action, need.action) &&
            isCoarse(one) === isCoarse(need) &&
            JSON.stringify([one.resources, one.conditions]) ===
              JSON.stringify([need.resources, need.conditions]),
        );
        expect(wider).toBeDefined();
      }
    }),
  );
});

/** Whether the session policy lets an action pass on a resource that no plan has. */
function asking(policy: string): (action: string) => boolean {
  const parsed = parsePolicy(policy, { kind: 'session', file: 'session' });
  const everything = parsePolicy(
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}',
    { kind: 'identity', file: 'identity' },
  );
  if (!parsed.ok || !everything.ok) return expect.unreachable();
  const identity = [compilePolicy(everything.value, 'identity')];
  const session = [compilePolicy(parsed.value, 'session')];
  const context = requestContext(
    { 'aws:ResourceAccount': ACCOUNT, 'aws:RequestedRegion': REGION },
    { absent: ['kms:ViaService'] },
  );
  return (action) =>
    resourcesOfAction(action).some((type) => {
      const resource =
        type === '*' ? '*' : type.replaceAll(':*:', `:${REGION}:`).replaceAll('*', 'of-nobody');
      const request = prepareRequest({
        principal: { kind: 'role-session', account: ACCOUNT, partition: 'aws', roleName: 'apply' },
        ...{ action, resource, resourceAccount: ACCOUNT, context },
      });
      return request.ok && evaluate({ identity, session }, request.value).kind === 'allowed';
    });
}

test('Whatever was observed, the finished policy allows nothing that it would not allow without', () => {
  fc.assert(
    fc.property(step, ({ type, service, action, called }) => {
      const policyWith = (observed: readonly ObservedStep[]) => {
        const fitted = fitPolicy(needsOf(type, action, observed), none);
        return fitted.ok ? fitted.value.policy : undefined;
      };
      const [without, observed] = [policyWith([]), policyWith([seen(type, action, called)])];
      // One that is too long is made without the observation.
      if (without === undefined || observed === undefined) return;
      const [allowed, allowedBefore] = [asking(observed), asking(without)];
      for (const one of actionsOfService(service)) {
        if (!allowed(one)) continue;
        expect(allowedBefore(one), one).toBe(true);
      }
    }),
    { numRuns: 12 },
  );
});

test('What people left out of a type is not needed by it any more, and nothing else changes', () => {
  const topic = change({ type: 'aws_sns_topic', action: 'create', after: object({ name: 'alarms' }) });
  const queue = change({ type: 'aws_sqs_queue', action: 'create', after: object({ name: 'jobs' }) });
  const needs = (leftOut: readonly { type: string; action: string }[]) => {
    const found = needsOfPlan(planOf([topic, queue]), { ...FACTS, leftOut });
    return found.ok ? found.value : expect.unreachable();
  };
  const all = needs([]);
  expect(all.some(({ action }) => action === 'sns:ListTagsForResource')).toBe(true);
  const less = needs([{ type: 'aws_sns_topic', action: 'sns:ListTagsForResource' }]);
  expect(less).toEqual(all.filter(({ action }) => action !== 'sns:ListTagsForResource'));
  expect(needs([{ type: 'aws_sqs_queue', action: 'sns:ListTagsForResource' }])).toEqual(all);
});

test('Of a recorded type the calls that do not hang on an attribute are known', () => {
  expect(isRecordedType('aws_sns_topic')).toBe(true);
  expect(alwaysCalledBy('aws_sns_topic', 'create')).toContain('sns:CreateTopic');
  expect(alwaysCalledBy('aws_mq_broker', 'create')).toBeUndefined();
});
