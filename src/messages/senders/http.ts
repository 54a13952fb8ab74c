import { err, ok, type Result, type Text, text } from '#core-values';
import type { NotDelivered } from '../sender.ts';

export interface Posting {
  /** Never told to anybody: it can be a secret itself. */
  readonly url: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** As people know the other side: `Slack`. */
  readonly whom: string;
}

const TIMEOUT_MS = 10_000;
const MOST_ANSWER_BYTES = 100_000;

/** Posts JSON; any answer of 2xx is good, and its text is given back. Redirects are not followed: what is sent is for one place. */
export async function post({ url, body, headers, whom }: Posting): Promise<Result<string, NotDelivered>> {
  let response: Response;
  let words: string;
  try {
    response = await fetch(url, {
      method: 'POST',
      body,
      redirect: 'manual',
      headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'sekisho', ...headers },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    words = await firstWords(response);
  } catch (cause) {
    return err({ again: 'later', why: notReached(whom, cause) });
  }
  if (response.ok) return ok(words);
  const afterMs = retryAfterMs(response.headers.get('retry-after'));
  return err({
    again: ABOUT_THE_MESSAGE.has(response.status) ? 'never' : 'later',
    why: text(`${whom} answered ${response.status}.`, `${whom} が ${response.status} を返しました。`),
    ...(afterMs === undefined ? {} : { afterMs }),
  });
}

/** Leaving the loop hangs up: the other side can be a stranger's, and an answer need not end. */
async function firstWords({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    sizeBytes += chunk.byteLength;
    if (sizeBytes >= MOST_ANSWER_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, MOST_ANSWER_BYTES).toString('utf8');
}

/** Everything else passes or can be mended: an address that was taken back, a token, a proxy in between. */
const ABOUT_THE_MESSAGE: ReadonlySet<number> = new Set([400, 413, 415, 422]);

/** With the system's word for it, `ECONNREFUSED`; its sentence would hold the address. */
function notReached(whom: string, cause: unknown): Text {
  if (cause instanceof Error && cause.name === 'TimeoutError') {
    const seconds = TIMEOUT_MS / 1000;
    return text(
      `${whom} could not be reached within ${seconds} seconds.`,
      `${whom} から ${seconds} 秒以内に応答がありません。`,
    );
  }
  const inner = cause instanceof Error ? cause.cause : undefined;
  const code = inner instanceof Error && 'code' in inner ? inner.code : undefined;
  const isWord = typeof code === 'string' && /^[A-Z0-9_]{2,40}$/.test(code);
  return text(
    `${whom} could not be reached${isWord ? ` (${code})` : ''}.`,
    `${whom} に接続できません${isWord ? `(${code})` : ''}。`,
  );
}

/** Seconds; dates are not sent by what we speak to. An hour at most. */
const retryAfterMs = (words: string | null): number | undefined =>
  words !== null && /^\d{1,6}$/.test(words) ? Math.min(Number(words), 3600) * 1000 : undefined;
