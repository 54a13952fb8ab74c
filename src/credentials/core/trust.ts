import { MERGE_QUEUE, refMatches, type Stack } from '#accounts/core';
import { err, ok, type Reason, type Result, type Text, text } from '#core-values';
import type { Purpose, WorkloadIdentity } from './workload-identity.ts';

/**
 * Events whose workflow runs with the base repository's identity while the code it handles may be a stranger's fork.
 * No configuration may trust them: forks get no grant (attack 1).
 * https://securitylab.github.com/resources/github-actions-preventing-pwn-requests/
 */
const EVENTS_NEVER_TRUSTED: readonly string[] = ['pull_request_target', 'external_pull_request_event'];

/**
 * Whether a job may ask for a grant of this purpose on this stack: equality of ids, of the whole workflow reference and
 * of the event; the ref by globs within one segment. Lists everything that does not match. A claim that is absent
 * matches nothing (attack 3); the stack's role and account are never the job's to name (attack 14).
 */
export function matchTrust(
  stack: Stack,
  identity: WorkloadIdentity,
  purpose: Purpose,
): Result<void, readonly [Reason, ...Reason[]]> {
  const [first, ...more] = mismatches(stack, identity, purpose);
  return first === undefined ? ok(undefined) : err([first, ...more]);
}

function mismatches(stack: Stack, job: WorkloadIdentity, purpose: Purpose): readonly Reason[] {
  // Whoever operates holds no less than whoever applies, so it takes the same trust.
  const trust = purpose === 'plan' ? stack.plan : stack.apply;
  const { repository } = stack;
  const checks: readonly (false | Reason)[] = [
    job.issuer !== repository.issuer.url && mismatch('issuer', ISSUER, job.issuer, repository.issuer.url),
    job.repositoryId !== repository.id &&
      mismatch(
        'repository',
        REPOSITORY,
        `${job.repositoryName} (${job.repositoryId})`,
        `${repository.name} (${repository.id})`,
      ),
    job.ownerId !== repository.ownerId && mismatch('owner', OWNER, job.ownerId, repository.ownerId),
    job.workflowRef.text !== stack.workflow.text &&
      mismatch('workflow', WORKFLOW, job.workflowRef.text, stack.workflow.text),
    stack.workflowSha !== undefined &&
      job.workflowSha !== stack.workflowSha &&
      mismatch('workflow-sha', WORKFLOW_SHA, job.workflowSha, stack.workflowSha),
    EVENTS_NEVER_TRUSTED.includes(job.event) && neverTrusted(job.event),
    !trust.events.includes(job.event) && mismatch('event', EVENT, job.event, trust.events.join(', ')),
    !trust.refs.some((glob) => refMatches(glob, job.ref)) &&
      mismatch('ref', REF, job.ref, trust.refs.join(', ')),
    repository.issuer.kind === 'github-actions' && isStrayOfQueue(job) && STRAY_OF_QUEUE,
    trust.environment !== undefined &&
      job.environment !== trust.environment &&
      mismatch('environment', ENVIRONMENT, job.environment, trust.environment),
  ];
  return checks.filter((check) => check !== false);
}

/** A merge group runs on the branch that GitHub made for it, and nothing else does: events and refs are listed apart, so they are paired here. */
const isStrayOfQueue = ({ event, ref }: WorkloadIdentity): boolean =>
  (event === 'merge_group') !== ref.startsWith(MERGE_QUEUE);

const STRAY_OF_QUEUE: Reason = {
  rule: 'trust.merge-queue',
  message: text(
    `Event merge_group is trusted only on the branches of a merge queue (${MERGE_QUEUE}…), and there only merge_group.`,
    `イベント merge_group を信頼するのはマージキューのブランチ(${MERGE_QUEUE}…)だけです。また、そのブランチでは merge_group だけを信頼します。`,
  ),
  remedy: text(
    'Give the workflow `on: merge_group`, and keep `push` to your protected branches: `push: { branches: [main] }`.',
    'ワークフローに `on: merge_group` を指定し、`push` は保護ブランチに限定してください(`push: { branches: [main] }`)。',
  ),
};

const ISSUER = text('issuer', '発行者');
const REPOSITORY = text('repository', 'リポジトリ');
const OWNER = text('repository owner id', 'リポジトリ所有者の ID');
const WORKFLOW = text('workflow', 'ワークフロー');
const WORKFLOW_SHA = text('workflow commit', 'ワークフローのコミット');
const EVENT = text('event', 'イベント');
const REF = text('ref', 'ref');
const ENVIRONMENT = text('CI environment', 'CI の environment');

const neverTrusted = (event: string): Reason => ({
  rule: 'trust.event-never',
  message: text(
    `Event ${event} can run a stranger’s code with the repository’s own identity; it is never trusted.`,
    `イベント ${event} では、第三者のコードがリポジトリ自身の権限で実行されるおそれがあります。設定にかかわらず信頼しません。`,
  ),
  remedy: text(
    'Plan on `pull_request`, apply on `push` to the protected branch.',
    'プランは `pull_request`、適用は保護ブランチへの `push` で実行してください。',
  ),
});

function mismatch(rule: string, what: Text, actual: string | undefined, trusted: string): Reason {
  return {
    rule: `trust.${rule}`,
    message: text(
      `The job’s ${what.en} is ${actual ?? 'not stated'}; the stack trusts ${trusted}.`,
      `ジョブの${what.ja}は ${actual ?? '示されていません'}${actual === undefined ? '' : ' です'}。スタックが信頼するのは ${trusted} です。`,
    ),
    remedy: text(
      `Run the job where it matches, or change the stack’s ${what.en} in sekisho.yaml on its protected branch.`,
      `一致するジョブで実行するか、保護ブランチの sekisho.yaml でスタックの${what.ja}を変更してください。`,
    ),
  };
}
