import type { Reason, StackName } from '#core-values';
import type { Repository } from './model.ts';

/** A stack as `sekisho.yaml` has it. */
export interface ConfiguredStack {
  readonly name: StackName;
  /** Folder of its root module. */
  readonly path: string;
  readonly dependsOn: readonly StackName[];
  /** Globs of files, from the repository's root (`path-glob.ts`), that affect it besides those it is known to use. */
  readonly alsoAffectedBy?: readonly string[];
}

/** A file that differs between the two sides of a change. */
export interface ChangedFile {
  readonly path: string;
  readonly status: 'added' | 'modified' | 'deleted' | 'renamed';
  /** Where a renamed file was. */
  readonly previousPath?: string;
}

export interface Change {
  /** Those of this repository only. */
  readonly stacks: readonly ConfiguredStack[];
  readonly before: Repository;
  readonly after: Repository;
  readonly changedFiles: readonly ChangedFile[];
}

export interface Affected {
  /** By wave, then in the order in which the stacks were given. */
  readonly stacks: readonly AffectedStack[];
  /** Stacks whose folder is on neither side: a mistake in `sekisho.yaml`, or a folder that is still to come. */
  readonly missing: readonly { readonly stack: StackName; readonly reason: Reason }[];
}

export interface AffectedStack {
  readonly stack: StackName;
  readonly path: string;
  /**
   * `plan`: it is to be planned. `deleted`: its folder is gone; what it deployed is still there, and nothing may plan or apply it by
   * itself. `moved`: the same, and the folder's files went to `movedTo`.
   */
  readonly fate: 'plan' | 'deleted' | 'moved';
  readonly movedTo?: string;
  /** From 1 on: every affected stack that it depends on, directly or not, is in a lower one. 0 for what is not planned. */
  readonly wave: number;
  /** At least one; sorted, `MOST_REASONS` at most. */
  readonly reasons: readonly [AffectedReason, ...AffectedReason[]];
  readonly hasMoreReasons: boolean;
}

export interface AffectedReason {
  /**
   * `folder`: the file lies in the stack's folder; `lock-file`: and is its lock file; `module`: in a local module that it uses; `shared-file`: its
   * configuration mentions the file; `declared`: a glob of `alsoAffectedBy` matches; `deleted`, `renamed`: the stack's folder is gone;
   * `unreadable`: something it uses does not parse or is computed, so that nobody knows what it uses;
   * `asked`: all stacks were asked for.
   */
  readonly kind:
    | 'folder'
    | 'lock-file'
    | 'module'
    | 'shared-file'
    | 'declared'
    | 'deleted'
    | 'renamed'
    | 'unreadable'
    | 'asked';
  /** The changed file; of `unreadable` the file that nobody understands; of `deleted`, `renamed` and `asked` the stack's folder. */
  readonly path: string;
  /** From the stack's folder to the module that uses the file, both included; only where that is another folder. */
  readonly via?: readonly string[];
}
