import { err, ok, type Problem, type Result } from '#core-values';
import type { AnswerOf, GitHubRepository } from '../api/port.ts';

export type Pull = AnswerOf<'GET /repos/{owner}/{repo}/pulls/{pull_number}'>;

/** Of what GitHub does not have. */
export const isGone = (problem: Problem): boolean => problem.code === 'not-found';

export async function readPull(
  repository: GitHubRepository,
  number: number,
): Promise<Result<Pull | undefined, Problem>> {
  const pull = await repository.request('GET /repos/{owner}/{repo}/pulls/{pull_number}', {
    pull_number: number,
  });
  if (pull.ok) return ok(pull.value);
  return isGone(pull.error) ? ok(undefined) : err(pull.error);
}
