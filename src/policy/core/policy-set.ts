import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Reason, SourcePlace, Text } from '#core-values';
import type { ParsedKeys } from './parsed.ts';
import type { Conjunct } from './syntax.ts';

export interface LoadedPolicy {
  /** From `@id`. */
  readonly id: string;
  readonly effect: PolicyJson['effect'];
  /** From `@message_en` and `@message_ja`; the id where a policy has none. */
  readonly message: Text;
  /** From `@remedy_en` and `@remedy_ja`. */
  readonly remedy?: Text;
  readonly place: SourcePlace;
  /** Its Cedar, from `place` to its semicolon. */
  readonly source: string;
  readonly conditions: readonly PolicyCondition[];
  /** The facts it reads, as dotted paths. */
  readonly reads: readonly string[];
}

export interface PolicyCondition {
  /** Id of the probe policy that permits when this condition alone holds. */
  readonly probe: string;
  readonly kind: Conjunct['kind'];
  /** As Cedar text. */
  readonly text: string;
  readonly reads: readonly string[];
}

export interface LoadedPolicySet extends ParsedKeys {
  readonly kind: 'loaded';
  readonly policies: readonly LoadedPolicy[];
  /** Legal, but worth a look. */
  readonly warnings: readonly Reason[];
}

/** What stands in for a policy set that is empty, missing or broken. */
export interface DenyingPolicySet {
  readonly kind: 'denies-everything';
  readonly reasons: readonly [Reason, ...Reason[]];
  readonly policies: readonly [];
  readonly warnings: readonly [];
}

export type PolicySet = LoadedPolicySet | DenyingPolicySet;

/** The policy set to use where loading failed: it denies every request, for the problem's reasons. */
export const denyEverything = (reasons: readonly [Reason, ...Reason[]]): DenyingPolicySet => ({
  kind: 'denies-everything',
  reasons,
  policies: [],
  warnings: [],
});

/** The probe policy that permits when the scope alone (principal, action, resource) fits. */
export const scopeProbeOf = (policyIndex: number): string => `${policyIndex}.scope`;
