import type { Clock, Problem, Result } from '#core-values';
import type { ReviewsPort } from '../core/review/port.ts';

/** For showing only: what decides is read anew every time. */
const FRESH_MS = 15_000;
const MOST_KEPT = 1_000;

type Answer = Promise<Result<unknown, Problem>>;

const ports = new WeakMap<ReviewsPort, ReviewsPort>();

/** What is shown from now on is asked anew: something happened. */
export const forgetRecentReviews = (port: ReviewsPort): boolean => ports.delete(port);

/** The same port, with answers of the last seconds: a page of a pull request shows many stacks, and asks the same for each. */
export function recentReviews(port: ReviewsPort, clock: Clock): ReviewsPort {
  const known = ports.get(port);
  if (known !== undefined) return known;
  const kept = new Map<string, { readonly at: number; readonly answer: Answer }>();
  const recent = <T extends Promise<Result<unknown, Problem>>>(key: string, ask: () => T): T => {
    const before = kept.get(key);
    if (before !== undefined && clock.now() - before.at < FRESH_MS) return before.answer as T;
    const answer = ask();
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(key, { at: clock.now(), answer });
    // A failure is no answer to keep.
    answer.then(
      ({ ok }) => ok || kept.delete(key),
      () => kept.delete(key),
    );
    return answer;
  };
  const made: ReviewsPort = {
    pullRequestUrl: port.pullRequestUrl,
    reviewsOf: (place) => recent(`reviews ${JSON.stringify(place)}`, () => port.reviewsOf(place)),
    authorsOf: (place) => recent(`authors ${JSON.stringify(place)}`, () => port.authorsOf(place)),
    headOf: (merge) => recent(`head ${JSON.stringify(merge)}`, () => port.headOf(merge)),
    membersOf: (team) => recent(`members ${JSON.stringify(team)}`, () => port.membersOf(team)),
    // Asked once for a plan, and never to show anything.
    dispatchOf: port.dispatchOf,
  };
  ports.set(port, made);
  return made;
}
