export { isApplied } from './applied.ts';
export { type AskingAgain, askAgain, notStarted, planToAskAgain, refuseAgain } from './ask-again.ts';
export { cancelPlan } from './cancel-plan.ts';
export * from './core/index.ts';
export { keepHouse, recoverAfterRestart } from './housekeeping.ts';
export { planUnknown } from './problems.ts';
export { reviewedPlan } from './reviewed-plan.ts';
export { hearReviews, type ReviewsChanged } from './reviews/hear-reviews.ts';
export type { Alarm, ChangesRoom } from './room.ts';
export { changesRoutes, type RouteRoom } from './routes/index.ts';
export { planInShort, showPlan } from './show-plan.ts';
export {
  type PullRequestEnded,
  releaseStackLocks,
  unlockStack,
} from './stack-locks/release-locks.ts';
export { countPlansByState } from './store/plan-counts.ts';
export { listPlans, type StoredPlan } from './store/plans.ts';
export { plansOfPullRequest } from './store/pull-requests.ts';
export { SEALED_PLAN_COLUMNS } from './store/sealed-columns.ts';
