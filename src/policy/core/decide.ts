import type { Reason, SourcePlace, Text } from '#core-values';
import { type Counterfactual, findCounterfactuals } from './counterfactual.ts';
import { evaluate, translate } from './engine.ts';
import { type Fact, factsOf, isReadBy } from './facts.ts';
import { type NearestPolicy, nearestOf, unmetPermits } from './nearest.ts';
import type { LoadedPolicy, LoadedPolicySet, PolicySet } from './policy-set.ts';
import { forbiddenBy, notPermitted } from './reasons.ts';
import type { PolicyRequest } from './request.ts';

export interface DeterminingPolicy {
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  readonly message: Text;
  readonly place: SourcePlace;
}

export interface Decision {
  /**
   * `forbidden`: a policy forbids it. `not-permitted`: no policy permits it. `undecidable`: a fact, a policy or
   * the engine failed, which denies.
   */
  readonly kind: 'allowed' | 'forbidden' | 'not-permitted' | 'undecidable';
  readonly allowed: boolean;
  /** The policies that decided: permits when allowed, forbids when forbidden, none otherwise. */
  readonly determining: readonly DeterminingPolicy[];
  /** The permits that came nearest to permitting, when none did and nothing forbade. */
  readonly nearest: readonly NearestPolicy[];
  /** Empty when allowed; never empty otherwise. */
  readonly reasons: readonly Reason[];
  /** The facts that the deciding (or nearest) policies read. */
  readonly facts: readonly Fact[];
  /** Small changes of facts, smallest first; each has been tried by itself and gives `allowed`. */
  readonly wouldChange: readonly Counterfactual[];
}

/** Decides and explains. Every way of failing denies; nothing is thrown. */
export function decide(set: PolicySet, request: PolicyRequest): Decision {
  if (set.kind === 'denies-everything') return undecidable(set.reasons);
  const failedLookups = request.failedLookups ?? [];
  if (failedLookups.length > 0) return undecidable(failedLookups);
  const cedar = translate(request);
  if (!cedar.ok) return undecidable([cedar.error]);
  const answer = evaluate(set, cedar.value);
  if (!answer.ok) return undecidable(answer.error);
  const determining = policiesNamed(set, answer.value.diagnostics.reason);
  const facts = factsOf(cedar.value);
  if (answer.value.decision === 'allow') {
    return { ...decision('allowed', determining), facts: readBy(facts, readsOf(determining)) };
  }
  const wouldChange = findCounterfactuals(request, {
    isAllowed: (changed) => isAllowed(set, changed),
    obstaclesOf: (changed) => obstaclesOf(set, changed),
  });
  if (determining.length > 0) {
    const reasons = determining.map(forbiddenBy);
    return {
      ...decision('forbidden', determining),
      reasons,
      facts: readBy(facts, readsOf(determining)),
      wouldChange,
    };
  }
  const nearest = nearestOf(unmetPermits(set, cedar.value));
  return {
    ...decision('not-permitted', []),
    nearest,
    reasons: [notPermitted(request, nearest)],
    facts: readBy(
      facts,
      readsOf(set.policies.filter((policy) => nearest.some(({ id }) => id === policy.id))),
    ),
    wouldChange,
  };
}

/** The answer alone, for trying out what would change it. */
export function isAllowed(set: LoadedPolicySet, request: PolicyRequest): boolean {
  const cedar = translate(request);
  if (!cedar.ok) return false;
  const answer = evaluate(set, cedar.value);
  return answer.ok && answer.value.decision === 'allow';
}

/** What the forbids that apply read, and the unmet conditions of the permits. */
function obstaclesOf(set: LoadedPolicySet, request: PolicyRequest): ReadonlySet<string> {
  const cedar = translate(request);
  const answer = cedar.ok ? evaluate(set, cedar.value) : cedar;
  if (!cedar.ok || !answer.ok || answer.value.decision === 'allow') return new Set();
  return new Set([
    ...readsOf(policiesNamed(set, answer.value.diagnostics.reason)),
    ...readsOf(unmetPermits(set, cedar.value).flatMap((near) => near.unmet)),
  ]);
}

const policiesNamed = (set: LoadedPolicySet, ids: readonly string[]): readonly LoadedPolicy[] =>
  set.policies.filter((policy) => ids.includes(policy.id));

const decision = (kind: Decision['kind'], determining: readonly LoadedPolicy[]): Decision => ({
  kind,
  allowed: kind === 'allowed',
  determining: determining.map(({ id, effect, message, place }) => ({ id, effect, message, place })),
  nearest: [],
  reasons: [],
  facts: [],
  wouldChange: [],
});

const undecidable = (reasons: readonly Reason[]): Decision => ({ ...decision('undecidable', []), reasons });

const readsOf = (readers: readonly { readonly reads: readonly string[] }[]): ReadonlySet<string> =>
  new Set(readers.flatMap((reader) => reader.reads));

const readBy = (facts: readonly Fact[], paths: ReadonlySet<string>): readonly Fact[] =>
  facts.filter((fact) => [...paths].some((path) => isReadBy(fact.name, path)));
