import { createHash } from 'node:crypto';
import type { Commit, Files, Repository, State } from './state.ts';

/** An object of git's: what it is hashed and kept as. https://git-scm.com/book/en/v2/Git-Internals-Git-Objects */
export function objectOf(kind: 'blob' | 'tree' | 'commit', body: string | Uint8Array): Buffer {
  const bytes = Buffer.from(body);
  return Buffer.concat([Buffer.from(`${kind} ${bytes.length}\0`), bytes]);
}

export const nameOf = (object: Uint8Array): string => createHash('sha1').update(object).digest('hex');

const named = new Map<string, string>();
const contents = new Map<string, string>();

/** As git names a file's content. */
export function blobSha(content: string): string {
  const known = named.get(content);
  if (known !== undefined) return known;
  const sha = nameOf(objectOf('blob', content));
  named.set(content, sha);
  contents.set(sha, content);
  return sha;
}

/** The content of this name, if a commit of the repository holds it. */
export function blobIn(repository: Repository, sha: string): string | undefined {
  const content = contents.get(sha);
  const isHeld = repository.commits
    .values()
    .some(({ files }) => files.values().some((each) => each === content));
  return content !== undefined && isHeld ? content : undefined;
}

export interface TreeEntry {
  readonly path: string;
  readonly kind: 'blob' | 'tree';
  readonly sha: string;
  readonly content: string;
}

/** What stands in one folder (`''`: the root), in git's order: a folder stands where its name with a slash would. */
export function folderOf(files: Files, folder: string): readonly TreeEntry[] {
  const prefix = folder === '' ? '' : `${folder}/`;
  const names = Map.groupBy(
    [...files].filter(([path]) => path.startsWith(prefix)),
    ([path]) => path.slice(prefix.length).split('/', 1)[0] ?? '',
  );
  return [...names]
    .map(([name, inside]): TreeEntry => {
      const path = `${prefix}${name}`;
      const content = files.get(path);
      return content === undefined
        ? { path, kind: 'tree', sha: nameOf(treeObject(new Map(inside), path)), content: '' }
        : { path, kind: 'blob', sha: blobSha(content), content };
    })
    .toSorted((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1));
}

const placeOf = ({ path, kind }: TreeEntry): string => (kind === 'tree' ? `${path}/` : path);

const MODES = { blob: '100644', tree: '40000' } as const;

/** As git keeps one folder. */
export const treeObject = (files: Files, folder = ''): Buffer =>
  objectOf(
    'tree',
    Buffer.concat(
      folderOf(files, folder).flatMap(({ kind, path, sha }) => [
        Buffer.from(`${MODES[kind]} ${path.split('/').at(-1) ?? ''}\0`),
        Buffer.from(sha, 'hex'),
      ]),
    ),
  );

export const treeSha = (files: Files): string => nameOf(treeObject(files));

/** Every file and folder below, as `?recursive=1` lists them. */
export function wholeTree(files: Files, folder = ''): readonly TreeEntry[] {
  return folderOf(files, folder).flatMap((entry) =>
    entry.kind === 'tree' ? [entry, ...wholeTree(files, entry.path)] : [entry],
  );
}

export interface NewCommit {
  readonly author: string;
  readonly message: string;
  readonly parents: readonly string[];
  readonly files: Files;
  /** As GitHub itself is, of a merge by its button. */
  readonly committer?: string;
}

export function addCommit(state: State, repository: Repository, commit: NewCommit): Commit {
  const known = {
    ...{ ...commit, at: state.now(), number: state.nextId() },
    committer: commit.committer ?? commit.author,
  };
  const made = { ...known, sha: nameOf(commitObject(known)) };
  repository.commits.set(made.sha, made);
  return made;
}

/** As git keeps it. Two commits of the same content, parents and second would be one: a header of ours makes them two, as git's clock does. */
export function commitObject({ files, parents, at, number, message, ...by }: Omit<Commit, 'sha'>): Buffer {
  const signed = (login: string): string =>
    `${login} <${login}@users.noreply.example> ${Date.parse(at) / 1000} +0000`;
  const headers = [
    `tree ${treeSha(files)}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${signed(by.author)}`,
    `committer ${signed(by.committer)}`,
    `stand-in ${number}`,
  ];
  return objectOf('commit', `${headers.join('\n')}\n\n${message}\n`);
}

export function commitOf(repository: Repository, sha: string): Commit {
  const found = repository.commits.get(sha);
  if (found === undefined) throw new Error(`${repository.name} has no commit ${sha}`);
  return found;
}

/** A branch, `heads/main`, `refs/pull/7/merge`, or the beginning of a commit's name. */
export function resolved(repository: Repository, ref: string): Commit | undefined {
  const [, number, which] = /^(?:refs\/)?pull\/(\d+)\/(merge|head)$/.exec(ref) ?? [];
  if (number !== undefined) {
    const pull = repository.pulls.get(Number(number));
    return repository.commits.get((which === 'merge' ? pull?.mergeCommit : pull?.head.sha) ?? '');
  }
  const branch =
    repository.branches.get(ref.replace(/^(?:refs\/)?heads\//, '')) ?? repository.branches.get(ref);
  if (branch !== undefined) return repository.commits.get(branch);
  const byName = repository.commits.get(ref);
  if (byName !== undefined || !/^[0-9a-f]{7,39}$/.test(ref)) return byName;
  return repository.commits.values().find(({ sha }) => sha.startsWith(ref));
}

/** The commit and everything before it, nearest first. */
export function history(repository: Repository, from: string): readonly Commit[] {
  const found = new Map<string, Commit>();
  const waiting = [from];
  for (let sha = waiting.shift(); sha !== undefined; sha = waiting.shift()) {
    const commit = repository.commits.get(sha);
    if (commit === undefined || found.has(sha)) continue;
    found.set(sha, commit);
    waiting.push(...commit.parents);
  }
  return [...found.values()];
}

export function mergeBase(repository: Repository, one: string, other: string): Commit | undefined {
  const known = new Set(history(repository, other).map(({ sha }) => sha));
  return history(repository, one).find(({ sha }) => known.has(sha));
}

export interface ChangedFile {
  readonly path: string;
  readonly status: 'added' | 'removed' | 'modified' | 'renamed';
  readonly previous: string | undefined;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** What is different; a file that went while another came with the same content was renamed. */
export function difference(before: Files, after: Files): readonly ChangedFile[] {
  const gone = [...before].filter(([path]) => !after.has(path));
  const came = [...after].filter(([path]) => !before.has(path));
  const renamed = new Map(
    came.flatMap(([path, content]) => {
      const from = gone.find(([, old]) => old === content);
      return from === undefined ? [] : [[path, from[0]] as const];
    }),
  );
  const previous = new Set(renamed.values());
  return [
    ...came.map(([path, content]): ChangedFile => {
      const from = renamed.get(path);
      const status = from === undefined ? 'added' : 'renamed';
      return {
        path,
        status,
        previous: from,
        before: from === undefined ? undefined : content,
        after: content,
      };
    }),
    ...gone
      .filter(([path]) => !previous.has(path))
      .map(
        ([path, content]): ChangedFile => ({
          path,
          status: 'removed',
          previous: undefined,
          before: content,
          after: undefined,
        }),
      ),
    ...[...after].flatMap(([path, content]): ChangedFile[] => {
      const old = before.get(path);
      return old === undefined || old === content
        ? []
        : [{ path, status: 'modified', previous: undefined, before: old, after: content }];
    }),
  ].toSorted((one, other) => (one.path < other.path ? -1 : 1));
}

/** The base with what the head changed since they parted; `undefined` where both changed the same file. */
export function merged(repository: Repository, base: string, head: string): Files | undefined {
  const parted = mergeBase(repository, head, base)?.files ?? new Map<string, string>();
  const ours = commitOf(repository, base).files;
  const result = new Map(ours);
  for (const { path, previous, after } of difference(parted, commitOf(repository, head).files)) {
    for (const touched of [path, previous]) {
      if (touched === undefined) continue;
      const [now, was] = [ours.get(touched), parted.get(touched)];
      if (now !== was && now !== after) return undefined;
    }
    if (previous !== undefined) result.delete(previous);
    if (after === undefined) result.delete(path);
    else result.set(path, after);
  }
  return result;
}

/** Files with these changes; `null` removes one. */
export function changedBy(files: Files, changes: Readonly<Record<string, string | null>>): Files {
  const result = new Map(files);
  for (const [path, content] of Object.entries(changes)) {
    if (content === null) result.delete(path);
    else result.set(path, content);
  }
  return result;
}

/** A unified diff's body, coarse: all that was there goes, all that is comes. */
export function patchOf({ before, after }: ChangedFile): string {
  const lines = (text: string | undefined): readonly string[] =>
    text === undefined || text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const [old, now] = [lines(before), lines(after)];
  return [
    `@@ -${old.length === 0 ? 0 : 1},${old.length} +${now.length === 0 ? 0 : 1},${now.length} @@`,
    ...old.map((line) => `-${line}`),
    ...now.map((line) => `+${line}`),
  ].join('\n');
}
