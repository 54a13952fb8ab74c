import { type AdministratorOptions, administratorIn as inAccounts } from '#accounts';
import { type Problem, problem, text } from '#core-values';
import type { HttpContext } from '#platform';

/** Who asks, if that is an administrator; everybody else is refused, and recorded. */
export const administratorIn = (on: AdministratorOptions, c: HttpContext) =>
  inAccounts(on, c, { kind: 'trail.refused', about: 'trail', why: NOT_ADMINISTRATOR });

const NOT_ADMINISTRATOR: Problem = problem('denied', {
  rule: 'trail.not-administrator',
  message: text(
    'Only administrators compare grants with CloudTrail, and decide by it.',
    'CloudTrail との照合と、それに基づく判断ができるのは管理者だけです。',
  ),
  remedy: text(
    'Ask somebody whom `administrators` in sekisho.yaml names.',
    'sekisho.yaml の `administrators` に記載された人に依頼してください。',
  ),
});
