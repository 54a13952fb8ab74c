export type { Need, Operation, Wide } from './need.ts';
export { type NeedsFacts, needsOfPlan } from './plan-needs.ts';
