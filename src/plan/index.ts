export * from './core/index.ts';
export { readPlan, readPlanFile } from './read-plan.ts';
export * from './render/index.ts';
