import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import {
  type ChangedFile,
  entriesBehindLinks,
  entriesToRead,
  LINK_MODE,
  type RepositoryFile,
  type TreeBlob,
} from '../core/index.ts';
import type { Git } from './git.ts';

/** A commit as far as it is read: what `readRepository` takes. */
export type CommitFiles = readonly RepositoryFile[];

/** The files of several commits that tell what a repository holds; a text that they share is read once. Nothing of the work tree is. */
export async function readCommits(
  git: Git,
  commits: readonly string[],
): Promise<Result<readonly CommitFiles[], Problem>> {
  const trees: (readonly TreeBlob[])[] = [];
  for (const commit of commits) {
    const tree = await treeOf(git, commit);
    if (!tree.ok) return tree;
    trees.push(tree.value);
  }
  const texts = new Map<string, string>();
  const filesOf = (entries: readonly TreeBlob[]): CommitFiles =>
    entries.map(({ path, sha, mode }) => ({
      path,
      text: texts.get(sha) ?? '',
      ...(mode === LINK_MODE && { isLink: true }),
    }));
  const first = await readBlobs(git, trees.flatMap(entriesToRead), texts);
  if (!first.ok) return first;
  const chosen = trees.map((tree) => {
    const entries = entriesToRead(tree);
    return [...entries, ...entriesBehindLinks(tree, filesOf(entries))];
  });
  const second = await readBlobs(git, chosen.flat(), texts);
  return second.ok ? ok(chosen.map(filesOf)) : second;
}

/** Every file of a commit. */
async function treeOf(git: Git, commit: string): Promise<Result<readonly TreeBlob[], Problem>> {
  const listed = await git.bytes(['ls-tree', '-r', '-z', '--full-tree', commit]);
  if (!listed.ok) return listed;
  return ok(
    records(listed.value).flatMap((record): readonly TreeBlob[] => {
      const [, mode = '', sha = '', path = ''] = /^([0-7]{6}) [a-z]+ ([0-9a-f]+)\t(.*)$/s.exec(record) ?? [];
      return path === '' ? [] : [{ mode, sha, path }];
    }),
  );
}

const records = (bytes: Buffer): readonly string[] => bytes.toString('utf8').split('\0').slice(0, -1);

/** Adds the texts of the entries that are not there yet, by the ids of their content. */
async function readBlobs(
  git: Git,
  entries: readonly TreeBlob[],
  texts: Map<string, string>,
): Promise<Result<void, Problem>> {
  const wanted = [...new Set(entries.map(({ sha }) => sha))].filter((sha) => !texts.has(sha));
  if (wanted.length === 0) return ok(undefined);
  const answered = await git.bytes(['cat-file', '--batch'], `${wanted.join('\n')}\n`);
  if (!answered.ok) return answered;
  let at = 0;
  for (const sha of wanted) {
    // `SHA blob 12`, a line break, 12 bytes, a line break.
    const end = answered.value.indexOf(10, at);
    const [, size] = /^[0-9a-f]+ blob ([0-9]+)$/.exec(answered.value.toString('utf8', at, end)) ?? [];
    if (size === undefined) return err(incomplete);
    at = end + 1 + Number(size) + 1;
    texts.set(sha, answered.value.toString('utf8', end + 1, at - 1));
  }
  return ok(undefined);
}

const incomplete: Problem = problem('outside-failed', {
  rule: 'checkout.incomplete',
  message: text(
    'The checkout lacks files of the commits to be compared.',
    '比較するコミットのファイルの一部がチェックアウトにありません。',
  ),
  remedy: text(
    'Check out the whole repository: `fetch-depth: 0`, and without `filter`.',
    'リポジトリ全体をチェックアウトしてください(`fetch-depth: 0` を指定し、`filter` は使わない)。',
  ),
});

const STATUS: Readonly<Record<string, ChangedFile['status']>> = {
  A: 'added',
  C: 'added',
  D: 'deleted',
  R: 'renamed',
};

/** What differs between two commits, renames found as git finds them. */
export async function changedFiles(
  git: Git,
  before: string,
  after: string,
): Promise<Result<readonly ChangedFile[], Problem>> {
  const listed = await git.bytes([
    ...[
      'diff',
      '--name-status',
      '-z',
      '-M',
      '--no-ext-diff',
      '--ignore-submodules=none',
      before,
      after,
      '--',
    ],
  ]);
  if (!listed.ok) return listed;
  const words = records(listed.value)[Symbol.iterator]();
  const changed: ChangedFile[] = [];
  for (const word of words) {
    const status = STATUS[word[0] ?? ''] ?? 'modified';
    const path = words.next().value ?? '';
    if (/^[RC]/.test(word)) {
      const to = words.next().value ?? '';
      changed.push({ path: to, status, ...(status === 'renamed' && { previousPath: path }) });
    } else changed.push({ path, status });
  }
  return ok(changed);
}
