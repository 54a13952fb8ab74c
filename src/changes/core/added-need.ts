import canonicalize from 'canonicalize';
import type { EpochMs, PersonName, PlanId } from '#core-values';

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
 * What approvers sign of a plan's extra needs: the SHA-256 of these words, which are the same for the same permissions in any order.
 * Undefined for a plan that has none.
 */
export function extraNeedsWords(
  needs: readonly Pick<AddedNeed, 'action' | 'resource'>[],
): string | undefined {
  if (needs.length === 0) return undefined;
  const pairs = needs.map(({ action, resource }) => JSON.stringify([action, resource]));
  return canonicalize([...new Set(pairs)].toSorted());
}
