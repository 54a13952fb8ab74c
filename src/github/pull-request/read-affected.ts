import type { Stack } from '#accounts/core';
import { err, ok, type Problem, problem, type Result, type StackName, text } from '#core-values';
import {
  type Affected,
  affectedStacks,
  type Change,
  changesBetween,
  entriesBehindLinks,
  entriesToRead,
  LINK_MODE,
  type RepositoryFile,
  repositoryReader,
  type TreeBlob,
} from '#repository';
import type { GitHubRepository } from '../api/port.ts';
import type { FileTexts } from '../core/block-places.ts';
import type { BlobTexts } from './blob-texts.ts';

/** What passes by itself: nothing is shown for it, and it is tried again. */
export const PASSING: readonly Problem['code'][] = [
  'outside-failed',
  'too-many-requests',
  'unavailable',
  'timeout',
];

export interface AffectedBy {
  readonly affected: Affected;
  /** Of the newer commit. */
  readonly files: FileTexts;
}

/** Which of the stacks differ between two commits, told from the trees themselves: a list of changed files ends at 3,000. */
export async function readAffected(
  repository: GitHubRepository,
  blobs: BlobTexts,
  {
    before,
    after,
    stacks,
  }: { readonly before: string; readonly after: string; readonly stacks: readonly Stack[] },
): Promise<Result<AffectedBy, Problem>> {
  const [was, is] = await Promise.all([treeOf(repository, before), treeOf(repository, after)]);
  if (!was.ok) return was;
  if (!is.ok) return is;
  const changedFiles = changesBetween(was.value, is.value);
  return affectedBetween(repository, blobs, { was: was.value, is: is.value, stacks, changedFiles });
}

async function affectedBetween(
  repository: GitHubRepository,
  blobs: BlobTexts,
  {
    was,
    is,
    stacks,
    changedFiles,
  }: Pick<Change, 'changedFiles'> & Trees & { readonly stacks: readonly Stack[] },
): Promise<Result<AffectedBy, Problem>> {
  const [wasFiles, isFiles] = [await filesOf(repository, blobs, was), await filesOf(repository, blobs, is)];
  if (!wasFiles.ok) return wasFiles;
  if (!isFiles.ok) return isFiles;
  const read = repositoryReader();
  const options = { named: stacks.map(({ path }) => path) };
  const [older, newer] = [await read(wasFiles.value, options), await read(isFiles.value, options)];
  if (!older.ok) return older;
  if (!newer.ok) return newer;
  const affected = affectedStacks({ stacks, before: older.value, after: newer.value, changedFiles });
  return ok({ affected, files: textsOf(isFiles.value) });
}

interface Trees {
  readonly was: readonly TreeBlob[];
  readonly is: readonly TreeBlob[];
}

export interface TwoCommits {
  readonly before: string;
  readonly after: string;
}

/**
 * The stacks for which the second pair of commits changes something else than the first did: files that the first did not change, or that hold something
 * else afterwards. Files that no stack uses may differ: another change of the base may have come to them.
 */
export async function stacksOfOtherChange(
  repository: GitHubRepository,
  blobs: BlobTexts,
  {
    judged,
    made,
    stacks,
  }: { readonly judged: TwoCommits; readonly made: TwoCommits; readonly stacks: readonly Stack[] },
): Promise<Result<readonly StackName[], Problem>> {
  const trees: (readonly TreeBlob[])[] = [];
  for (const commit of [judged.before, judged.after, made.before, made.after]) {
    const tree = await treeOf(repository, commit);
    if (!tree.ok) return tree;
    trees.push(tree.value);
  }
  const [judgedBefore = [], judgedAfter = [], madeBefore = [], madeAfter = []] = trees;
  const paths = otherPaths({ was: judgedBefore, is: judgedAfter }, { was: madeBefore, is: madeAfter });
  if (paths.length === 0) return ok([]);
  const changedFiles = paths.map((path) => ({ path, status: 'modified' as const }));
  const between = { was: judgedAfter, is: madeAfter, stacks, changedFiles };
  const read = await affectedBetween(repository, blobs, between);
  return read.ok ? ok(read.value.affected.stacks.map(({ stack }) => stack)) : read;
}

function otherPaths(judged: Trees, made: Trees): readonly string[] {
  const changed = new Set(pathsOf(judged));
  const [wanted, found] = [contentsOf(judged.is), contentsOf(made.is)];
  const others = new Set([...changed].filter((path) => wanted.get(path) !== found.get(path)));
  return [...others, ...pathsOf(made).filter((path) => !changed.has(path))];
}

const pathsOf = ({ was, is }: Trees): readonly string[] =>
  changesBetween(was, is).flatMap(({ path, previousPath }) =>
    previousPath === undefined ? [path] : [path, previousPath],
  );

const contentsOf = (tree: readonly TreeBlob[]): ReadonlyMap<string, string> =>
  new Map(tree.map(({ path, mode, sha }) => [path, `${mode} ${sha}`]));

/** The configuration of a commit. */
export async function filesAt(
  repository: GitHubRepository,
  blobs: BlobTexts,
  commit: string,
): Promise<Result<FileTexts, Problem>> {
  const tree = await treeOf(repository, commit);
  if (!tree.ok) return tree;
  const files = await filesOf(repository, blobs, tree.value);
  return files.ok ? ok(textsOf(files.value)) : files;
}

const textsOf = (files: readonly RepositoryFile[]): FileTexts =>
  new Map(files.map(({ path, text: words }) => [path, words]));

/** Every file of a commit. A tree that GitHub cuts off is a problem: what it lacks would count as deleted. */
async function treeOf(
  repository: GitHubRepository,
  commit: string,
): Promise<Result<readonly TreeBlob[], Problem>> {
  const tree = await repository.request('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', {
    tree_sha: commit,
    recursive: '1',
  });
  if (!tree.ok) return tree;
  if (tree.value.truncated) return err(TRUNCATED);
  return ok(
    tree.value.tree.flatMap(({ path, mode, sha }) =>
      path === undefined || mode === undefined || sha === undefined ? [] : [{ path, mode, sha }],
    ),
  );
}

const TRUNCATED: Problem = problem('too-large', {
  rule: 'github.tree-truncated',
  message: text(
    'GitHub does not list all files of the repository: it has too many.',
    'ファイル数が多すぎるため、GitHub がリポジトリの全ファイルを返しません。',
  ),
  remedy: text(
    'Split the repository: GitHub lists 100,000 files at most.',
    'リポジトリを分割してください。GitHub が一覧できるのは 10 万ファイルまでです。',
  ),
});

async function filesOf(
  repository: GitHubRepository,
  blobs: BlobTexts,
  tree: readonly TreeBlob[],
): Promise<Result<readonly RepositoryFile[], Problem>> {
  const first = await read(repository, blobs, entriesToRead(tree));
  if (!first.ok) return first;
  const second = await read(repository, blobs, entriesBehindLinks(tree, first.value));
  return second.ok ? ok([...first.value, ...second.value]) : second;
}

async function read(
  repository: GitHubRepository,
  blobs: BlobTexts,
  entries: readonly TreeBlob[],
): Promise<Result<readonly RepositoryFile[], Problem>> {
  const texts = await blobs.read(
    repository,
    entries.map(({ sha }) => sha),
  );
  if (!texts.ok) return texts;
  return ok(
    entries.map(({ path, sha, mode }) => ({
      path,
      text: texts.value.get(sha) ?? '',
      ...(mode === LINK_MODE && { isLink: true }),
    })),
  );
}
