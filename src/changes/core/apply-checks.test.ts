import { describe, expect, it } from 'vitest';
import {
  type AccountId,
  epochMs,
  type Fingerprint,
  type PlanDigest,
  type PlanId,
  type StackName,
} from '#core-values';
import { type ApplyFacts, applyRefusals } from './apply-checks.ts';
import type { JobFacts, PlanRecord } from './plan-record.ts';

const JOB: JobFacts = {
  issuer: 'github',
  repositoryId: '1001',
  repositoryName: 'shop/infra',
  ref: 'refs/heads/main',
  commit: 'a'.repeat(40),
  event: 'push',
  runId: '77',
  runNumber: 7,
  runAttempt: 1,
};

const PLAN: PlanRecord = {
  id: 'pln_00000000-0000-7000-8000-000000000000' as PlanId,
  stack: 'shop-production' as StackName,
  account: '444444444444' as AccountId,
  environment: 'production',
  digest: 'd'.repeat(64) as PlanDigest,
  fingerprint: 'f'.repeat(64) as Fingerprint,
  lineage: 'line',
  serial: 5,
  job: JOB,
  author: { id: '501', name: 'alice' },
  state: 'approved',
  uploadedAt: epochMs(1_000),
  expiresAt: epochMs(10_000),
};

const FINE: ApplyFacts = {
  now: epochMs(2_000),
  stack: PLAN.stack,
  accountOfStack: PLAN.account,
  environmentOfStack: PLAN.environment,
  plan: PLAN,
  job: JOB,
  knownState: { lineage: 'line', serial: 5 },
  dependenciesOpen: [],
  dependenciesAppliedSince: [],
  needsGone: [],
};

const refused = (change: Partial<ApplyFacts>): string[] =>
  applyRefusals({ ...FINE, ...change }).map(({ rule }) => rule);

const withPlan = (change: Partial<PlanRecord>): string[] => refused({ plan: { ...PLAN, ...change } });

const withJob = (change: Partial<JobFacts>): string[] => refused({ job: { ...JOB, ...change } });

describe('asking for apply credentials', () => {
  it('passes when every fact agrees', () => {
    expect(refused({})).toEqual([]);
  });

  it('passes when the stack has no state known to the server yet', () => {
    const { knownState: _, ...unknown } = FINE;
    expect(applyRefusals(unknown)).toEqual([]);
  });

  it('attack 7: refuses a job on another commit than the plan was made from', () => {
    expect(withJob({ commit: 'b'.repeat(40) })).toEqual(['grant.commit-mismatch']);
  });

  it('attack 8: refuses another run, and another attempt of the same run', () => {
    expect(withJob({ runId: '76' })).toEqual(['grant.run-mismatch']);
    expect(withJob({ runAttempt: 2 })).toEqual(['grant.run-mismatch']);
  });

  it('attack 8: refuses a superseded plan', () => {
    expect(withPlan({ state: 'superseded' })).toEqual(['grant.plan-superseded']);
  });

  it('attack 9: refuses a plan whose state has moved on', () => {
    expect(withPlan({ serial: 4 })).toEqual(['grant.state-moved']);
  });

  it('attack 9: refuses a plan from another lineage, and from no state where there is one', () => {
    expect(withPlan({ lineage: 'other' })).toEqual(['grant.lineage-mismatch']);
    expect(withPlan({ lineage: '', serial: 0 })).toEqual(['grant.lineage-mismatch']);
  });

  it('attack 14: refuses a job of another repository, and the same id at another issuer', () => {
    expect(withJob({ repositoryId: '1002' })).toEqual(['grant.repository-mismatch']);
    expect(withJob({ issuer: 'gitlab' })).toEqual(['grant.repository-mismatch']);
  });

  it('attack 15: refuses a plan that was made for another stack', () => {
    expect(withPlan({ stack: 'shop-staging' as StackName })).toEqual(['grant.plan-of-another-stack']);
  });

  it('refuses when the stack has moved to another account since', () => {
    expect(refused({ accountOfStack: '333333333333' })).toEqual(['grant.account-changed']);
    expect(refused({ environmentOfStack: 'development' })).toEqual(['grant.environment-changed']);
  });

  it('attack 20: refuses a second apply while another is in flight on the stack', () => {
    expect(refused({ inFlight: 'pln_other' as PlanId })).toEqual(['grant.apply-in-flight']);
  });

  it.each(['granted', 'applying', 'applied', 'failed'] as const)(
    'refuses a second grant when %s',
    (state) => {
      expect(withPlan({ state })).toEqual(['grant.used']);
    },
  );

  it.each(['planned', 'no-changes', 'expired', 'cancelled', 'refused'] as const)(
    'refuses a plan that is %s',
    (state) => {
      expect(withPlan({ state })).toEqual([`grant.plan-${state}`]);
    },
  );

  it('refuses a plan from the moment it expires', () => {
    expect(refused({ now: epochMs(9_999) })).toEqual([]);
    expect(refused({ now: epochMs(10_000) })).toEqual(['grant.plan-expired']);
  });

  it('lets dependencies go first, and plans again after them', () => {
    const network = ['shop-network' as StackName];
    expect(refused({ dependenciesOpen: network })).toEqual(['grant.dependency-open']);
    expect(refused({ dependenciesAppliedSince: network })).toEqual(['grant.dependency-changed']);
  });

  it('refuses a plan that carries an extra need which people took back', () => {
    const gone = { action: 'sns:TagResource', resource: 'arn:aws:sns:ap-northeast-1:222222222222:orders' };
    expect(refused({ needsGone: [gone] })).toEqual(['grant.need-removed']);
  });

  it('names every disagreement at once', () => {
    expect(
      refused({ job: { ...JOB, commit: 'b'.repeat(40), runId: '9' }, plan: { ...PLAN, serial: 1 } }),
    ).toEqual(['grant.commit-mismatch', 'grant.run-mismatch', 'grant.state-moved']);
  });
});
