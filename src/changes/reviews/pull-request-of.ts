import { personByIdentity, type Stack } from '#accounts/core';
import { err, ok, type Problem, problem, type Reason, type Result, type Text, text } from '#core-values';
import type { WorkloadIdentity } from '#credentials';
import type { JobFacts } from '../core/plan-record.ts';
import type { DispatchFacts } from '../core/policy-facts.ts';
import type { Dispatch } from '../core/review/port.ts';
import { isProposing, proposedBy } from '../core/review/pull-request.ts';
import type { ChangesRoom } from '../room.ts';

export interface DeclaredPullRequest {
  readonly pullRequest: number;
  /** The commit that the job checked out. */
  readonly commit: string;
}

type Room = Pick<ChangesRoom, 'reviews' | 'organization'>;
type Proposal = Pick<JobFacts, 'pullRequest' | 'headCommit'> & { readonly dispatch?: DispatchFacts };

/**
 * Which pull request a job planned. The token's ref says it for jobs of pull requests, and GitHub which commit was merged for them; where
 * GitHub does not answer, that is asked again when it matters. Of a run that our App started we know what for, whatever its job says. Any
 * other manual run says both itself: it is shown, and nothing rests on it.
 */
export async function pullRequestOf(
  room: Room,
  stack: Stack,
  job: WorkloadIdentity,
  declared: DeclaredPullRequest | undefined,
): Promise<Result<Proposal, Problem>> {
  if (job.event === 'workflow_dispatch') return ofManualRun(room, stack, job, declared);
  if (declared !== undefined) return err(problem('bad-input', mayNotDeclare(job.event)));
  const proposed = isProposing(job.event) ? proposedBy(job.ref) : undefined;
  if (proposed === undefined) return ok({});
  const { pullRequest } = proposed;
  if (proposed.at === 'head') return ok({ pullRequest, headCommit: job.commit });
  const { issuer, id: repositoryId } = stack.repository;
  const head = await room.reviews?.headOf({ issuer, repositoryId, commit: job.commit });
  return ok({ pullRequest, ...(head?.ok === true ? { headCommit: head.value } : {}) });
}

async function ofManualRun(
  room: Room,
  stack: Stack,
  { runId, actorName }: WorkloadIdentity,
  declared: DeclaredPullRequest | undefined,
): Promise<Result<Proposal, Problem>> {
  const words =
    declared === undefined ? {} : { pullRequest: declared.pullRequest, headCommit: declared.commit };
  if (room.reviews === undefined) return ok(words);
  const { issuer, id: repositoryId } = stack.repository;
  const dispatch = await room.reviews.dispatchOf({ issuer, repositoryId, runId, actorName });
  if (!dispatch.ok) return dispatch;
  switch (dispatch.value.kind) {
    case 'not-connected':
      return ok(words);
    case 'by-hand':
      return ok({ ...words, dispatch: { by: 'hand' } });
    case 'by-app':
      return ofOurRun(room, stack, dispatch.value, declared);
  }
}

async function ofOurRun(
  { reviews, organization }: Room,
  { repository: { issuer, id: repositoryId } }: Stack,
  { pullRequest, commit }: Extract<Dispatch, { kind: 'by-app' }>,
  declared: DeclaredPullRequest | undefined,
): Promise<Result<Proposal, Problem>> {
  if (declared !== undefined && declared.pullRequest !== pullRequest)
    return err(notWhatFor(text(`#${pullRequest}`, `#${pullRequest}`), `#${declared.pullRequest}`));
  if (declared !== undefined && declared.commit !== commit) {
    const short = commit.slice(0, 12);
    return err(notWhatFor(text(`commit ${short}`, `コミット ${short}`), declared.commit.slice(0, 12)));
  }
  const found = await reviews?.authorsOf({ issuer, repositoryId, pullRequest });
  if (found?.ok === false) return found;
  const authors = (found?.value ?? []).map(({ id, login }) => {
    const person = personByIdentity(organization(), issuer.name, id);
    return { id, name: login, ...(person === undefined ? {} : { person: person.name }) };
  });
  return ok({ pullRequest, headCommit: commit, dispatch: { by: 'app', authors } });
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

const notWhatFor = (known: Text, said: string): Problem =>
  problem('denied', {
    rule: 'plan.dispatched-for-another',
    message: text(
      `Sekisho started this run for ${known.en}, but the job says that it planned ${said}.`,
      `この実行は Sekisho が${known.ja} のために起動したものですが、ジョブは ${said} のプランだと申告しています。`,
    ),
    remedy: text(
      'Let the workflow hand on its inputs `pull-request` and `commit` as they are. If it does, look at what the change runs while it is planned.',
      'ワークフローの入力 `pull-request` と `commit` をそのまま渡してください。渡している場合は、その変更がプランの作成中に何を実行しているかを調べてください。',
    ),
  });
