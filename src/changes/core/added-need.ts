import type { EpochMs, PersonName, PlanId } from '#core-values';
import { type Sha256, toHex, utf8 } from '#platform/core';

/** An extra need of a stack, and whose it is. */
export interface AddedNeed {
  /** `ned_` and a UUIDv7. */
  readonly id: string;
  readonly action: string;
  readonly resource: string;
  /** In the person's own words. */
  readonly reason: string;
  readonly addedBy: PersonName;
  readonly addedAt: EpochMs;
  /** Whose apply was refused. */
  readonly plan?: PlanId;
}

/** More would be a role of its own. */
export const MOST_EXTRA_NEEDS = 20;

/**
 * What approvers sign of a plan's extra needs, as lower-case hexadecimal: the same for the same permissions in any order, whoever added
 * them. Undefined for a plan that has none.
 */
export function extraNeedsDigest(
  needs: readonly Pick<AddedNeed, 'action' | 'resource'>[],
  sha256: Sha256,
): string | undefined {
  if (needs.length === 0) return undefined;
  const pairs = needs.map(({ action, resource }) => JSON.stringify([action, resource]));
  return toHex(sha256(utf8(JSON.stringify([...new Set(pairs)].toSorted()))));
}
