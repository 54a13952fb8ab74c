import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMs, parseAccountId, parseFingerprint, parsePersonName } from '#core-values';
import type { Review } from './port.ts';
import { type PlanForPullRequest, type ReviewQuestion, readReviews } from './read.ts';

const must = <T>(value: T | undefined): T => value ?? expect.unreachable();
const account = must(parseAccountId('333333333333'));
const [ONE, OTHER] = ['ab', 'cd'].map((two) => must(parseFingerprint(two.repeat(32))));
const HEAD = 'a1'.repeat(20);
const LATER = 'a2'.repeat(20);
const NOW = 1_000_000_000;
const target = {
  ...{ fingerprint: must(ONE), account, environment: 'production' as const, extraNeeds: undefined },
};
const planAt = (uploadedAt: number, more: Partial<PlanForPullRequest> = {}): PlanForPullRequest => ({
  ...{ ...target, uploadedAt: epochMs(uploadedAt), provenCommit: HEAD },
  ...more,
});
const reviewAt = (at: number, more: Partial<Review> = {}): Review => ({
  ...{ id: String(at), by: { id: '1002', login: 'hanako' }, state: 'approved', commit: HEAD },
  ...{ at: epochMs(at), url: 'https://github.com/shop/infra/pull/7' },
  ...more,
});
const question = (
  reviews: readonly Review[],
  plans: readonly PlanForPullRequest[],
  more: Partial<ReviewQuestion> = {},
): ReviewQuestion => ({
  ...{ now: epochMs(NOW), maxAgeMs: 1_000_000, target, issuer: 'github', used: new Set() },
  pullRequests: [{ pullRequest: 7, reviews, authors: [], plans }],
  people: ['hanako', 'yuki'].map((name, at) => ({
    name: must(parsePersonName(name)),
    teams: [],
    identities: [{ issuer: 'github', subject: String(1002 + at) }],
  })),
  ...more,
});
/** `approve`, `reject`, or the rule by which it is neither, of the only user. */
const read = (...asked: Parameters<typeof question>): string => {
  const [one, ...more] = readReviews(question(...asked));
  expect(more).toEqual([]);
  return one?.why?.rule ?? one?.decision ?? 'nothing';
};

describe('a review of what was planned', () => {
  it('approves it', () => {
    expect(read([reviewAt(NOW - 10)], [planAt(NOW - 20)])).toBe('approve');
    expect(read([reviewAt(NOW - 10)], [planAt(NOW - 10)])).toBe('approve');
  });

  it.each<[string, readonly PlanForPullRequest[], Partial<Review>, string]>([
    ['nothing', [], {}, 'review.before-the-plan'],
    ['a plan made later', [planAt(NOW - 9)], {}, 'review.before-the-plan'],
    [
      'an older plan than the newest',
      [planAt(NOW - 30), planAt(NOW - 20, { fingerprint: must(OTHER) })],
      {},
      'review.other-fingerprint',
    ],
    [
      'a plan for another account',
      [planAt(NOW - 20, { account: must(parseAccountId('222222222222')) })],
      {},
      'review.other-grant',
    ],
    [
      'a plan for another environment',
      [planAt(NOW - 20, { environment: 'staging' })],
      {},
      'review.other-grant',
    ],
    [
      'a plan with extra needs',
      [planAt(NOW - 20, { extraNeeds: '12'.repeat(32) })],
      {},
      'review.other-grant',
    ],
    ['a plan of another commit', [planAt(NOW - 20, { provenCommit: LATER })], {}, 'review.other-commit'],
    [
      'a plan of a commit nobody proved',
      [{ ...target, uploadedAt: epochMs(NOW - 20) }],
      {},
      'review.other-commit',
    ],
    [
      'a plan whose reviewed commit nobody knows',
      [{ ...target, uploadedAt: epochMs(NOW - 20) }],
      { commit: undefined as never },
      'review.other-commit',
    ],
    ['a plan, but is too old', [planAt(NOW - 2_000_000)], { at: epochMs(NOW - 1_000_001) }, 'review.too-old'],
    [
      'a plan, but from the future',
      [planAt(NOW - 20)],
      { at: epochMs(NOW + 120_001) },
      'review.from-the-future',
    ],
    ['a plan, and was dismissed', [planAt(NOW - 20)], { state: 'dismissed' }, 'review.dismissed'],
    [
      'a plan, by a stranger',
      [planAt(NOW - 20)],
      { by: { id: '666', login: 'hanako' } },
      'review.unknown-person',
    ],
  ])('that is of %s approves nothing', (_, plans, more, rule) => {
    expect(read([reviewAt(NOW - 10, more)], plans)).toBe(rule);
  });

  it('approves nothing again once it has served', () => {
    const review = reviewAt(NOW - 10);
    expect(read([review], [planAt(NOW - 20)], { used: new Set([review.id]) })).toBe('review.used');
  });

  it('approves a meaning that a manual run planned last, if the pull request’s own job planned it too', () => {
    const manual = { ...target, uploadedAt: epochMs(NOW - 15) };
    expect(read([reviewAt(NOW - 10)], [planAt(NOW - 20), manual])).toBe('approve');
    expect(read([reviewAt(NOW - 10)], [planAt(NOW - 5), manual])).toBe('review.other-commit');
  });

  it('rejects whatever was or will be planned, however old it is', () => {
    const no = reviewAt(1, { state: 'changes-requested', commit: LATER });
    expect(read([no], [])).toBe('reject');
    expect(read([no], [planAt(NOW - 20)])).toBe('reject');
  });
});

describe('of several reviews of one user', () => {
  const state = fc.constantFrom<Review['state'][]>('approved', 'changes-requested', 'dismissed', 'commented');
  const reviews = fc.uniqueArray(
    fc.record({
      at: fc.integer({ min: NOW - 100, max: NOW - 50 }),
      id: fc.integer({ min: 1, max: 10 ** 12 }),
      state,
    }),
    { selector: ({ id }) => id, minLength: 1, maxLength: 8 },
  );

  it('the latest that is no comment counts, in whatever order they come', () => {
    fc.assert(
      fc.property(reviews, fc.func(fc.integer()), (given, order) => {
        const all = given.map(({ at, id, state: its }) => reviewAt(at, { id: String(id), state: its }));
        const [last] = all
          .filter((review) => review.state !== 'commented')
          .toSorted((a, b) => b.at - a.at || Number(b.id) - Number(a.id));
        const expected = {
          approved: 'approve',
          'changes-requested': 'reject',
          dismissed: 'review.dismissed',
          commented: '',
        };
        const shuffled = all.toSorted((a, b) => order(a.id) - order(b.id));
        expect(read(shuffled, [planAt(NOW - 200)])).toBe(
          last === undefined ? 'nothing' : expected[last.state],
        );
      }),
    );
  });
});
