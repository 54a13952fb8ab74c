export { sameValue } from './reading.ts';
export { review } from './review.ts';
export type { AllowedSources, ReviewContext, Rule, RuleFamily } from './rule.ts';
