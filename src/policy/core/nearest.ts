import type { SourcePlace, Text } from '#core-values';
import type { CedarRequest } from './cedar-request.ts';
import { probesThatHold } from './engine.ts';
import { type LoadedPolicy, type LoadedPolicySet, scopeProbeOf } from './policy-set.ts';

/** A permit that fits principal, action and resource, and the conditions that kept it from permitting. */
export interface NearestPolicy {
  readonly id: string;
  readonly message: Text;
  readonly remedy?: Text;
  readonly place: SourcePlace;
  readonly unmet: readonly UnmetCondition[];
}

export interface UnmetCondition {
  /** As Cedar text. */
  readonly text: string;
  readonly reads: readonly string[];
}

/**
 * The permits that did not permit, nearest first. Conditions on what cannot change in a day (principal and
 * resource) weigh more than those on facts: the rule for production is nearer to production than any other.
 */
export function unmetPermits(set: LoadedPolicySet, cedar: CedarRequest): readonly NearestPolicy[] {
  const holding = probesThatHold(set, cedar);
  return set.policies
    .map((policy, index) => ({ policy, index }))
    .filter(({ policy, index }) => policy.effect === 'permit' && holding.has(scopeProbeOf(index)))
    .map(({ policy }) => nearestPolicy(policy, holding))
    .filter((near) => near.unmet.length > 0)
    .sort(byDistance);
}

/** The first of `unmetPermits`, with those just as near. */
export const nearestOf = (unmet: readonly NearestPolicy[]): readonly NearestPolicy[] =>
  unmet.filter((near) => unmet[0] !== undefined && byDistance(near, unmet[0]) === 0);

const nearestPolicy = (policy: LoadedPolicy, holding: ReadonlySet<string>): NearestPolicy => ({
  id: policy.id,
  message: policy.message,
  ...(policy.remedy === undefined ? {} : { remedy: policy.remedy }),
  place: policy.place,
  unmet: policy.conditions
    .filter((condition) => !holding.has(condition.probe))
    .map(({ text, reads }) => ({ text, reads })),
});

const byDistance = (a: NearestPolicy, b: NearestPolicy): number =>
  fixedUnmet(a) - fixedUnmet(b) || a.unmet.length - b.unmet.length;

const fixedUnmet = (near: NearestPolicy): number =>
  near.unmet.filter(({ reads }) => reads.every((path) => !path.startsWith('context'))).length;
