export * from './api.ts';
export * from './approval/index.ts';
export { isOpenForDecision, PLAN_STATES, type PlanState } from './life.ts';
