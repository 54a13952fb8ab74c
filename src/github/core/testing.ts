import type { PlanDetails } from '#changes/core';
import {
  type Language,
  parseAccountId,
  parsePersonName,
  parsePlanId,
  parseStackName,
  parseTeamName,
  type StackName,
  type Text,
  text,
} from '#core-values';
import { shownReview } from '#plan/core';
import type { PullRequestFacts, StackFacts, StackPlan } from './facts.ts';

/** Facts for tests; what is left out is an ordinary pull request with one stack that waits for approval. */
const parsed = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('a test gives what does not parse');
  return value;
};

export const stackName = (name: string): StackName => parsed(parseStackName(name));

const HEAD = '8f3c1d2e4b5a69788796a5b4c3d2e1f009182736';

export const pullRequest = (facts: Partial<PullRequestFacts> = {}): PullRequestFacts => ({
  repository: { owner: 'shop', name: 'infra', url: 'https://github.com/shop/infra' },
  number: 12,
  head: HEAD,
  status: 'open',
  fork: false,
  language: 'en',
  stacks: [stackFacts()],
  untouched: [],
  failedLookups: [],
  ...facts,
});

export const stackFacts = (facts: Partial<StackFacts> = {}): StackFacts => ({
  ...unplannedStack(),
  plan: stackPlan(),
  ...facts,
});

export const unplannedStack = (facts: Partial<Omit<StackFacts, 'plan'>> = {}): StackFacts => ({
  name: stackName('shop-production'),
  account: { id: parsed(parseAccountId('111111111111')), name: 'shop-production', environment: 'production' },
  team: parsed(parseTeamName('platform')),
  approvers: ['bob', 'carol'].map((name) => parsed(parsePersonName(name))),
  path: 'stacks/production',
  touched: { kind: 'changed', why: [] },
  applies: 'after-merge',
  acceptsReviews: false,
  waitsFor: [],
  ...facts,
});

export const MISSING_APPROVAL: Text = text(
  'one more approval by somebody of team platform who is not an author',
  '作成者以外の platform チームの 1 人がさらに承認する',
);

/** The decision of a plan that waits for its team. */
export const waits = (language: Language): NonNullable<PlanDetails['decision']> => ({
  allowed: false,
  policies: [],
  reasons: [
    {
      rule: 'policy.not-permitted',
      message: {
        en: 'No policy permits shop/infra run 77 to apply stack shop-production. The nearest, production-apply, lacks: context.approvals.ofOwningTeam >= 1.',
        ja: 'shop/infra run 77 が stack shop-production に対して apply を行うことを許可するポリシーはありません。最も近い production-apply が満たしていない条件: context.approvals.ofOwningTeam >= 1',
      }[language],
      remedy: {
        en: 'Ask somebody of the team that owns the stack, other than the authors, to approve the plan.',
        ja: 'スタックを所有するチームの、作成者以外の人に、プランの承認を依頼してください。',
      }[language],
    },
  ],
  wouldChange: [MISSING_APPROVAL[language]],
});

export function planDetails(details: Partial<PlanDetails> = {}): PlanDetails {
  return {
    id: 'pln_0193a5c2-0000-7000-8000-000000000001',
    stack: 'shop-production',
    account: '111111111111',
    environment: 'production',
    state: 'awaiting-approval',
    digest: 'd'.repeat(64),
    fingerprint: '4be1'.repeat(16),
    lineage: '6b1a4e1e-0000-4000-8000-000000000000',
    serial: 7,
    repository: { id: '123456', name: 'shop/infra' },
    ref: 'refs/pull/12/merge',
    commit: HEAD,
    run: { id: '77', number: 41, attempt: 1 },
    author: { id: '101', name: 'alice', person: 'alice' },
    uploadedAt: '2026-11-23T06:00:00.000Z',
    expiresAt: '2026-11-30T06:00:00.000Z',
    changes: {
      total: 2,
      create: 1,
      update: 1,
      replace: 0,
      delete: 0,
      forget: 0,
      import: 0,
      move: 0,
      drift: 0,
    },
    findings: { critical: 0, high: 0, medium: 1, low: 0, info: 0 },
    permissions: {
      can: [
        'Amazon S3: create and configure the bucket shop-images',
        'AWS Lambda: change the function shop-resize',
      ],
      widened: [],
      escalations: [],
      additions: 0,
      sizeCharacters: 812,
      managedPolicies: 0,
    },
    decision: waits('en'),
    approvals: [],
    history: [],
    review: REVIEW,
    ...details,
  };
}

export const stackPlan = (details: Partial<PlanDetails> = {}): StackPlan => {
  const all = planDetails(details);
  const review = shownReview.safeParse(all.review);
  return {
    id: parsed(parsePlanId(all.id)),
    details: all,
    ...(review.success ? { review: review.data } : {}),
    runUrl: `https://github.com/shop/infra/actions/runs/${all.run.id}`,
  };
};

const REVIEW = {
  findings: [
    {
      rule: 'protection-missing',
      severity: 'medium',
      address: 'aws_s3_bucket.images',
      message: 'aws_s3_bucket is created without versioning',
      remedy: 'Add aws_s3_bucket_versioning.',
    },
  ],
  changes: [
    {
      address: 'aws_s3_bucket.images',
      action: 'create',
      before: null,
      after: { bucket: 'shop-images', tags: { team: 'platform' } },
    },
    {
      address: 'aws_lambda_function.resize',
      action: 'update',
      before: { function_name: 'shop-resize', memory_size: 128 },
      after: { function_name: 'shop-resize', memory_size: 512 },
    },
  ],
};
