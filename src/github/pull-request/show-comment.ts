import { ok, type Problem, type Result } from '#core-values';
import type { GitHubRepository } from '../api/port.ts';

export interface OwnComment {
  readonly id: number | bigint;
  readonly body: string;
}

/** What GitHub keeps of line ends is its own affair. */
const same = (one: string, other: string): boolean =>
  one.replaceAll('\r\n', '\n').trim() === other.replaceAll('\r\n', '\n').trim();

/** Our comments on an issue or a pull request, oldest first: written by our App, with the marker at their beginning. */
export async function ownComments(
  repository: GitHubRepository,
  issue: number,
  marker: string,
): Promise<Result<readonly OwnComment[], Problem>> {
  const comments = await repository.all('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
    issue_number: issue,
  });
  if (!comments.ok) return comments;
  const login = `${repository.app.slug}[bot]`;
  return ok(
    comments.value.flatMap(({ id, body = '', user }) =>
      user?.login === login && user.type === 'Bot' && body.startsWith(marker) ? [{ id, body }] : [],
    ),
  );
}

/** Makes our comment say this, and answers since when it does, by GitHub's clock; `undefined` where it said so already. */
export async function showComment(
  repository: GitHubRepository,
  issue: number,
  own: OwnComment | undefined,
  body: string,
): Promise<Result<string | undefined, Problem>> {
  if (own !== undefined && same(own.body, body)) return ok(undefined);
  const shown =
    own === undefined
      ? await repository.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
          issue_number: issue,
          body,
        })
      : await repository.request('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', {
          comment_id: own.id,
          body,
        });
  return shown.ok ? ok(shown.value.updated_at) : shown;
}
