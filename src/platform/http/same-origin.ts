import { type Problem, problem, text } from '#core-values';
import type { HttpContext } from './app.ts';

/**
 * Whether a request that a browser authenticates by itself was made by one of our own pages: `undefined`, or why it is refused. `origin` is that
 * of `server.publicUrl`. SameSite alone would let pages of sibling domains, and of other ports of localhost, through. GET and HEAD have no effect,
 * so they pass where the browser does not say who made them, and where the person did (`none`).
 */
export function refuseForeignOrigin(c: HttpContext, origin: string): Problem | undefined {
  const site = c.req.header('sec-fetch-site') ?? 'same-origin';
  const isRead = c.req.method === 'GET' || c.req.method === 'HEAD';
  const isOurs = site === 'same-origin' || (isRead && site === 'none');
  if (!isOurs || (!isRead && c.req.header('origin') !== origin)) return foreignOrigin(origin);
  if (isRead) return undefined;
  return hasBody(c) && !isJson(c) ? NOT_JSON : undefined;
}

const hasBody = (c: HttpContext): boolean =>
  c.req.header('transfer-encoding') !== undefined || (c.req.header('content-length') ?? '0') !== '0';

/** A form of a foreign page cannot send it without asking first. */
const isJson = (c: HttpContext): boolean =>
  /^application\/json(?:\s*;|$)/i.test(c.req.header('content-type') ?? '');

const foreignOrigin = (origin: string): Problem =>
  problem('denied', {
    rule: 'request.foreign-origin',
    message: text(
      'The request was not made by a page of this server, so the browser’s session does not count for it.',
      'このサーバーのページから送られたリクエストではないため、ブラウザーのセッションは使えません。',
    ),
    remedy: text(`Open ${origin} and act there.`, `${origin} を開いて操作してください。`),
  });

const NOT_JSON: Problem = problem('bad-input', {
  rule: 'request.not-json',
  message: text('The body is not declared as JSON.', 'リクエスト本文が JSON として宣言されていません。'),
  remedy: text('Send it as application/json.', 'application/json で送ってください。'),
});
