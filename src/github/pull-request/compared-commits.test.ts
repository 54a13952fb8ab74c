import { expect, test } from 'vitest';
import { err, ok, problem, verbatim } from '#core-values';
import type { GitHubRepository } from '../api/port.ts';
import { comparedCommits } from './compared-commits.ts';
import type { Pull } from './pull.ts';

const [BASE, HEAD, OLD_HEAD, MERGE, PARTED] = ['b', 'a', '0', 'c', 'd'].map((one) => one.repeat(40));
const why = { message: verbatim('x'), remedy: verbatim('x') };
const GONE = err(problem('not-found', { rule: 'github.not-found', ...why }));
const DOWN = err(problem('outside-failed', { rule: 'github.failed', ...why }));

const compared = (pull: Partial<Pull>, merge: unknown) => {
  const request = async (route: string) =>
    route.includes('git/commits') ? merge : ok({ merge_base_commit: { sha: PARTED } });
  const about = { state: 'open', mergeable: true, merge_commit_sha: MERGE, ...pull };
  return comparedCommits(
    { request } as unknown as GitHubRepository,
    { ...about, base: { sha: BASE }, head: { sha: HEAD } } as Pull,
  );
};
const mergeOf = (...parents: readonly (string | undefined)[]) =>
  ok({ parents: parents.map((sha) => ({ sha })) });

test('the merge commit is compared with its first parent, also while GitHub tries the next merge', async () => {
  const merged = ok({ before: BASE, after: MERGE });
  expect(await compared({}, mergeOf(BASE, HEAD))).toEqual(merged);
  expect(await compared({ mergeable: null }, mergeOf(BASE, HEAD))).toEqual(merged);
});

test('a merge commit of another head, none, or one that is gone is not taken for this head’s', async () => {
  const branch = ok({ before: PARTED, after: HEAD, noMerge: 'not-yet' });
  expect(await compared({ mergeable: null }, mergeOf(BASE, OLD_HEAD))).toEqual(branch);
  expect(await compared({ mergeable: null, merge_commit_sha: null }, DOWN)).toEqual(branch);
  expect(await compared({}, GONE)).toEqual(branch);
});

test('a conflict is compared by the branch alone, whatever merge commit there was before', async () => {
  const branch = ok({ before: PARTED, after: HEAD, noMerge: 'conflict' });
  expect(await compared({ mergeable: false }, mergeOf(BASE, HEAD))).toEqual(branch);
});

test('a squashed merge is compared by the branch, and nothing needs saying', async () => {
  expect(await compared({ state: 'closed', mergeable: null }, mergeOf(BASE))).toEqual(
    ok({ before: PARTED, after: HEAD }),
  );
});

test('a lookup that fails is no answer', async () => {
  expect(await compared({}, DOWN)).toEqual(DOWN);
});
