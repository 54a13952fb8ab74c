import { parseStackName, type StackName } from '#core-values';
import {
  type Affected,
  affectedStacks,
  type ChangedFile,
  type ConfiguredStack,
  type Repository,
  type RepositoryFile,
  readRepository,
} from './index.ts';

/** Files by path; what begins with `-> ` is a symbolic link. */
export type Tree = Readonly<Record<string, string>>;

export const filesOf = (tree: Tree): readonly RepositoryFile[] =>
  Object.entries(tree).map(([path, text]) =>
    text.startsWith('-> ') ? { path, text: text.slice(3), isLink: true } : { path, text },
  );

export async function repositoryOf(tree: Tree, named: readonly string[] = []): Promise<Repository> {
  const read = await readRepository(filesOf(tree), { named });
  if (!read.ok) throw new Error(read.error.reasons[0].message.en);
  return read.value;
}

export const stackName = (name: string): StackName => {
  const parsed = parseStackName(name);
  if (parsed === undefined) throw new Error(`${name} is not a name of a stack`);
  return parsed;
};

/** `name`, its path and what it depends on. */
export const stackOf = (
  name: string,
  path: string,
  {
    dependsOn = [],
    alsoAffectedBy,
  }: { dependsOn?: readonly string[]; alsoAffectedBy?: readonly string[] } = {},
): ConfiguredStack => ({
  name: stackName(name),
  path,
  dependsOn: dependsOn.map(stackName),
  ...(alsoAffectedBy !== undefined && { alsoAffectedBy }),
});

/** What differs between two trees; `renamed` names the new path of an old one. */
export function changedBetween(
  before: Tree,
  after: Tree,
  renamed: Readonly<Record<string, string>> = {},
): ChangedFile[] {
  const [from, to] = [new Set(Object.keys(renamed)), new Set(Object.values(renamed))];
  return [
    ...Object.keys(after).flatMap((path): ChangedFile[] => {
      if (to.has(path) || before[path] === after[path]) return [];
      return [{ path, status: before[path] === undefined ? 'added' : 'modified' }];
    }),
    ...Object.keys(before).flatMap((path): ChangedFile[] =>
      after[path] === undefined && !from.has(path) ? [{ path, status: 'deleted' }] : [],
    ),
    ...Object.entries(renamed).map(
      ([previousPath, path]): ChangedFile => ({ path, previousPath, status: 'renamed' }),
    ),
  ];
}

/** A change from one tree to another, as far as `edit` says; a file that becomes `undefined` is deleted. */
export async function affectedBy(
  stacks: readonly ConfiguredStack[],
  before: Tree,
  edit: Readonly<Record<string, string | undefined>>,
  renamed: Readonly<Record<string, string>> = {},
): Promise<Affected> {
  const after: Record<string, string> = {};
  for (const [path, text] of Object.entries({ ...before, ...edit }))
    if (text !== undefined) after[path] = text;
  for (const [from, to] of Object.entries(renamed)) {
    after[to] ??= before[from] ?? '';
    delete after[from];
  }
  return affectedStacks({
    stacks,
    before: await repositoryOf(before),
    after: await repositoryOf(after),
    changedFiles: changedBetween(before, after, renamed),
  });
}
