import type { PlanDetails } from '#changes/core';
import type {
  AccountId,
  Environment,
  Language,
  PersonName,
  PlanId,
  Reason,
  StackName,
  TeamName,
  Text,
} from '#core-values';
import type { ShownReview } from '#plan/core';

/** Everything that decides what a pull request shows, read anew each time; what it shows is computed from this alone. */
export interface PullRequestFacts {
  readonly repository: { readonly owner: string; readonly name: string; readonly url: string };
  readonly number: number;
  /** The commit that people look at. */
  readonly head: string;
  /** The commit of the base branch that the merge made. */
  readonly merge?: string;
  /** The branch that it is for, where that is not the default one. */
  readonly otherBase?: string;
  readonly status: 'open' | 'closed' | 'merged';
  /** From another repository: its jobs get nothing, and before the merge nothing of it is read: then no stack is known to be touched. */
  readonly fork: boolean;
  /** Why what an open change touches is told from its head and where that left the base: it conflicts, or GitHub has made no merge commit yet. */
  readonly noMerge?: 'conflict' | 'not-yet';
  readonly language: Language;
  /** In the order in which they are applied. */
  readonly stacks: readonly StackFacts[];
  /** Stacks of the repository that the change does not touch. */
  readonly untouched: readonly StackName[];
  /** What could not be read: nothing passes until it can. */
  readonly failedLookups: readonly Reason[];
}

export interface StackFacts {
  readonly name: StackName;
  readonly account: { readonly id: AccountId; readonly name: string; readonly environment: Environment };
  readonly team: TeamName;
  /** Who of the team can approve here: who is not the plan's author, and can sign or review. */
  readonly approvers: readonly PersonName[];
  /** Folder of the root module in the repository. */
  readonly path: string;
  readonly touched: Touched;
  readonly applies: 'after-merge' | 'before-merge';
  /** Whether a review of the pull request may approve it. */
  readonly acceptsReviews: boolean;
  /** Stacks of this change that must be applied before this one. */
  readonly waitsFor: readonly StackName[];
  /** Another pull request holds the stack. */
  readonly heldBy?: { readonly number: number; readonly why: Text };
  /** The newest plan of the commit; absent where there is none yet. */
  readonly plan?: StackPlan;
  /** Why its plan cannot be shown. */
  readonly unreadable?: readonly Reason[];
}

/** Why a change concerns a stack. */
export type Touched =
  | { readonly kind: 'changed'; readonly why: readonly Text[] }
  | { readonly kind: 'moved'; readonly from: string; readonly to: string }
  | { readonly kind: 'deleted' };

export interface StackPlan {
  readonly id: PlanId;
  /** In the language of the facts. */
  readonly details: PlanDetails;
  /** Parsed from the details; absent if this version cannot. */
  readonly review?: ShownReview;
  /** The CI's run that made it. */
  readonly runUrl?: string;
}
