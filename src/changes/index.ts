export { isApplied } from './applied.ts';
export * from './core/index.ts';
export { keepHouse, recoverAfterRestart } from './housekeeping.ts';
export { reviewedPlan } from './reviewed-plan.ts';
export type { Alarm, ChangesRoom } from './room.ts';
export { changesRoutes, type RouteRoom } from './routes/index.ts';
export { planInShort, showPlan } from './show-plan.ts';
export { countPlansByState } from './store/plan-counts.ts';
export { SEALED_PLAN_COLUMNS } from './store/sealed-columns.ts';
