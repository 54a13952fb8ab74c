import type { Stack } from '#accounts/core';
import { err, ok, type Problem, problem, type Reason, type Result, text } from '#core-values';
import type { WorkloadIdentity } from '#credentials';
import type { JobFacts } from '../core/plan-record.ts';
import { isProposing, proposedBy } from '../core/review/pull-request.ts';
import type { ChangesRoom } from '../room.ts';

export interface DeclaredPullRequest {
  readonly pullRequest: number;
  /** The commit that the job checked out. */
  readonly commit: string;
}

/**
 * Which pull request a job planned. The token's ref says it for jobs of pull requests, and GitHub which commit was merged for them; where
 * GitHub does not answer, that is asked again when it matters. A manual run says both itself: it is shown, and nothing rests on it.
 */
export async function pullRequestOf(
  room: Pick<ChangesRoom, 'reviews'>,
  { repository }: Stack,
  job: WorkloadIdentity,
  declared: DeclaredPullRequest | undefined,
): Promise<Result<Pick<JobFacts, 'pullRequest' | 'headCommit'>, Problem>> {
  if (declared !== undefined) {
    return job.event === 'workflow_dispatch'
      ? ok({ pullRequest: declared.pullRequest, headCommit: declared.commit })
      : err(problem('bad-input', mayNotDeclare(job.event)));
  }
  const proposed = isProposing(job.event) ? proposedBy(job.ref) : undefined;
  if (proposed === undefined) return ok({});
  const { pullRequest } = proposed;
  if (proposed.at === 'head') return ok({ pullRequest, headCommit: job.commit });
  const of = { issuer: repository.issuer, repositoryId: repository.id, commit: job.commit };
  const head = await room.reviews?.headOf(of);
  return ok({ pullRequest, ...(head?.ok === true ? { headCommit: head.value } : {}) });
}

const mayNotDeclare = (event: string): Reason => ({
  rule: 'plan.pull-request-declared',
  message: text(
    `A job of ${event} may not say which pull request it planned: its token does.`,
    `${event} のジョブは、どのプルリクエストのプランかを申告できません。トークンから判断します。`,
  ),
  remedy: text(
    'Leave --pull-request and --commit out; they are for workflow_dispatch.',
    '--pull-request と --commit を指定しないでください。workflow_dispatch 専用です。',
  ),
});
