export { askedFacts } from './asked-facts.ts';
export { type CaseVerdict, caseSchema, judgeCase, type PolicyCase, requestOf } from './case.ts';
export type { Counterfactual } from './counterfactual.ts';
export { type Decision, type DeterminingPolicy, decide, isAllowed } from './decide.ts';
export {
  type DraftFacts,
  draftedRequest,
  type RequestDraft,
  sampleWorkload,
} from './draft.ts';
export { type ExplainedDecision, explained, explainedDecision } from './explained.ts';
export { type Fact, type FactValue, showFactValue } from './facts.ts';
export { findingFacts } from './finding-facts.ts';
export { loadPolicySet, type PolicySources } from './load.ts';
export type { NearestPolicy } from './nearest.ts';
export { accountResource, freezeFacts, personPrincipal, stackResource } from './organization.ts';
export { denyEverything, type LoadedPolicy, type LoadedPolicySet, type PolicySet } from './policy-set.ts';
export { askedRequest, type PolicyQuestion } from './question.ts';
export * from './request.ts';
export type { SourceFile } from './source-text.ts';
export { timeFacts } from './time-facts.ts';
