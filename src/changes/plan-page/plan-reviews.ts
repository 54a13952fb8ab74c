import { setImmediate as breathe } from 'node:timers/promises';
import { ok, type Problem, type Result } from '#core-values';
import type { Finding } from '#plan';
import {
  type Explorer,
  type ExplorerPart,
  explorerOf,
  explorerPart,
  findingsByAddress,
  type ReviewedChange,
} from '../core/explorer/index.ts';
import type { Permissions } from '../grant-scope.ts';
import { readKept } from '../kept-review.ts';
import type { ChangesRoom } from '../room.ts';
import { reviewDigestOf, sealedReviewOf } from '../sealed-record.ts';
import type { StoredPlan } from '../store/plans.ts';

/** A review, opened to be looked around in. */
export interface PlanReview {
  readonly changes: Explorer;
  readonly drift: Explorer;
  readonly findings: readonly Finding[];
  /** Absent in plans of before it was kept. */
  readonly permissions?: Permissions;
  /** Everything of the review but its lists of changes. */
  readonly frame: ReviewFrame;
}

/** Written by `planToJson` alone. */
interface ReviewFrame {
  readonly terraform: { readonly version: string; readonly mode: 'normal' | 'destroy' | 'refresh-only' };
  readonly summary: Readonly<Record<string, number>>;
  readonly outputs: readonly {
    readonly name: string;
    readonly action: 'no-op' | 'create' | 'update' | 'delete';
    readonly sensitive: boolean;
    readonly before: unknown;
    readonly after: unknown;
  }[];
  readonly accounts: readonly string[];
}

type Written = ReviewFrame & {
  readonly changes: readonly ReviewedChange[];
  readonly drift: readonly ReviewedChange[];
};

export interface PlanReviews {
  /** The review as it was when the plan came in; one that was changed since is shown to nobody. */
  of(plan: StoredPlan): Promise<Result<PlanReview, Problem>>;
}

/** Of all reviews together; one byte each, two where they are written in other scripts. */
const MOST_CHARACTERS = 32_000_000;

/**
 * Reviews that were opened lately, by their digest, so that paging through a large plan neither reads nor unpacks it again. The plan's
 * record is opened and compared each time all the same: what is shown is what it says, or nothing.
 */
export function planReviews(
  room: Pick<ChangesRoom, 'keyring' | 'db'>,
  mostCharacters = MOST_CHARACTERS,
): PlanReviews {
  const opened = new Map<string, { readonly review: PlanReview; readonly characters: number }>();
  const opening = new Map<string, Promise<Result<PlanReview, Problem>>>();
  const keep = (digest: string, review: PlanReview): void => {
    opened.set(digest, { review, characters: charactersOf(review) });
    let characters = [...opened.values()].reduce((sum, one) => sum + one.characters, 0);
    for (const [oldest, one] of opened) {
      if (characters <= mostCharacters) return;
      opened.delete(oldest);
      characters -= one.characters;
    }
  };
  return {
    of: async (plan) => {
      const digest = await reviewDigestOf(room, plan);
      if (!digest.ok) return digest;
      const known = opened.get(digest.value);
      if (known !== undefined) {
        // Behind the others: the one that nobody asked for longest goes first.
        opened.delete(digest.value);
        opened.set(digest.value, known);
        return ok(known.review);
      }
      const open = opening.get(digest.value) ?? openOf(room, plan);
      opening.set(digest.value, open);
      try {
        const review = await open;
        if (review.ok) keep(digest.value, review.value);
        return review;
      } finally {
        opening.delete(digest.value);
      }
    },
  };
}

async function openOf(
  room: Pick<ChangesRoom, 'keyring' | 'db'>,
  plan: StoredPlan,
): Promise<Result<PlanReview, Problem>> {
  const kept = await sealedReviewOf(room, plan);
  if (!kept.ok) return kept;
  const { review, findings, permissions } = await readKept<Written>(kept.value);
  const { changes, drift, ...frame } = review;
  return ok({
    changes: await exploring(changes, findings),
    drift: await exploring(drift, []),
    findings,
    frame,
    ...(permissions === undefined ? {} : { permissions }),
  });
}

/** Some milliseconds' work; between the parts others are served. */
const AT_ONCE = 250;

async function exploring(
  changes: readonly ReviewedChange[],
  findings: readonly Finding[],
): Promise<Explorer> {
  const about = findingsByAddress(findings);
  const parts: ExplorerPart[] = [];
  for (let from = 0; from < changes.length; from += AT_ONCE) {
    parts.push(explorerPart(changes.slice(from, from + AT_ONCE), from, about));
    await breathe();
  }
  return explorerOf(parts);
}

const charactersOf = ({ changes, drift }: PlanReview): number =>
  [changes, drift]
    .flatMap(({ texts, searchable }) => [texts, searchable])
    .flat()
    .reduce((sum, words) => sum + words.length, 0);
