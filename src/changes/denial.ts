import { type Problem, problem, type Reason, type Text, text } from '#core-values';
import type { Decision } from '#policy/core';

/** A denial as a problem; its reasons end with what would make the policy say yes. `undefined` when it says yes. */
export function denialOf(decision: Decision): Problem | undefined {
  if (decision.allowed) return undefined;
  const [first = UNEXPLAINED, ...more] = decision.reasons;
  const ways = decision.wouldChange.map(({ description }) => description);
  return ways.length === 0
    ? problem('denied', first, ...more)
    : problem('denied', first, ...more, wouldPass(ways));
}

const wouldPass = (ways: readonly Text[]): Reason => ({
  rule: 'policy.would-pass',
  message: text(
    `It would pass with: ${ways.map(({ en }) => en).join('; or ')}.`,
    `次のいずれかがあれば許可されます: ${ways.map(({ ja }) => ja).join(' / ')}`,
  ),
  remedy: text(
    'Bring one of these about, then ask again; nothing has to be planned anew for an approval.',
    'いずれかを満たしてから再度要求してください。承認を得るだけなら、プランを作り直す必要はありません。',
  ),
});

const UNEXPLAINED: Reason = {
  rule: 'policy.denied',
  message: text('The policy does not allow it.', 'ポリシーで許可されていません。'),
  remedy: text('Ask `sekisho policy explain` why.', '`sekisho policy explain` で理由を確認してください。'),
};
