export * from './core/index.ts';
export { readPlan, readPlanFile, readPlanJson } from './read-plan.ts';
export * from './render/index.ts';
