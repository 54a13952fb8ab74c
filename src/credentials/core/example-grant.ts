import type { Region, RoleArn } from '#accounts/core';
import {
  type AccountId,
  type Fingerprint,
  type GrantId,
  type PersonName,
  type PlanDigest,
  type PlanId,
  parseGrantId,
  parsePlanId,
} from '#core-values';
import { EXAMPLE_IDENTITY, EXAMPLE_STACK } from './example-stack.ts';
import type { GrantedPlan } from './grant.ts';

const numbered = (prefix: string, number: number): string =>
  `${prefix}_00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;

export const examplePlanId = (number: number): PlanId => {
  const id = parsePlanId(numbered('pln', number));
  if (id === undefined) throw new Error('no plan id');
  return id;
};

export const exampleGrantId = (number: number): GrantId => {
  const id = parseGrantId(numbered('grt', number));
  if (id === undefined) throw new Error('no grant id');
  return id;
};

export const examplePlan = (number: number): GrantedPlan => ({
  id: examplePlanId(number),
  digest: 'd'.repeat(64) as PlanDigest,
  fingerprint: 'f'.repeat(64) as Fingerprint,
  lineage: '1a2b',
  serial: 12,
});

/** What the tests ask for: an apply of plan `number`, by a job with a token of its own. */
export const exampleRequest = (number: number) => ({
  id: exampleGrantId(number),
  purpose: 'apply' as const,
  stack: EXAMPLE_STACK.name,
  account: '444444444444' as AccountId,
  region: 'ap-northeast-1' as Region,
  roleArn: 'arn:aws:iam::444444444444:role/sekisho/apply' as RoleArn,
  identity: { ...EXAMPLE_IDENTITY, jti: `jti-${number}` },
  plan: examplePlan(number),
  approvers: ['taro' as PersonName, 'hanako' as PersonName],
  sessionPolicy: { policy: '{"Version":"2012-10-17","Statement":[]}', managedPolicyArns: [] },
  durationSeconds: 3600,
});
