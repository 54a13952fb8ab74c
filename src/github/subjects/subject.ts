import type { Problem, Result } from '#core-values';
import type { RepositoryAt } from '../api/port.ts';

/** What GitHub shows and we keep up to date. */
export type SubjectKind = 'pull-request' | 'drift';

/** One thing to keep up to date. That it is dirty says only: look again. It carries no facts. */
export interface Subject<Kind extends string = SubjectKind> {
  readonly kind: Kind;
  readonly at: RepositoryAt;
  /** The number of a pull request; the name of a stack. */
  readonly key: string;
}

/** A repository is one too: its open pull requests are listed, and those that changed are marked. Its key is empty. */
export type AnySubject = Subject<SubjectKind | 'repository'>;

export interface Synced {
  /** Whether it must be looked at again now and then although nobody says that it changed: an open pull request, a merged one whose applies are not done. */
  readonly isOpen: boolean;
}

/**
 * Reads the facts again, and makes GitHub show them. Called for one subject by one worker at a time, on any replica, any number of
 * times; it may die between any two steps and is called again. What it publishes must therefore be found again by listing
 * (`external_id` of a check, a hidden marker in a comment) before it is made. A problem keeps the subject dirty, and it is tried again with growing pauses.
 * The signal tells that it is no longer alone, or that the server stops: publish nothing more.
 */
export type Sync = (subject: Subject, signal: AbortSignal) => Promise<Result<Synced, Problem>>;

/** Given in `main/`, so that who keeps the queue knows no use-case. */
export type Syncs = Readonly<Record<SubjectKind, Sync>>;
