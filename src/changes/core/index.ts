export * from './added-need.ts';
export type { AskedAgain } from './again.ts';
export { againAnswer } from './again-api.ts';
export * from './api.ts';
export * from './approval/index.ts';
export type { BudgetsAnswer, BudgetsPort, ObjectiveBudget } from './budget/index.ts';
export { sensitiveStrings } from './concealing.ts';
export type { DenialAnswer } from './denied-api.ts';
export { jobStacksAnswer } from './job-stacks-api.ts';
export { isOpenForDecision, PLAN_STATES, type PlanState } from './life.ts';
export { type NeedAnswer, type NeedsRequest, needsAnswer, needsChanged } from './needs-api.ts';
export type { RepairAnswer } from './repair-api.ts';
export type {
  Dispatch,
  GitHubUser,
  ManualRun,
  PullRequestPlace,
  Review,
  ReviewsPort,
} from './review/port.ts';
export { stateWords } from './state-words.ts';
