import {
  type AuthorizationAnswer,
  type Response,
  statefulIsAuthorized,
} from '@cedar-policy/cedar-wasm/nodejs';
import { err, ok, type Reason, type Result } from '#core-values';
import { type CedarRequest, toCedar } from './cedar-request.ts';
import { factsOf } from './facts.ts';
import type { LoadedPolicySet } from './policy-set.ts';
import { engineFailed, evaluationError, unusableFact } from './reasons.ts';
import type { PolicyRequest } from './request.ts';

/** Requests are typed, but a fact that is missing at run time all the same must deny, and not throw. */
export function translate(request: PolicyRequest): Result<CedarRequest, Reason> {
  let cedar: CedarRequest;
  try {
    cedar = toCedar(request);
  } catch (error) {
    return err(unusableFact(error instanceof Error ? error.message : String(error)));
  }
  const inexact = factsOf(cedar).find(
    (fact) => typeof fact.value === 'number' && !Number.isSafeInteger(fact.value),
  );
  return inexact === undefined ? ok(cedar) : err(unusableFact(`${inexact.name} is not a whole number`));
}

/**
 * Cedar's answer, or why there is none. Cedar skips a policy that fails to evaluate; a forbid skipped is a
 * door left open, so any such error is an error of the whole.
 */
export function evaluate(
  set: LoadedPolicySet,
  cedar: CedarRequest,
): Result<Response, readonly [Reason, ...Reason[]]> {
  const answer = ask(set, set.policiesKey, cedar);
  if (!answer.ok) return err([answer.error]);
  const [first, ...more] = answer.value.diagnostics.errors.map((error) =>
    evaluationError(
      error.error.message,
      set.policies.find((policy) => policy.id === error.policyId),
    ),
  );
  return first === undefined ? ok(answer.value) : err([first, ...more]);
}

/** Which probes hold. A probe that fails to evaluate does not. */
export function probesThatHold(set: LoadedPolicySet, cedar: CedarRequest): ReadonlySet<string> {
  const answer = ask(set, set.probesKey, cedar);
  return new Set(answer.ok ? answer.value.diagnostics.reason : []);
}

function ask(set: LoadedPolicySet, policies: string, cedar: CedarRequest): Result<Response, Reason> {
  let answer: AuthorizationAnswer;
  try {
    answer = statefulIsAuthorized({
      ...cedar,
      preparsedSchemaName: set.schemaKey,
      preparsedPolicySetId: policies,
      validateRequest: true,
    });
  } catch (error) {
    return err(engineFailed(error instanceof Error ? error.message : String(error)));
  }
  return answer.type === 'success'
    ? ok(answer.response)
    : err(unusableFact(answer.errors.map((error) => error.message).join('; ')));
}
