import { type Problem, problem, text } from '#core-values';
import type { HttpContext } from './app.ts';

/** What stands behind `Authorization: Bearer`; `undefined` when there is none or it is of another kind. */
export const bearerToken = (c: HttpContext): string | undefined =>
  /^Bearer ([\x21-\x7e]{1,16384})$/i.exec(c.req.header('authorization') ?? '')?.[1];

export const notSignedIn: Problem = problem('unauthenticated', {
  rule: 'request.not-signed-in',
  message: text(
    'The request carries no valid session, token or grant secret.',
    'リクエストに有効なセッション、トークン、グラントのシークレットがありません。',
  ),
  remedy: text(
    'People sign in with `sekisho login`; CI jobs send a fresh OIDC token as `Authorization: Bearer`.',
    '利用者は `sekisho login` でサインインし、CI ジョブは新しい OIDC トークンを `Authorization: Bearer` で送ってください。',
  ),
});
