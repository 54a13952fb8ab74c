import { sql } from 'kysely';
import type { Review } from '../core/review/port.ts';
import type { StoredPlan } from '../store/plans.ts';
import type { Claims, NameAtShop, Shop, StackAtShop } from './shop.ts';
import { PEOPLE } from './shop-configuration.ts';

/** The pull request's commits, and what GitHub merged them to for its jobs. */
export const HEAD = 'a1'.repeat(20);
export const LATER = 'a2'.repeat(20);
export const MERGE = 'b1'.repeat(20);
export const MERGE_OF_LATER = 'b2'.repeat(20);

/** What the token of a pull request's own job says. */
export const pullRequest = (number: number, sha: string, run: string): Claims => ({
  ...{ ref: `refs/pull/${number}/merge`, event_name: 'pull_request', sha },
  ...{ run_id: run, run_number: run },
});
export const OF_7 = pullRequest(7, MERGE, '20');
export const OF_7_LATER = pullRequest(7, MERGE_OF_LATER, '21');

/** From now on a person or our App may start the protected workflow, to plan and to apply. */
export const takesManualRuns = (shop: Shop): void =>
  shop.reconfigure(({ stacks }) => {
    for (const stack of stacks)
      Object.assign(stack, {
        plan: {
          events: ['pull_request', 'push', 'workflow_dispatch'],
          refs: ['refs/heads/main', 'refs/pull/*/merge'],
        },
        apply: { events: ['push', 'workflow_dispatch'], refs: ['refs/heads/main'] },
      });
  });

/** Pull request 7 of the shop, whose stacks accept reviews. */
export interface ShopReviews {
  accept(...kinds: string[]): void;
  give(
    name: NameAtShop,
    state?: Review['state'],
    about?: { readonly of?: number; readonly commit?: string },
  ): Review;
  /** The same change planned for the pull request, reviewed, and planned again on main after the merge. */
  merged(stack?: StackAtShop, by?: readonly NameAtShop[]): Promise<StoredPlan>;
  /** Ids of reviews that have served a grant. */
  used(): Promise<readonly string[]>;
  /** After the shop’s own. */
  startOver(): void;
}

export function shopReviews(shop: Shop): ShopReviews {
  const accept: ShopReviews['accept'] = (...kinds) =>
    shop.reconfigure(({ stacks }) => {
      for (const stack of stacks) Object.assign(stack, { approval: { team: 'shop', accept: kinds } });
    });
  const give: ShopReviews['give'] = (name, state = 'approved', { of = 7, commit = HEAD } = {}) => {
    shop.clock.advance(1_000);
    return shop.github.review(of, { id: PEOPLE[name].id, login: name }, state, commit);
  };
  return {
    accept,
    give,
    merged: async (stack = 'shop-staging', by = ['hanako']) => {
      await shop.uploaded(stack, { claims: OF_7 });
      for (const name of by) give(name);
      return shop.uploaded(stack);
    },
    used: async () => {
      const { rows } = await sql<{
        id: string;
      }>`SELECT review_id AS id FROM used_reviews ORDER BY id`.execute(shop.room.db);
      return rows.map(({ id }) => id);
    },
    startOver: () => {
      accept('signature', 'review');
      shop.github.merges(MERGE, HEAD);
      shop.github.merges(MERGE_OF_LATER, LATER);
    },
  };
}
