import { type Problem, problem, text } from '#core-values';

const TELL_OPERATOR = (requestId: string) =>
  text(
    `Tell the operator of this server the request id ${requestId}; the log has the details.`,
    `サーバーの運用者にリクエスト ID ${requestId} を伝えてください。詳細はログに記録されています。`,
  );

/** For a bug: nothing of what was thrown is told. */
export const internalProblem = (requestId: string): Problem =>
  problem('internal', {
    rule: 'server.bug',
    message: text(
      'The server failed in a way it did not expect.',
      'サーバーで予期しないエラーが発生しました。',
    ),
    remedy: TELL_OPERATOR(requestId),
  });

export const noSuchRoute = (method: string, allowed: readonly string[]): Problem =>
  problem(
    'not-found',
    allowed.length === 0
      ? {
          rule: 'request.no-such-route',
          message: text('There is nothing at this address.', 'このアドレスには何もありません。'),
          remedy: text(
            'See /v1/openapi.json for what there is.',
            '利用できるアドレスは /v1/openapi.json で確認できます。',
          ),
        }
      : {
          rule: 'request.no-such-method',
          message: text(
            `This address does not answer ${method}.`,
            `このアドレスは ${method} に対応していません。`,
          ),
          remedy: text(`Use ${allowed.join(' or ')}.`, `${allowed.join(' または ')} を使ってください。`),
        },
  );

export const tooLarge = (maxBytes: number): Problem =>
  problem('too-large', {
    rule: 'request.body-too-large',
    message: text(
      `The body is larger than ${maxBytes} bytes, the limit of this address.`,
      `リクエスト本文が、このアドレスの上限 ${maxBytes} バイトを超えています。`,
    ),
    remedy: text(
      'Send less; for plan files, the operator can raise `server.maxPlanUploadMiB`.',
      '小さくして送り直してください。プランファイルの上限は `server.maxPlanUploadMiB` で変更できます。',
    ),
  });

export const tookTooLong = (timeoutMs: number): Problem =>
  problem('timeout', {
    rule: 'request.timeout',
    message: text(
      `There was no answer within ${timeoutMs / 1000} s. The work may still be finished.`,
      `${timeoutMs / 1000} 秒以内に応答できませんでした。処理は続いている可能性があります。`,
    ),
    remedy: text(
      'Look at the state of things before you try again.',
      '再試行する前に、現在の状態を確認してください。',
    ),
  });

export const malformed: Problem = problem('bad-input', {
  rule: 'request.malformed',
  message: text('The request could not be read.', 'リクエストを読み取れませんでした。'),
  remedy: text(
    'Send valid JSON as application/json, as /v1/openapi.json describes.',
    '/v1/openapi.json の説明に従い、正しい JSON を application/json で送ってください。',
  ),
});

export const cannotListen = (host: string, port: number, code: string): Problem =>
  problem('unavailable', {
    rule: 'server.cannot-listen',
    message: text(
      `The server cannot listen on ${host}:${port} (${code}).`,
      `${host}:${port} で待ち受けできません(${code})。`,
    ),
    remedy: text(
      'Stop the program that uses this port, or set `server.listen` to another.',
      'そのポートを使っているプログラムを止めるか、`server.listen` を変更してください。',
    ),
  });
