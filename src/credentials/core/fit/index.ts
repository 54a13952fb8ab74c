export { type FitFacts, type FittedPolicy, fitPolicy, type ManagedDocument } from './fit-policy.ts';
export { type PolicyWords, wordsOf } from './words.ts';
