import type { ChangeFacts, FindingFacts } from '#policy/core';
import type { AddedNeed } from './added-need.ts';
import type { Author } from './plan-record.ts';

/** What the policy is told about a plan; kept with it, so that it can be asked again without opening the file. */
export interface PlanFacts {
  readonly findings: FindingFacts;
  readonly changes: ChangeFacts;
  /** What the stack's extra needs were when the plan came in; absent where there were none. */
  readonly extraNeeds?: readonly AddedNeed[];
  /** Of runs of `workflow_dispatch` where our GitHub App is; absent elsewhere. */
  readonly dispatch?: DispatchFacts;
}

/** Who started a manual run. By hand, nobody knows whose work was planned. */
export type DispatchFacts =
  | { readonly by: 'hand' }
  /** With those whose work the pull request was, by GitHub, when the plan came in. */
  | { readonly by: 'app'; readonly authors: readonly Author[] };
