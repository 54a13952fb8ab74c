import type { Plan } from '../api/answers.ts';

const SHORT_COMMIT = 8;

/** Where a plan comes from, in short: `shop/infra #12`, or the branch. */
export function originOf({
  repository,
  pullRequest,
  ref,
}: Pick<Plan, 'repository' | 'pullRequest' | 'ref'>): string {
  const number = pullRequest ?? /^refs\/pull\/(\d+)\//.exec(ref)?.[1];
  return number === undefined
    ? `${repository.name} ${ref.replace(/^refs\/(?:heads|tags)\//, '')}`
    : `${repository.name} #${number}`;
}

export const shortCommit = (commit: string): string => commit.slice(0, SHORT_COMMIT);
