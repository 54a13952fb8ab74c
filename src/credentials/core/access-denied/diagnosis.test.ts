import { expect, test } from 'vitest';
import { parseAccountId } from '#core-values';
import { DENIERS, type DeniedCall } from './denied-call.ts';
import { diagnose, SESSION_VERDICTS, sessionVerdict } from './diagnosis.ts';

const account = parseAccountId('333333333333') ?? expect.unreachable();
const topic = `arn:aws:sns:ap-northeast-1:${account}:orders`;
const policy = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const allow = (Action: string, more: object = {}) => ({ Effect: 'Allow', Action, Resource: '*', ...more });
const call = (by: DeniedCall['by'], explicit = false): DeniedCall => ({ named: true, by, explicit });
const verdict = (document: string, action = 'sns:TagResource', resource: string | undefined = topic) =>
  sessionVerdict(
    { action, ...(resource === undefined ? {} : { resource }) },
    { account, policies: [document], hasOthers: false },
  );

test('The grant’s own session policy is asked as AWS would ask it', () => {
  expect(verdict(policy(allow('sns:Tag*')))).toBe('allows');
  expect(verdict(policy(allow('sns:CreateTopic')))).toBe('lacks');
  expect(verdict(policy(allow('sns:*'), { ...allow('sns:Tag*'), Effect: 'Deny' }))).toBe('denies');
  expect(verdict(policy(allow('kms:*')), 'kms:TagResource', `arn:aws:kms:x:${account}:key/1`)).toBe('allows');
});

test('Policies that were made for the grant allow beside its inline one', () => {
  const policies = [policy(allow('sts:GetCallerIdentity')), policy(allow('sns:Tag*'))];
  const facts = { account, policies, hasOthers: false };
  expect(sessionVerdict({ action: 'sns:TagResource', resource: topic }, facts)).toBe('allows');
  expect(sessionVerdict({ action: 'sns:CreateTopic', resource: topic }, facts)).toBe('lacks');
});

test('What nobody told of the call is not guessed', () => {
  const inTokyo = { Condition: { StringEquals: { 'aws:RequestedRegion': 'ap-northeast-1' } } };
  expect(verdict(policy(allow('sns:Tag*', inTokyo)))).toBe('unknown');
  const facts = { account, policies: [policy(allow('sns:CreateTopic'))], hasOthers: true };
  expect(sessionVerdict({ action: 'sns:TagResource', resource: topic }, facts)).toBe('unknown');
});

test('Where no resource is named, a policy that allows the action nowhere lacks it', () => {
  const ask = (action: string, hasOthers = false) =>
    sessionVerdict(
      { action },
      { account, policies: [policy(allow('s3:Put*'), allow('sns:Tag*'))], hasOthers },
    );
  expect(ask('s3:PutBucketTagging')).toBe('unknown');
  expect(ask('s3:ListBucket')).toBe('lacks');
  expect(ask('s3:ListBucket', true)).toBe('unknown');
});

test('A guardrail, a boundary or somebody else’s policy never suggests a wider session policy', () => {
  for (const by of DENIERS) {
    for (const session of SESSION_VERDICTS) {
      for (const explicit of [false, true]) {
        const { widening, words, remedy } = diagnose(call(by, explicit), session);
        const mayHelp = ['session-policy', 'identity-policy', 'unknown'].includes(by);
        if (!mayHelp || explicit || session === 'denies') expect([by, widening]).toEqual([by, 'no']);
        const says = `${words.en} ${remedy.en} ${words.ja} ${remedy.ja}`.includes('needs add');
        expect([by, session, says]).toEqual([by, session, widening !== 'no']);
      }
    }
  }
});

test('Where AWS says nothing, the causes that are left are all named, and widening is offered only where it can be one', () => {
  expect(diagnose(call('unknown'), 'lacks').widening).toBe('also');
  expect(diagnose(call('unknown'), 'allows').widening).toBe('no');
  expect(diagnose(call('unknown'), 'unknown').words.en).toContain(
    'it may be the grant’s session policy, the role',
  );
  expect(diagnose(call('identity-policy'), 'lacks').widening).toBe('also');
  expect(diagnose(call('identity-policy'), 'allows').widening).toBe('no');
  expect(diagnose(call('session-policy'), 'lacks').widening).toBe('helps');
});
