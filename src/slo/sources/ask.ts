import { err, ok, type Problem, problem, type Result, text } from '#core-values';

/** Everything that another system is asked through; tests put their own in place. */
export interface Asking {
  readonly fetch: typeof fetch;
  readonly pause: (ms: number) => Promise<unknown>;
  /** From 0 to 1. */
  readonly dice: () => number;
}

export interface Question {
  /** As people know the other side: `Prometheus main`. */
  readonly whom: string;
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  /** May hold secrets: never told to anybody. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
}

export interface Answered {
  readonly status: number;
  readonly body: unknown;
}

const TRIES = 4;
const TIMEOUT_MS = 30_000;
const FIRST_PAUSE_MS = 1000;
const MOST_PAUSE_MS = 30_000;
const MOST_ANSWER_BYTES = 64 * 1024 * 1024;
const TOO_LARGE = Symbol('too large');

/**
 * Asks for JSON, again after a pause that doubles while the other side cannot be reached, is overloaded or fails; an answer of 4xx is given
 * to who knows what it means. Redirects are not followed: secrets are for one place.
 */
export async function askJson(asking: Asking, question: Question): Promise<Result<Answered, Problem>> {
  for (let tried = 1; ; tried += 1) {
    const answer = await askOnce(asking, question);
    if (answer.kind === 'answer') return ok(answer);
    if (answer.kind === 'useless') return err(answer.problem);
    if (tried === TRIES) return err(unreached(question.whom, answer.why));
    await asking.pause(answer.afterMs ?? backOffMs(tried, asking.dice()));
  }
}

/** Doubles with each try, and differs so that many do not come back at once. */
export const backOffMs = (tried: number, dice: number): number =>
  Math.min(MOST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tried - 1) * (0.5 + dice));

type Once =
  | ({ readonly kind: 'answer' } & Answered)
  | { readonly kind: 'useless'; readonly problem: Problem }
  | { readonly kind: 'again'; readonly why: string; readonly afterMs?: number };

async function askOnce(asking: Asking, { whom, url, method, headers, form }: Question): Promise<Once> {
  let status: number;
  let words: string | typeof TOO_LARGE;
  try {
    const response = await asking.fetch(url, {
      method: method ?? 'GET',
      redirect: 'manual',
      headers: { accept: 'application/json', 'user-agent': 'sekisho', ...headers },
      ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    status = response.status;
    if (status === 429 || status >= 500) {
      await response.body?.cancel();
      const afterMs = retryAfterMs(response.headers.get('retry-after'));
      return { kind: 'again', why: `HTTP ${status}`, ...(afterMs === undefined ? {} : { afterMs }) };
    }
    words = await wholeText(response);
  } catch (cause) {
    return { kind: 'again', why: systemWord(cause) };
  }
  if (words === TOO_LARGE) return { kind: 'useless', problem: tooMuch(whom) };
  const body = parsed(words);
  if (body === undefined && status < 300) return { kind: 'useless', problem: notUnderstood(whom) };
  return { kind: 'answer', status, body };
}

async function wholeText(response: Response): Promise<string | typeof TOO_LARGE> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MOST_ANSWER_BYTES) return TOO_LARGE;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(words: string): unknown {
  try {
    return JSON.parse(words);
  } catch {
    return undefined;
  }
}

/** Seconds; a minute at most, as a job waits for it. */
const retryAfterMs = (words: string | null): number | undefined =>
  words !== null && /^\d{1,6}$/.test(words) ? Math.min(Number(words), 60) * 1000 : undefined;

/** The system's word for it, `ECONNREFUSED`; its sentence could hold the address. */
function systemWord(cause: unknown): string {
  if (cause instanceof Error && cause.name === 'TimeoutError') return `${TIMEOUT_MS / 1000} s`;
  const inner = cause instanceof Error ? cause.cause : undefined;
  const code = inner instanceof Error && 'code' in inner ? inner.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{2,40}$/.test(code) ? code : 'no connection';
}

/** For all kinds of systems; the next reading takes up where this one failed. */
export const unreached = (whom: string, why: string): Problem =>
  problem('outside-failed', {
    rule: 'slo.source-unreachable',
    message: text(`${whom} did not answer (${why}).`, `${whom} から応答がありません(${why})。`),
    remedy: text(
      'Nothing, if it passes: what was missed is read then. Otherwise look at its address in sekisho.yaml and at the network.',
      '一時的なものであれば対応は不要です。復旧後に不足分を読み取ります。続く場合は sekisho.yaml のアドレスとネットワークを確認してください。',
    ),
  });

export const notLetIn = (whom: string, status: number): Problem =>
  problem('outside-failed', {
    rule: 'slo.source-not-let-in',
    message: text(`${whom} did not let us in (${status}).`, `${whom} に認証を拒否されました(${status})。`),
    remedy: text(
      'Look at the secret that sekisho.yaml names for it, and at what it may read.',
      'sekisho.yaml で指定した秘密と、その読み取り権限を確認してください。',
    ),
  });

/** `where`: the query, or what else a person can find in the definitions; `why`: what the other side said of it. */
export const notAnswerable = (whom: string, where: string, why: string): Problem =>
  problem('bad-config', {
    rule: 'slo.source-query',
    message: text(
      `${whom} cannot answer \`${shown(where)}\`: ${shown(why)}`,
      `${whom} は \`${shown(where)}\` に答えられません: ${shown(why)}`,
    ),
    remedy: text(
      'Correct the query in the SLO’s definition; try it there first.',
      'SLO 定義のクエリを修正してください。先にその画面で試すと確実です。',
    ),
  });

export const notUnderstood = (whom: string): Problem =>
  problem('outside-failed', {
    rule: 'slo.source-answer',
    message: text(
      `What ${whom} answered is not what its API answers.`,
      `${whom} の応答が API の形式ではありません。`,
    ),
    remedy: text(
      'Look at its address in sekisho.yaml: perhaps a page of a proxy or of a sign-in stands there.',
      'sekisho.yaml のアドレスを確認してください。プロキシやサインインの画面が応答している可能性があります。',
    ),
  });

const tooMuch = (whom: string): Problem =>
  problem('outside-failed', {
    rule: 'slo.source-answer-too-large',
    message: text(
      `The answer of ${whom} is larger than ${MOST_ANSWER_BYTES / 1024 / 1024} MiB.`,
      `${whom} の応答が ${MOST_ANSWER_BYTES / 1024 / 1024} MiB を超えています。`,
    ),
    remedy: text(
      'Select fewer series in the query, or sum them.',
      'クエリで選ぶ系列を減らすか、合計してください。',
    ),
  });

const MOST_SHOWN = 300;
const shown = (words: string): string =>
  words.length > MOST_SHOWN ? `${words.slice(0, MOST_SHOWN)}…` : words.replaceAll(/\s+/g, ' ');
