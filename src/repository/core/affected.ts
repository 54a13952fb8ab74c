import { type Reason, type StackName, text } from '#core-values';
import type {
  Affected,
  AffectedReason,
  AffectedStack,
  Change,
  ChangedFile,
  ConfiguredStack,
} from './affected-model.ts';
import type { Repository } from './model.ts';
import { moduleGraph, type Used } from './module-graph.ts';
import { nameOf, throughLinks } from './paths.ts';
import { type Touched, touchedBy } from './touched.ts';
import { wavesOf } from './waves.ts';

/** Of one stack: people read a few. */
export const MOST_REASONS = 20;

/**
 * Which stacks a change affects, why, and in which order to plan them. A stack counts too often rather than once too seldom: what it uses
 * is taken from both sides of the change, and what cannot be read may use anything. A stack that only depends on an affected one
 * is not affected. The order of the changed files is of no matter.
 */
export function affectedStacks({ stacks, before, after, changedFiles }: Change): Affected {
  const touched = touchedBy(changedFiles, new Set([...before.modules.keys(), ...after.modules.keys()]));
  // After first: the way to a file that it has now is the one to be shown.
  const sides = [after, before].map((repository) => ({ repository, usedBy: moduleGraph(repository) }));
  const judged = stacks.map((stack) => judge(stack, { before, after, sides, changedFiles, touched }));
  const affected = judged.flatMap((one) => (one.kind === 'affected' ? [one.stack] : []));
  const missing = judged.flatMap((one) => (one.kind === 'missing' ? [one.missing] : []));
  return { stacks: inWaves(stacks, affected), missing };
}

/** Every stack, because somebody asks for all; a stack without a folder is missing. */
export function everyStack(stacks: readonly ConfiguredStack[], repository: Repository): Affected {
  const isThere = ({ path }: ConfiguredStack) => repository.modules.has(realPath(path, repository));
  const affected = stacks.filter(isThere).map(
    ({ name, path }): Omit<AffectedStack, 'wave'> => ({
      ...{ stack: name, path, fate: 'plan', hasMoreReasons: false },
      reasons: [{ kind: 'asked', path }],
    }),
  );
  const missing = stacks.filter((stack) => !isThere(stack)).map(missingStack);
  return { stacks: inWaves(stacks, affected), missing };
}

function inWaves(
  stacks: readonly ConfiguredStack[],
  affected: readonly Omit<AffectedStack, 'wave'>[],
): readonly AffectedStack[] {
  const planned = new Set(affected.flatMap(({ fate, stack }) => (fate === 'plan' ? [stack] : [])));
  const waves = wavesOf(stacks, planned);
  return affected.map((one) => ({ ...one, wave: waves.get(one.stack) ?? 0 })).sort((a, b) => a.wave - b.wave);
}

interface Sides {
  readonly before: Repository;
  readonly after: Repository;
  readonly sides: readonly { readonly repository: Repository; readonly usedBy: (root: string) => Used }[];
  readonly changedFiles: readonly ChangedFile[];
  readonly touched: Touched;
}

type Judged =
  | { readonly kind: 'affected'; readonly stack: Omit<AffectedStack, 'wave'> }
  | { readonly kind: 'missing'; readonly missing: Affected['missing'][number] }
  | { readonly kind: 'untouched' };

function judge(stack: ConfiguredStack, sides: Sides): Judged {
  const { before, after } = sides;
  const was = before.modules.has(realPath(stack.path, before));
  if (!after.modules.has(realPath(stack.path, after))) {
    return was
      ? { kind: 'affected', stack: gone(stack, sides) }
      : { kind: 'missing', missing: missingStack(stack) };
  }
  const all = reasonsOf(stack, sides);
  const [first, ...others] = all;
  if (first === undefined) return { kind: 'untouched' };
  return {
    kind: 'affected',
    stack: {
      ...{ stack: stack.name, path: stack.path, fate: 'plan' },
      reasons: [first, ...others.slice(0, MOST_REASONS - 1)],
      hasMoreReasons: all.length > MOST_REASONS,
    },
  };
}

/** A folder that a stack's path leads to; a link that leads nowhere leads to itself. */
const realPath = (path: string, { links }: Repository): string => throughLinks(path, links) ?? path;

function gone(
  { name, path }: ConfiguredStack,
  { before, after, changedFiles }: Sides,
): Omit<AffectedStack, 'wave'> {
  const movedTo = whereTo(realPath(path, before), after, changedFiles);
  return {
    ...{ stack: name, path, hasMoreReasons: false },
    ...(movedTo === undefined ? { fate: 'deleted' } : { fate: 'moved', movedTo }),
    reasons: [{ kind: movedTo === undefined ? 'deleted' : 'renamed', path }],
  };
}

/** The folder with configuration to which most files of a folder were renamed under their own names. */
function whereTo(
  folder: string,
  after: Repository,
  changedFiles: readonly ChangedFile[],
): string | undefined {
  const votes = new Map<string, number>();
  for (const { path, previousPath } of changedFiles) {
    const within = folder === '.' ? previousPath : previousPath?.slice(folder.length + 1);
    if (within === undefined || (folder !== '.' && !previousPath?.startsWith(`${folder}/`))) continue;
    const target = path === within ? '.' : path.slice(0, -within.length - 1);
    const keepsName = path === within || path.endsWith(`/${within}`);
    if (keepsName && after.modules.has(target)) votes.set(target, (votes.get(target) ?? 0) + 1);
  }
  return [...votes].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0]?.[0];
}

const KINDS: readonly AffectedReason['kind'][] = [
  ...(['folder', 'lock-file', 'module', 'shared-file', 'declared', 'unreadable'] as const),
];

/** Sorted by kind and path; of each source no more than will be shown and one, so that 10,000 files in a module of all cost nothing. */
function reasonsOf(stack: ConfiguredStack, { sides, touched }: Sides): readonly AffectedReason[] {
  if (touched.isEmpty) return [];
  const found = new Map<string, AffectedReason>();
  const add: Add = (kind, paths, wayTo) => {
    if (paths.length === 0) return;
    const via = wayTo?.() ?? [];
    for (const path of paths.slice(0, MOST_REASONS + 1)) {
      const key = `${kind} ${path}`;
      if (!found.has(key)) found.set(key, { kind, path, ...(via.length > 1 && { via }) });
    }
  };
  for (const { repository, usedBy } of sides) {
    const root = realPath(stack.path, repository);
    if (!repository.modules.has(root)) continue;
    const used = usedBy(root);
    // A link as the stack's folder belongs to it too.
    const own = [root, stack.path].flatMap(touched.inModule);
    const isLock = (path: string): boolean => nameOf(path) === '.terraform.lock.hcl';
    add(
      'folder',
      own.filter((path) => !isLock(path)),
    );
    add('lock-file', own.filter(isLock));
    addUsed(used, root, touched, add);
  }
  for (const glob of stack.alsoAffectedBy ?? []) add('declared', touched.matching(glob));
  return [...found.values()].sort(
    (a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || (a.path < b.path ? -1 : 1),
  );
}

type Add = (kind: AffectedReason['kind'], paths: readonly string[], wayTo?: () => readonly string[]) => void;

function addUsed(
  { folders, wayTo, files, unreadable }: Used,
  root: string,
  touched: Touched,
  add: Add,
): void {
  for (const folder of folders) {
    if (folder !== root) add('module', touched.inModule(folder), () => wayTo(folder));
  }
  for (const { path, reach, folder } of files) {
    // What lies in the stack's own folder is said already.
    const elsewhere = touched.at(path, reach).filter((one) => touched.moduleOf(one) !== root);
    add('shared-file', elsewhere, () => wayTo(folder));
  }
  for (const { file, folder } of unreadable) add('unreadable', [file], () => wayTo(folder));
}

const missingStack = ({ name, path }: ConfiguredStack): { stack: StackName; reason: Reason } => ({
  stack: name,
  reason: {
    rule: 'repository.stack-without-folder',
    message: text(
      `Stack ${name} has no folder here: ${path} holds no configuration, neither before nor after the change.`,
      `スタック ${name} のフォルダーがありません。変更の前後とも、${path} に構成ファイルが存在しません。`,
    ),
    remedy: text(
      `Correct \`path\` of ${name} in sekisho.yaml, or remove the stack there if it was destroyed. If its folder comes with another change, merge that first.`,
      `sekisho.yaml の ${name} の \`path\` を修正してください。スタックを破棄済みなら定義を削除してください。フォルダーが別の変更で追加される予定なら、先にそちらをマージしてください。`,
    ),
  },
});
