import { z } from 'zod';
import { err, ok, type Problem, problem, type Reason, type Result, text } from '#core-values';
import { type Decision, decide } from './decide.ts';
import {
  draftedRequest,
  draftFactsSchema,
  draftPersonSchema,
  draftStackSchema,
  sampleWorkload,
} from './draft.ts';
import type { PolicySet } from './policy-set.ts';
import { POLICY_ACTIONS, type PolicyRequest } from './request.ts';

/** A question to the policies and the answer they should give: one YAML file. */
export const caseSchema = z.strictObject({
  /** A sentence that states the behaviour. */
  name: z.string().min(1),
  action: z.enum(POLICY_ACTIONS),
  /** `job` is a CI job. */
  by: z.union([z.literal('job'), draftPersonSchema]),
  on: draftStackSchema,
  facts: draftFactsSchema.prefault({}),
  /** Facts whose lookup fails. */
  failedLookups: z.array(z.string().min(1)).prefault([]),
  expect: z.enum(['allow', 'deny']),
  /** Ids of exactly the policies that decide; none where nothing permits. */
  decidedBy: z.array(z.string().min(1)),
  /** Ids of the changes that would allow it, one list a way; not checked where left out. */
  wouldChange: z.array(z.array(z.string().min(1))).optional(),
});

export type PolicyCase = z.output<typeof caseSchema>;

export interface CaseVerdict {
  readonly passed: boolean;
  readonly decision: Decision;
  /** What was expected and what came, for each difference. */
  readonly differences: readonly {
    readonly what: string;
    readonly expected: string;
    readonly actual: string;
  }[];
}

export function judgeCase(set: PolicySet, policyCase: PolicyCase): Result<CaseVerdict, Problem> {
  const request = requestOf(policyCase);
  if (!request.ok) return err(problem('bad-input', request.error));
  const decision = decide(set, request.value);
  const differences = [
    difference('decision', policyCase.expect, decision.allowed ? 'allow' : 'deny'),
    difference('decidedBy', listed(policyCase.decidedBy), listed(decision.determining.map(({ id }) => id))),
    policyCase.wouldChange === undefined
      ? undefined
      : difference(
          'wouldChange',
          waysOf(policyCase.wouldChange),
          waysOf(decision.wouldChange.map((way) => way.changes)),
        ),
  ].filter((one) => one !== undefined);
  return ok({ passed: differences.length === 0, decision, differences });
}

/** The request that a case asks. */
export function requestOf(policyCase: PolicyCase): Result<PolicyRequest, Reason> {
  const drafted = draftedRequest({
    action: policyCase.action,
    principal: policyCase.by === 'job' ? sampleWorkload('job') : policyCase.by,
    resource: policyCase.on,
    facts: policyCase.facts,
  });
  if (!drafted.ok) return drafted;
  return ok({ ...drafted.value, failedLookups: policyCase.failedLookups.map(lookupFailed) });
}

const difference = (what: string, expected: string, actual: string) =>
  expected === actual ? undefined : { what, expected, actual };

const listed = (ids: readonly string[]): string => [...ids].sort().join(', ') || '-';

const waysOf = (ways: readonly (readonly string[])[]): string => listed(ways.map((way) => way.join(' + ')));

const lookupFailed = (fact: string): Reason => ({
  rule: 'policy.lookup-failed',
  message: text(`${fact} could not be looked up.`, `${fact} を取得できませんでした。`),
  remedy: text('Try again once it can be.', '取得できる状態になってから、やり直してください。'),
});
