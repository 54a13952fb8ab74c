import {
  type Environment,
  type EpochMs,
  type PlanId,
  type Reason,
  type StackName,
  type Text,
  text,
} from '#core-values';
import type { AddedNeed } from './added-need.ts';
import { isInFlight } from './life.ts';
import type { JobFacts, PlanRecord } from './plan-record.ts';
import { isHeldBy, type LockHolder } from './stack-lock.ts';

/** Everything the server looked up before it lets a job have apply credentials. */
export interface ApplyFacts {
  readonly now: EpochMs;
  /** The stack the job asks for. */
  readonly stack: StackName;
  readonly accountOfStack: string;
  readonly environmentOfStack: Environment;
  readonly plan: PlanRecord;
  readonly job: JobFacts;
  /** What the last granted job reported; absent before the first. */
  readonly knownState?: { readonly lineage: string; readonly serial: number };
  /** Another plan of this stack whose credentials are out. */
  readonly inFlight?: PlanId;
  /** Which pull request holds the stack, where one does. */
  readonly lock?: LockHolder & { readonly repositoryName: string; readonly byWhom: string };
  /** Stacks this one depends on whose plan of the same commit is not applied yet. */
  readonly dependenciesOpen: readonly StackName[];
  /** Stacks this one depends on that were applied after this plan was made. */
  readonly dependenciesAppliedSince: readonly StackName[];
  /** Extra needs that the plan carries and that people took back since. */
  readonly needsGone: readonly Pick<AddedNeed, 'action' | 'resource'>[];
}

/**
 * Every reason why this job may not apply this plan, by plain comparison of facts; none if it may ask the policy.
 * Approvals are the policy's business, credentials and trust the credentials room's.
 */
export function applyRefusals(facts: ApplyFacts): readonly Reason[] {
  const otherStack = rightStack(facts);
  if (otherStack !== undefined) return [otherStack];
  const reasons = BINDING_CHECKS.flatMap((check) => check(facts) ?? []);
  // A plan that is over would disagree with the present state in any case; saying so would only confuse.
  return usableState(facts) === undefined
    ? [...reasons, ...PRESENT_CHECKS.flatMap((check) => check(facts) ?? [])]
    : reasons;
}

type Check = (facts: ApplyFacts) => Reason | undefined;

const reason = (rule: string, message: Text, remedy: Text): Reason => ({ rule, message, remedy });

const PLAN_AGAIN = text(
  'Run the workflow again from the start: it plans anew, and an approval of the same meaning still counts.',
  'ワークフローを最初から再実行してください。プランを作り直しても、内容が同じなら承認は引き継がれます。',
);

const rightStack: Check = ({ stack, plan }) =>
  plan.stack === stack
    ? undefined
    : reason(
        'grant.plan-of-another-stack',
        text(
          `The plan was made for stack ${plan.stack}, not for ${stack}.`,
          `このプランはスタック ${plan.stack} のものです。${stack} には適用できません。`,
        ),
        text(
          `Ask for a grant on ${plan.stack}, or plan ${stack}.`,
          `${plan.stack} へのグラントを要求するか、${stack} のプランを作成してください。`,
        ),
      );

const rightAccount: Check = ({ accountOfStack, plan }) =>
  plan.account === accountOfStack
    ? undefined
    : reason(
        'grant.account-changed',
        text(
          `The plan was made for account ${plan.account}; the stack now belongs to ${accountOfStack}.`,
          `プランはアカウント ${plan.account} 用ですが、スタックは現在 ${accountOfStack} に属しています。`,
        ),
        PLAN_AGAIN,
      );

/** People approved it for the environment that the account was then, by the rules that held there. */
const rightEnvironment: Check = ({ environmentOfStack, plan }) =>
  plan.environment === environmentOfStack
    ? undefined
    : reason(
        'grant.environment-changed',
        text(
          `The plan was made while the account was ${plan.environment}; now it is ${environmentOfStack}.`,
          `プランはアカウントが ${plan.environment} だったときに作成されましたが、現在は ${environmentOfStack} です。`,
        ),
        text(
          'Run the workflow again from the start: it plans anew, for approval by the rules of the present environment.',
          'ワークフローを最初から再実行してください。プランを作り直し、現在の環境のルールで承認を受けてください。',
        ),
      );

const sameRepository: Check = ({ plan, job }) =>
  plan.job.issuer === job.issuer && plan.job.repositoryId === job.repositoryId
    ? undefined
    : reason(
        'grant.repository-mismatch',
        text(
          `The plan comes from repository ${plan.job.repositoryName} (id ${plan.job.repositoryId}); this job runs in ${job.repositoryName} (id ${job.repositoryId}).`,
          `プランはリポジトリ ${plan.job.repositoryName}(ID ${plan.job.repositoryId})のものですが、このジョブは ${job.repositoryName}(ID ${job.repositoryId})で動いています。`,
        ),
        text('Apply from the repository that planned.', 'プランを作成したリポジトリから適用してください。'),
      );

const sameCommit: Check = ({ plan, job }) =>
  plan.job.commit === job.commit
    ? undefined
    : reason(
        'grant.commit-mismatch',
        text(
          `The plan was made from commit ${short(plan.job.commit)}; this job runs on ${short(job.commit)}.`,
          `プランはコミット ${short(plan.job.commit)} から作成されましたが、このジョブは ${short(job.commit)} で動いています。`,
        ),
        PLAN_AGAIN,
      );

const short = (commit: string): string => commit.slice(0, 12);

const sameRun: Check = ({ plan, job }) =>
  plan.job.runId === job.runId && plan.job.runAttempt === job.runAttempt
    ? undefined
    : reason(
        'grant.run-mismatch',
        text(
          `The plan was made by run ${plan.job.runId}, attempt ${plan.job.runAttempt}; this job is run ${job.runId}, attempt ${job.runAttempt}.`,
          `プランは実行 ${plan.job.runId} の試行 ${plan.job.runAttempt} で作成されましたが、このジョブは実行 ${job.runId} の試行 ${job.runAttempt} です。`,
        ),
        text(
          'Re-run all jobs, not only the failed ones: the run plans again, and an approval of the same meaning still counts.',
          '失敗したジョブだけでなく、すべてのジョブを再実行してください。プランを作り直しても、内容が同じなら承認は引き継がれます。',
        ),
      );

/** Says so before the house is kept; afterwards the plan's state does. */
const notExpired: Check = ({ now, plan }) =>
  now < plan.expiresAt || plan.state === 'expired'
    ? undefined
    : reason(
        'grant.plan-expired',
        text('The plan has expired.', 'プランの有効期限が切れています。'),
        PLAN_AGAIN,
      );

const usableState: Check = ({ plan }) => {
  if (plan.state === 'approved' || plan.state === 'awaiting-approval' || plan.state === 'reviewed') return;
  if (isInFlight(plan.state) || plan.state === 'applied' || plan.state === 'failed') {
    return reason(
      'grant.used',
      text(
        `A grant for this plan was already issued (the plan is ${plan.state}); it serves once.`,
        `このプランへのグラントはすでに発行されています(状態: ${plan.state})。グラントは一度しか使えません。`,
      ),
      PLAN_AGAIN,
    );
  }
  return reason(
    `grant.plan-${plan.state}`,
    text(`The plan is ${plan.state}.`, `プランの状態は ${plan.state} です。`),
    PLAN_AGAIN,
  );
};

const sameLineage: Check = ({ plan, knownState }) =>
  knownState === undefined || plan.lineage === knownState.lineage
    ? undefined
    : reason(
        'grant.lineage-mismatch',
        plan.lineage === ''
          ? text(
              'The plan was made without any state, but this stack has one: it would create everything again.',
              'このスタックには state がありますが、プランは state なしで作成されています。すべてを作り直すことになります。',
            )
          : text(
              'The plan was made from a state of another lineage than this stack’s.',
              'プランの元になった state の lineage が、このスタックのものと異なります。',
            ),
        text(
          'Check the backend configuration of the stack (bucket, key, workspace), then plan again.',
          'スタックのバックエンド設定(バケット、キー、workspace)を確認し、プランを作り直してください。',
        ),
      );

const freshSerial: Check = ({ plan, knownState }) =>
  knownState === undefined || plan.lineage !== knownState.lineage || plan.serial >= knownState.serial
    ? undefined
    : reason(
        'grant.state-moved',
        text(
          `The state moved on after the plan was made: the plan saw serial ${plan.serial}, the stack is at ${knownState.serial}.`,
          `プラン作成後に state が更新されています(プランの serial は ${plan.serial}、現在は ${knownState.serial})。`,
        ),
        PLAN_AGAIN,
      );

const noOtherApply: Check = ({ inFlight }) =>
  inFlight === undefined
    ? undefined
    : reason(
        'grant.apply-in-flight',
        text(
          `Plan ${inFlight} of this stack is being applied.`,
          `このスタックでは現在プラン ${inFlight} が適用中です。`,
        ),
        text(
          'Wait until it reports; if its job is dead, revoke its grant: `sekisho grants revoke`.',
          '完了を待ってください。ジョブが停止している場合は `sekisho grants revoke` でグラントを取り消してください。',
        ),
      );

/** What was applied of it is not merged: an apply of anything else would undo it. */
const notHeldByAnother: Check = ({ lock, plan }) =>
  lock === undefined || isHeldBy(lock, plan.job)
    ? undefined
    : reason(
        'grant.stack-locked',
        text(
          `Pull request #${lock.pullRequest} of ${lock.repositoryName} holds the stack: ${lock.byWhom} applied it before its merge.`,
          `${lock.repositoryName} のプルリクエスト #${lock.pullRequest} がスタックのロックを保持しています(${lock.byWhom} がマージ前に適用)。`,
        ),
        text(
          `Merge or close #${lock.pullRequest} first; if it is given up: \`sekisho stacks unlock ${plan.stack} --reason …\`.`,
          `先に #${lock.pullRequest} をマージまたはクローズしてください。取りやめる場合は \`sekisho stacks unlock ${plan.stack} --reason …\` で解除できます。`,
        ),
      );

const dependenciesFirst: Check = ({ dependenciesOpen }) =>
  dependenciesOpen.length === 0
    ? undefined
    : reason(
        'grant.dependency-open',
        text(
          `Stacks this one depends on are not applied yet: ${dependenciesOpen.join(', ')}.`,
          `依存先のスタックがまだ適用されていません: ${dependenciesOpen.join(', ')}`,
        ),
        text(
          'Apply them first, then plan this stack again.',
          '先に依存先を適用し、このスタックのプランを作り直してください。',
        ),
      );

const dependenciesUnchanged: Check = ({ dependenciesAppliedSince }) =>
  dependenciesAppliedSince.length === 0
    ? undefined
    : reason(
        'grant.dependency-changed',
        text(
          `Stacks this one depends on were applied after this plan was made: ${dependenciesAppliedSince.join(', ')}.`,
          `このプランの作成後に依存先のスタックが適用されました: ${dependenciesAppliedSince.join(', ')}`,
        ),
        PLAN_AGAIN,
      );

/** What the plan is bound to, for ever. */
const BINDING_CHECKS: readonly Check[] = [
  rightAccount,
  rightEnvironment,
  sameRepository,
  sameCommit,
  sameRun,
  usableState,
  notExpired,
];

const needsUnchanged: Check = ({ needsGone }) => {
  if (needsGone.length === 0) return undefined;
  const names = needsGone.map(({ action, resource }) => `${action} (${resource})`).join(', ');
  return reason(
    'grant.need-removed',
    text(
      `The plan asks for what was taken back since: ${names}.`,
      `プランに含まれる追加権限が、その後に削除されています: ${names}`,
    ),
    text(
      'Run the workflow again from the start: it plans anew, without it, for approval of that.',
      'ワークフローを最初から再実行してください。その権限を含まないプランが作り直され、改めて承認を受けます。',
    ),
  );
};

/** What must hold at this moment. */
const PRESENT_CHECKS: readonly Check[] = [
  sameLineage,
  freshSerial,
  noOtherApply,
  notHeldByAnother,
  dependenciesFirst,
  dependenciesUnchanged,
  needsUnchanged,
];
