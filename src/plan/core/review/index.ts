export { RULES } from './registry.ts';
export { review } from './review.ts';
export type { AllowedSources, ReviewContext, Rule, RuleFamily } from './rule.ts';
export { DATA_BEARING_TYPES, isDataBearing } from './rules/data-bearing.ts';
