export * from './core/index.ts';
export { readPlanFile } from './read-plan.ts';
