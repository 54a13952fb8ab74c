export { serviceOfType } from './aws-types.ts';
export { type PlanPolicyFacts, planSessionPolicy } from './plan-policy.ts';
export type { SessionPolicy } from './session-policy.ts';
export { type StateStore, stateStoreOf } from './state-store.ts';
