export { type ApplyPolicyFacts, applySessionPolicy } from './apply-policy.ts';
export { serviceOfType } from './aws-types.ts';
export { type PlanPolicyFacts, planSessionPolicy } from './plan-policy.ts';
export { type PlannedAction, plannedActions, type StateStore, stateStoreOf } from './planned-action.ts';
export type { SessionPolicy } from './session-policy.ts';
