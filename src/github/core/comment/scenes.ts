import { type Language, parseAccountId, text } from '#core-values';
import type { PullRequestFacts, StackFacts } from '../facts.ts';
import {
  planDetails,
  pullRequest,
  stackFacts,
  stackName,
  stackPlan,
  unplannedStack,
  waits,
} from '../testing.ts';

/** Situations whose comments are kept as cases, to be read as a stranger would. */
type Scene = (language: Language) => PullRequestFacts;

const STAGING = {
  id: parseAccountId('222222222222') ?? stackFacts().account.id,
  name: 'shop-staging',
  environment: 'staging',
} as const;

const said = (language: Language, en: string, ja: string): string => ({ en, ja })[language];

const permissionsIn = (language: Language) => ({
  can: [
    said(
      language,
      'Amazon S3: create and configure the bucket shop-images',
      'Amazon S3: バケット shop-images の作成と設定',
    ),
    said(language, 'AWS Lambda: change the function shop-resize', 'AWS Lambda: 関数 shop-resize の変更'),
  ],
  widened: [],
  escalations: [],
  additions: 0,
  sizeCharacters: 812,
  managedPolicies: 0,
});

const waiting = (language: Language, more: Partial<StackFacts> = {}): StackFacts =>
  stackFacts({
    plan: stackPlan({
      decision: waits(language),
      permissions: permissionsIn(language),
      review: {
        ...Object(planDetails().review),
        findings: [
          {
            rule: 'protection-missing',
            severity: 'medium',
            address: 'aws_s3_bucket.images',
            message: said(
              language,
              'aws_s3_bucket is created without versioning',
              'aws_s3_bucket がバージョニングなしで作成されます',
            ),
            remedy: said(
              language,
              'Add aws_s3_bucket_versioning.',
              'aws_s3_bucket_versioning を追加してください。',
            ),
          },
        ],
      },
    }),
    ...more,
  });

const staging = (more: Partial<StackFacts> = {}): StackFacts =>
  stackFacts({ name: stackName('shop-staging'), account: STAGING, path: 'stacks/staging', ...more });

export const SCENES: Readonly<Record<string, Scene>> = {
  'waits-for-approval': (language) => pullRequest({ language, stacks: [waiting(language)] }),
  'budget-spent': (language) =>
    pullRequest({
      language,
      stacks: [
        waiting(language, {
          plan: stackPlan({
            decision: waits(language),
            budgets: {
              services: ['checkout', 'search'],
              slos: [
                {
                  ...{ slo: 'checkout-availability', service: 'checkout', stand: 'spent' },
                  ...{ remainingPpm: -43_000, burning: true },
                },
                { slo: 'search-latency', service: 'search', stand: 'stale', burning: false },
                {
                  ...{ slo: 'search-availability', service: 'search', stand: 'left' },
                  ...{ remainingPpm: 999_999, burning: false },
                },
                { slo: 'search-freshness', service: 'search', stand: 'not-measured', burning: false },
              ],
            },
            repair: {
              ...{ by: 'taro', at: '2027-01-01T01:00:00.000Z', counts: false },
              reason: said(
                language,
                'rolls the timeout of checkout back to 3 s',
                '決済のタイムアウトを 3 秒に戻し、エラーを止める',
              ),
            },
          }),
        }),
      ],
    }),
  'accepts-reviews': (language) =>
    pullRequest({ language, stacks: [waiting(language, { acceptsReviews: true })] }),
  'changes-requested': (language) =>
    pullRequest({
      language,
      stacks: [
        waiting(language, {
          acceptsReviews: true,
          plan: stackPlan({
            decision: waits(language),
            permissions: permissionsIn(language),
            approvals: [
              {
                approver: 'bob',
                by: 'review',
                decision: 'reject',
                givenAt: '2026-11-23T06:10:00.000Z',
                counts: true,
                review: {
                  id: '31',
                  url: 'https://github.com/shop/infra/pull/12#pullrequestreview-31',
                  login: 'bob',
                  pullRequest: 12,
                },
              },
            ],
          }),
        }),
      ],
    }),
  refused: (language) =>
    pullRequest({
      language,
      stacks: [
        waiting(language, {
          plan: stackPlan({
            state: 'refused',
            decision: {
              ...{ allowed: false, policies: [], wouldChange: [] },
              reasons: [
                {
                  rule: 'plan.rejected',
                  message: said(language, 'bob rejected it: too large.', 'bob が却下しました: 大きすぎる'),
                  remedy: said(language, 'Settle it with bob.', '却下した人と話し合ってください。'),
                },
              ],
            },
            permissions: permissionsIn(language),
          }),
        }),
      ],
    }),
  'loses-data': (language) =>
    pullRequest({
      language,
      stacks: [
        stackFacts({
          plan: stackPlan({
            decision: {
              ...waits(language),
              wouldChange: [
                said(
                  language,
                  'two more approvals by people who are not authors, at least one of them of team platform',
                  '作成者以外の 2 人 (うち 1 人以上は platform チーム) がさらに承認する',
                ),
              ],
            },
            changes: { total: 1, delete: 1 },
            findings: { critical: 1, high: 0, medium: 0, low: 0, info: 0 },
            permissions: {
              ...permissionsIn(language),
              escalations: [
                said(
                  language,
                  'iam:PassRole of role shop-task to ecs-tasks.amazonaws.com',
                  'ロール shop-task の ecs-tasks.amazonaws.com への iam:PassRole',
                ),
              ],
            },
            review: {
              findings: [
                {
                  rule: 'data-destroyed',
                  severity: 'critical',
                  address: 'aws_db_instance.main',
                  message: said(
                    language,
                    'aws_db_instance is deleted, with what it holds',
                    'aws_db_instance が中のデータごと削除されます',
                  ),
                  remedy: said(
                    language,
                    'Make sure a backup exists that you have restored before.',
                    '復元を試したことのあるバックアップがあることを確認してください。',
                  ),
                },
              ],
              changes: [
                {
                  address: 'aws_db_instance.main',
                  action: 'delete',
                  before: { id: 'shop-main' },
                  after: null,
                },
              ],
            },
          }),
        }),
      ],
    }),
  'several-stacks': (language) =>
    pullRequest({
      language,
      stacks: [
        staging({
          plan: stackPlan({ state: 'no-changes', changes: { total: 0 }, findings: none, review: EMPTY }),
        }),
        waiting(language, {
          waitsFor: [stackName('shop-staging')],
          touched: {
            kind: 'changed',
            why: [
              text(
                'It uses the module modules/bucket, which changed.',
                '変更されたモジュール modules/bucket を使用しています。',
              ),
            ],
          },
        }),
        unplannedStack({ name: stackName('network'), path: 'stacks/network', touched: { kind: 'deleted' } }),
      ],
    }),
  'apply-before-merge': (language) =>
    pullRequest({
      language,
      stacks: [
        waiting(language, {
          applies: 'before-merge',
          plan: stackPlan({
            state: 'approved',
            decision: { allowed: true, policies: ['production-apply'], reasons: [], wouldChange: [] },
            permissions: permissionsIn(language),
            approvals: [
              {
                approver: 'bob',
                by: 'review',
                decision: 'approve',
                givenAt: '2026-11-23T06:10:00.000Z',
                counts: true,
              },
            ],
          }),
        }),
      ],
    }),
  'apply-failed': (language) =>
    pullRequest({
      language,
      status: 'merged',
      stacks: [
        stackFacts({
          plan: stackPlan({
            state: 'failed',
            decision: undefined,
            permissions: permissionsIn(language),
            denials: [
              {
                action: 's3:PutBucketTagging',
                named: true,
                resource: 'arn:aws:s3:::shop-images',
                by: 'session-policy',
                diagnosis: said(
                  language,
                  'The grant’s session policy does not allow it.',
                  'グラントのセッションポリシーで許可されていません。',
                ),
                remedy: said(
                  language,
                  'Add it to the stack’s needs, and plan again.',
                  'スタックの追加権限に登録し、プランを作り直してください。',
                ),
                addable: true,
              },
            ],
          }),
        }),
      ],
    }),
  'closed-but-applied': (language) =>
    pullRequest({
      language,
      status: 'closed',
      stacks: [waiting(language, { applies: 'before-merge', plan: stackPlan({ state: 'applied' }) })],
    }),
  'touches-nothing': (language) => pullRequest({ language, stacks: [] }),
  fork: (language) => pullRequest({ language, fork: true, stacks: [], untouched: [stackName('shop')] }),
  conflicts: (language) => pullRequest({ language, stacks: [unplannedStack()], noMerge: 'conflict' }),
  'no-merge-commit-yet': (language) =>
    pullRequest({ language, stacks: [unplannedStack()], noMerge: 'not-yet' }),
  'no-plan-yet': (language) => pullRequest({ language, stacks: [unplannedStack()] }),
  held: (language) =>
    pullRequest({
      language,
      stacks: [
        waiting(language, {
          heldBy: {
            number: 9,
            why: text(
              'It was applied from there and is not merged yet.',
              'そこから適用され、まだマージされていません。',
            ),
          },
        }),
      ],
    }),
  'lookup-failed': (language) =>
    pullRequest({
      language,
      failedLookups: [
        {
          rule: 'github.unreachable',
          message: text('GitHub did not answer.', 'GitHub が応答しませんでした。'),
          remedy: text('See githubstatus.com.', 'githubstatus.com を確認してください。'),
        },
      ],
      stacks: [],
    }),
};

const none = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
const EMPTY = { findings: [], changes: [] };
