import { parseExternalId } from '#accounts/core';
import type { ChangesRoom } from '#changes';
import { err, ok, type Problem, problem, type Result, type StackName, text } from '#core-values';
import type { GitHubRepository } from '../../api/port.ts';
import { keepDispatchedRun } from '../../store/dispatched-runs.ts';

export interface Start {
  /** File name below `.github/workflows/`. */
  readonly workflow: string;
  readonly stacks: readonly StackName[];
  readonly pullRequest: number;
  readonly commit: string;
  readonly purpose: 'plan' | 'apply';
}

/**
 * Starts a workflow of the default branch, and keeps which run it became and what for: its jobs run the change's code, so they are not
 * asked. A run that was not kept, because GitHub's answer or we got lost, gets no plan in.
 */
export async function startWorkflow(
  { db, clock }: Pick<ChangesRoom, 'db' | 'clock'>,
  repository: GitHubRepository,
  { workflow, stacks, pullRequest, commit, purpose }: Start,
): Promise<Result<void, Problem>> {
  const started = await repository.request(
    'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches',
    {
      workflow_id: workflow,
      ref: repository.defaultBranch,
      inputs: { stacks: stacks.join(','), 'pull-request': String(pullRequest), commit, purpose },
      // https://github.blog/changelog/2026-02-19-workflow-dispatch-api-now-returns-run-ids
      return_run_details: true,
    },
  );
  if (!started.ok) return started;
  // A GitHub of before answers nothing.
  const { workflow_run_id: id }: Partial<typeof started.value> = started.value ?? {};
  const runId = parseExternalId(String(id));
  if (runId === undefined) return err(RUN_UNKNOWN);
  await keepDispatchedRun(db, repository, runId, { pullRequest, commit }, clock.now());
  return ok(undefined);
}

const RUN_UNKNOWN: Problem = problem('outside-failed', {
  rule: 'command.run-unknown',
  message: text(
    'The workflow was started, but GitHub does not say as which run: what it plans is refused.',
    'ワークフローは起動しましたが、GitHub が実行の ID を返さないため、この実行のプランは受け付けられません。',
  ),
  remedy: text(
    'GitHub Enterprise Server must be of a version whose API knows `return_run_details`; until then start the workflow by hand, on GitHub.',
    'GitHub Enterprise Server は、API が `return_run_details` に対応したバージョンが必要です。更新までは、GitHub の画面からワークフローを手動で実行してください。',
  ),
});
