import { createHash, randomBytes } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import { type AuditEntry, appendAudit, appendBounded } from '#audit';
import {
  type Clock,
  type EpochMs,
  epochMs,
  err,
  ok,
  type Problem,
  problem,
  type Result,
  text,
} from '#core-values';
import { sshSignerOf } from '#platform';
import {
  type Organization,
  type Person,
  parseSessionStatement,
  personByKey,
  personByName,
  SESSION_NAMESPACE,
  SESSION_STATEMENT_SKEW_MS,
} from '../core/index.ts';
import { closeSession, findSession, insertSession } from './store.ts';

export interface SessionRoom {
  readonly db: Kysely<object>;
  readonly inTransaction: <T>(work: (tx: Transaction<object>) => Promise<T>) => Promise<T>;
  readonly clock: Clock;
  readonly organization: () => Organization;
  /** How people reach this server; statements for another one are refused. */
  readonly publicUrl: string;
  readonly sessionLifeMs: number;
  /** Under which sessions are authenticated; not in the database in clear. */
  readonly sessionKey: string;
}

export interface OpenedSession {
  /** Shown once; the server keeps its hash. */
  readonly token: string;
  readonly person: Person;
  readonly expiresAt: EpochMs;
}

/** Enough to see who tries, and with what; more are counted. */
const REFUSALS_PER_HOUR = 100;

const sha256 = (words: string): string => createHash('sha256').update(words).digest('hex');

interface Signed {
  readonly statement: string;
  readonly signature: string;
}

/** Opens a session for whoever holds a key of the configuration: the key says who it is, no name is taken on trust. */
export async function openSession(
  room: SessionRoom,
  signed: Signed,
): Promise<Result<OpenedSession, Problem>> {
  const now = room.clock.now();
  const key = sshSignerOf(signed.statement, signed.signature, SESSION_NAMESPACE);
  const person = key === undefined ? undefined : personByKey(room.organization(), key);
  const refuse = async (why: Problem): Promise<Result<never, Problem>> => {
    await room.inTransaction((tx) => recordRefusal(tx, why, { at: now, person, key }));
    return err(why);
  };
  const fault = statementFault(room, signed, now);
  if (fault !== undefined) return refuse(fault);
  if (key === undefined) return refuse(BAD_SIGNATURE);
  if (person === undefined) return refuse(UNKNOWN_KEY);
  const token = `sks_${randomBytes(32).toString('base64url')}`;
  const session = {
    tokenSha256: sha256(token),
    statementSha256: sha256(signed.statement),
    person: person.name,
    openedAt: now,
    expiresAt: epochMs(now + room.sessionLifeMs),
  };
  return room.inTransaction(async (tx) => {
    if (!(await insertSession(tx, session, room.sessionKey))) {
      await recordRefusal(tx, USED, { at: now, person, key });
      return err(USED);
    }
    await appendAudit(tx, {
      at: now,
      kind: 'session.opened',
      actor: { kind: 'person', name: person.name, tokenSha256: session.tokenSha256 },
      subject: { person: person.name },
      outcome: 'allowed',
    });
    return ok({ token, person, expiresAt: session.expiresAt });
  });
}

function statementFault(room: SessionRoom, signed: Signed, now: EpochMs): Problem | undefined {
  const statement = parseSessionStatement(signed.statement);
  if (!statement.ok) return statement.error;
  if (statement.value.server !== room.publicUrl) return otherServer(room.publicUrl);
  return Math.abs(now - statement.value.at) > SESSION_STATEMENT_SKEW_MS ? STALE : undefined;
}

interface Attempt {
  readonly at: EpochMs;
  /** Whose key signed, if anybody's; the statement may be an old one in other hands. */
  readonly person: Person | undefined;
  /** The public key behind a good signature. */
  readonly key: string | undefined;
}

/** Anybody may try, so what is written is bounded (docs/adr/0024). */
async function recordRefusal(
  tx: Transaction<object>,
  why: Problem,
  { at, person, key }: Attempt,
): Promise<void> {
  const entry: AuditEntry = {
    at,
    kind: 'session.refused',
    actor: { kind: 'person', name: person?.name ?? '(unknown)' },
    subject: person === undefined ? {} : { person: person.name },
    outcome: 'denied',
    reasons: why.reasons,
    ...(key === undefined ? {} : { evidence: { signedBy: keyFingerprint(key) } }),
  };
  await appendBounded(tx, entry, [{ topic: 'refused sign-ins', mostPerHour: REFUSALS_PER_HOUR }]);
}

/** As `ssh-keygen -l` shows it. */
const keyFingerprint = (blob: string): string =>
  `SHA256:${createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/, '')}`;

/** Who a session token belongs to, as the configuration knows the person now; an unknown token is nobody. */
export async function personOfSession(
  room: Pick<SessionRoom, 'db' | 'clock' | 'organization' | 'sessionKey'>,
  token: string,
): Promise<Person | undefined> {
  const name = await findSession(
    room.db,
    { tokenSha256: sha256(token), key: room.sessionKey },
    room.clock.now(),
  );
  return name === undefined ? undefined : personByName(room.organization(), name);
}

/** Ends the session of a token at once; a token that opens none is nobody's business, and leaves no trace. */
export async function endSession(room: SessionRoom, token: string): Promise<void> {
  await room.inTransaction(async (tx) => {
    const at = room.clock.now();
    const tokenSha256 = sha256(token);
    const name = await closeSession(tx, tokenSha256, at);
    if (name === undefined) return;
    const actor = { kind: 'person', name, tokenSha256 } as const;
    await appendAudit(tx, { at, kind: 'session.closed', actor, subject: { person: name }, outcome: 'done' });
  });
}

const SIGN_IN_AGAIN = text(
  'Sign in again with `sekisho login`.',
  '`sekisho login` で再度サインインしてください。',
);

const STALE: Problem = problem('unauthenticated', {
  rule: 'session.statement-stale',
  message: text(
    'The signed statement is not of this time: more than five minutes lie between it and the server’s clock.',
    '署名された文の時刻が、サーバーの時刻と 5 分以上ずれています。',
  ),
  remedy: text(
    'Check the clock of your machine, then sign in again.',
    '手元のマシンの時計を確認してから、再度サインインしてください。',
  ),
});

const BAD_SIGNATURE: Problem = problem('unauthenticated', {
  rule: 'session.bad-signature',
  message: text(
    'The signature does not belong to this statement.',
    '署名がこの文に対するものではありません。',
  ),
  remedy: SIGN_IN_AGAIN,
});

const USED: Problem = problem('unauthenticated', {
  rule: 'session.statement-used',
  message: text(
    'This signed statement has opened a session before.',
    'この署名された文は、すでにセッションの開始に使われています。',
  ),
  remedy: SIGN_IN_AGAIN,
});

const UNKNOWN_KEY: Problem = problem('unauthenticated', {
  rule: 'session.key-unknown',
  message: text(
    'Nobody in sekisho.yaml has the key that signed.',
    '署名に使われた鍵は、sekisho.yaml の誰のものでもありません。',
  ),
  remedy: text(
    'Have your public key added to `people` in sekisho.yaml, or sign with the one that is there (--key).',
    'sekisho.yaml の `people` に公開鍵を登録してもらうか、登録済みの鍵で署名してください(--key)。',
  ),
});

const otherServer = (publicUrl: string): Problem =>
  problem('unauthenticated', {
    rule: 'session.other-server',
    message: text(
      'The statement was signed for another server.',
      'この文は、別のサーバー向けに署名されています。',
    ),
    remedy: text(`Use ${publicUrl} as SEKISHO_URL.`, `SEKISHO_URL に ${publicUrl} を指定してください。`),
  });
