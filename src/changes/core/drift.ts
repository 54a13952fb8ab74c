import type { PlanState } from './life.ts';

/** A plan that tells how a stack stands: a scheduled one, or one that was applied. */
export interface TellingPlan {
  readonly state: PlanState;
  readonly changes: { readonly drift: number };
}

/** `undefined` where nobody can tell: no plan, or one that is still being judged. */
export function hasDrifted(plan: TellingPlan | undefined): boolean | undefined {
  if (plan === undefined || plan.state === 'planned' || plan.state === 'reviewed') return undefined;
  if (plan.state === 'applied') return false;
  // A refresh found what only an apply would write down.
  return plan.state === 'no-changes' ? plan.changes.drift > 0 : true;
}
