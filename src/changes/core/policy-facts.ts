import type { ApplyRequest, ChangeFacts, FindingFacts } from '#policy/core';

/** What the policy is told about a plan; kept with it, so that it can be asked again without opening the file. */
export interface PlanFacts {
  readonly findings: FindingFacts;
  readonly changes: ChangeFacts;
}

/** Until the slo room answers, no budget is known; the shipped policy does not hold that against anybody. */
export const UNKNOWN_ERROR_BUDGET: ApplyRequest['facts']['errorBudget'] = { known: false, remainingPpm: 0 };
