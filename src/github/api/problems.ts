import { epochMs, formatTime, type Problem, problem, type Text, text } from '#core-values';

/** GitHub's own words, cut: `message` of its answer. They never hold what we sent as a secret. */
const quoted = (words: string): string => words.replaceAll(/[^\x20-\x7e\u00a0-\uffff]/g, ' ').slice(0, 300);

/** A redirection: the repository has another name now. */
const MOVED = new Set([301, 302, 307, 308]);
export const MOVED_RULE = 'github.moved';

interface Answered {
  readonly host: string;
  /** `GET /repos/{owner}/{repo}/pulls`: never its values. */
  readonly route: string;
  readonly status: number;
  readonly message: string;
}

/** What an answer of GitHub that is no success means to who asked. */
export function answeredProblem({ host, route, status, message }: Answered): Problem {
  const words = quoted(message);
  const said = text(
    `${host} answered ${status} to ${route}: ${words}`,
    `${host} が ${route} に ${status} を返しました: ${words}`,
  );
  if (MOVED.has(status)) return problem('outside-failed', { rule: MOVED_RULE, message: said, remedy: AGAIN });
  if (status === 401)
    return problem('outside-failed', { rule: 'github.not-authenticated', message: said, remedy: CHECK });
  if (status === 403) return problem('denied', { rule: 'github.forbidden', message: said, remedy: CHECK });
  if (status === 404) return problem('not-found', { rule: 'github.not-found', message: said, remedy: CHECK });
  if (status === 409) return problem('conflict', { rule: 'github.conflict', message: said, remedy: AGAIN });
  if (status === 400 || status === 422)
    return problem('bad-input', { rule: 'github.unprocessable', message: said, remedy: REPORT });
  return problem('outside-failed', { rule: 'github.failed', message: said, remedy: AGAIN });
}

export const unreachable = (host: string, why: string): Problem =>
  problem('outside-failed', {
    rule: 'github.unreachable',
    message: text(`${host} does not answer: ${quoted(why)}`, `${host} が応答しません: ${quoted(why)}`),
    remedy: AGAIN,
  });

export const malformedAnswer = (host: string, route: string): Problem =>
  problem('outside-failed', {
    rule: 'github.malformed-answer',
    message: text(
      `${host} answered something to ${route} that its API does not describe.`,
      `${host} が ${route} に対し、API の仕様にない応答を返しました。`,
    ),
    remedy: AGAIN,
  });

export const limited = (host: string, untilMs: number): Problem =>
  problem('too-many-requests', {
    rule: 'github.rate-limited',
    message: text(
      `${host} limits our requests until ${formatTime(epochMs(untilMs))}.`,
      `${host} のレート制限により、${formatTime(epochMs(untilMs))} まで問い合わせできません。`,
    ),
    remedy: text(
      'Nothing is lost: Sekisho goes on by itself then. `sekisho github check` shows what is left of the limit.',
      '失われるものはありません。制限の解除後に自動で再開します。残り回数は `sekisho github check` で確認できます。',
    ),
  });

export const tooMany = (host: string, route: string, most: number): Problem =>
  problem('too-large', {
    rule: 'github.too-many',
    message: text(
      `${host} lists more than ${most} for ${route}.`,
      `${host} の ${route} の結果が ${most} 件を超えています。`,
    ),
    remedy: text(
      'A list that was cut would hide the rest, so nothing is decided by it.',
      '途中で切れた一覧では残りが見えないため、判断に使いません。',
    ),
  });

const CHECK: Text = text(
  '`sekisho github check` tells whether the App is installed there and which permissions it lacks.',
  'App がインストールされているか、どの権限が足りないかは `sekisho github check` で確認できます。',
);
const AGAIN: Text = text(
  'Nothing is lost: Sekisho tries again by itself, with growing pauses. https://www.githubstatus.com tells of outages.',
  '失われるものはありません。間隔を空けながら自動で再試行します。障害情報は https://www.githubstatus.com にあります。',
);
const REPORT: Text = text(
  'This should not happen: please report it, with the words above.',
  '想定外の応答です。上記のメッセージを添えてご報告ください。',
);
