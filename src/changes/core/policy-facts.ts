import type { ApplyRequest, ChangeFacts, FindingFacts } from '#policy/core';
import type { AddedNeed } from './added-need.ts';

/** What the policy is told about a plan; kept with it, so that it can be asked again without opening the file. */
export interface PlanFacts {
  readonly findings: FindingFacts;
  readonly changes: ChangeFacts;
  /** What the stack's extra needs were when the plan came in; absent where there were none. */
  readonly extraNeeds?: readonly AddedNeed[];
}

/** Until the slo room answers, no budget is known; the shipped policy does not hold that against anybody. */
export const UNKNOWN_ERROR_BUDGET: ApplyRequest['facts']['errorBudget'] = { known: false, remainingPpm: 0 };
