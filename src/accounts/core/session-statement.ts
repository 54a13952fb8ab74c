import { z } from 'zod';
import {
  type EpochMs,
  err,
  formatTime,
  ok,
  type Problem,
  parseTime,
  problem,
  type Result,
  text,
} from '#core-values';

/** What OpenSSH calls a namespace: a signature made for a session can never pass as one for an approval. */
export const SESSION_NAMESPACE = 'sekisho-session@v1';

/** A statement older than this, or this far in the future, opens nothing. */
export const SESSION_STATEMENT_SKEW_MS = 5 * 60_000;

const HEADER = 'Sekisho: open a session';

const body = z.strictObject({
  server: z.url(),
  time: z.string(),
  nonce: z.string().regex(/^[A-Za-z0-9_-]{22,64}$/),
});

export interface SessionStatement {
  /** The server it is meant for: a statement given to one server opens nothing on another. */
  readonly server: string;
  readonly at: EpochMs;
  readonly nonce: string;
}

/** The exact words to sign: one header line, one line of JSON. */
export const sessionStatementText = ({ server, at, nonce }: SessionStatement): string =>
  `${HEADER}\n${JSON.stringify({ server, time: formatTime(at), nonce })}\n`;

/** Reads a statement back; anything but the exact words that `sessionStatementText` writes is refused. */
export function parseSessionStatement(words: string): Result<SessionStatement, Problem> {
  const [header, line] = words.split('\n');
  const parsed = header === HEADER && line !== undefined ? body.safeParse(jsonOf(line)) : undefined;
  if (parsed?.success !== true) return err(MALFORMED);
  const { server, time, nonce } = parsed.data;
  const at = parseTime(time);
  if (at === undefined) return err(MALFORMED);
  const statement = { server, at, nonce };
  return sessionStatementText(statement) === words ? ok(statement) : err(MALFORMED);
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const MALFORMED: Problem = problem('unauthenticated', {
  rule: 'session.statement-malformed',
  message: text(
    'The signed words are no session statement of Sekisho.',
    '署名された内容は、Sekisho のセッション開始文ではありません。',
  ),
  remedy: text('Sign in with `sekisho login`.', '`sekisho login` でサインインしてください。'),
});
