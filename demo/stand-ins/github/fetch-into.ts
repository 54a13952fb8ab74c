import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { commitObject, commitOf, history, nameOf, objectOf, treeObject, wholeTree } from './git.ts';
import type { Commit, Repository } from './state.ts';

/** Puts a commit and everything before it into a repository of git's own, by the same names: what `git fetch` does of GitHub. */
export async function fetchInto(directory: string, repository: Repository, sha: string): Promise<void> {
  for (const commit of history(repository, commitOf(repository, sha).sha)) {
    for (const object of objectsOf(commit)) await keep(directory, object);
  }
}

const objectsOf = (commit: Commit): readonly Buffer[] => [
  ...wholeTree(commit.files).map(({ kind, path, content }) =>
    kind === 'blob' ? objectOf('blob', content) : treeObject(commit.files, path),
  ),
  treeObject(commit.files),
  commitObject(commit),
];

async function keep(directory: string, object: Buffer): Promise<void> {
  const name = nameOf(object);
  const file = join(directory, '.git/objects', name.slice(0, 2), name.slice(2));
  if (existsSync(file)) return;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, deflateSync(object));
}
