import { z } from 'zod';
import {
  type EpochMs,
  err,
  formatTime,
  ok,
  type PersonName,
  type Problem,
  parsePersonName,
  parseTime,
  problem,
  type Result,
  text,
} from '#core-values';

/** A signature for a link passes as nothing else. */
export const LINK_NAMESPACE = 'sekisho-link@v1';

/** A statement older than this, or this far in the future, makes no link. */
export const LINK_STATEMENT_SKEW_MS = 5 * 60_000;

const HEADER = 'Sekisho: make a link that signs a person in, once, to enrol a passkey';

/** One line without control, invisible or direction-changing characters: whoever reads it later sees what was signed. */
const REASON = /^(?!\s)[^\p{C}\p{Zl}\p{Zp}]{1,500}(?<!\s)$/u;

/** What a statement takes as its reason. */
export const isLinkReason = (words: string): boolean => REASON.test(words);

const body = z.strictObject({
  server: z.url(),
  person: z.string(),
  purpose: z.enum(['invite', 'recovery']),
  reason: z.string().regex(REASON).exactOptional(),
  time: z.string(),
  nonce: z.string().regex(/^[A-Za-z0-9_-]{22,64}$/),
});

export interface LinkStatement {
  /** The server it is meant for. */
  readonly server: string;
  /** Who is to be let in. */
  readonly person: PersonName;
  readonly purpose: 'invite' | 'recovery';
  /** Of a recovery, and of nothing else. */
  readonly reason?: string;
  readonly at: EpochMs;
  readonly nonce: string;
}

/** The exact words to sign: one header line, one line of JSON. */
export function linkStatementText(statement: LinkStatement): string {
  const { server, person, purpose, reason, at, nonce } = statement;
  const words = { server, person, purpose, ...(reason === undefined ? {} : { reason }) };
  return `${HEADER}\n${JSON.stringify({ ...words, time: formatTime(at), nonce })}\n`;
}

/** Reads a statement back; anything but the exact words that `linkStatementText` writes is refused. */
export function parseLinkStatement(words: string): Result<LinkStatement, Problem> {
  const [header, line] = words.split('\n');
  const parsed = header === HEADER && line !== undefined ? body.safeParse(jsonOf(line)) : undefined;
  if (parsed?.success !== true) return err(MALFORMED);
  const { time, person: name, ...rest } = parsed.data;
  const [at, person] = [parseTime(time), parsePersonName(name)];
  if (at === undefined || person === undefined) return err(MALFORMED);
  if ((rest.purpose === 'recovery') !== (rest.reason !== undefined)) return err(NO_REASON);
  const statement = { ...rest, person, at };
  return linkStatementText(statement) === words ? ok(statement) : err(MALFORMED);
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const MALFORMED: Problem = problem('bad-input', {
  rule: 'sign-in-link.statement-malformed',
  message: text(
    'The signed words do not ask Sekisho for a link.',
    '署名された内容は、Sekisho のリンク発行文ではありません。',
  ),
  remedy: text('Use `sekisho people link`.', '`sekisho people link` を使ってください。'),
});

const NO_REASON: Problem = problem('bad-input', {
  rule: 'sign-in-link.reason',
  message: text(
    'A recovery says why, and an invitation does not.',
    '復旧には理由が必要です。招待には理由を付けられません。',
  ),
  remedy: text(
    'Write --recover and --reason together, or neither.',
    '--recover と --reason は両方指定するか、両方省いてください。',
  ),
});

/** What the server answers to a request for a link. */
export const madeLinkAnswer = z.object({ person: z.string(), url: z.string(), expiresAt: z.string() });
