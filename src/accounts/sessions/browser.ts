import { createHash, randomBytes } from 'node:crypto';
import type { Transaction } from 'kysely';
import { appendAudit } from '#audit';
import { type EpochMs, err, type JsonObject, ok, type Problem, type Result } from '#core-values';
import {
  type HttpContext,
  notSignedIn,
  type OwnCookie,
  ownCookie,
  refuseForeignOrigin,
  uuidV7,
} from '#platform';
import {
  firstTokens,
  isUnderWay,
  judgeToken,
  mayOnlyEnrol,
  mayVouchFor,
  type Organization,
  type Person,
  personByName,
  personBySignIn,
  type SignInHow,
} from '../core/index.ts';
import { ENROL_FIRST, SIGNED_OUT, STOLEN } from './browser-problems.ts';
import {
  browserSessionsOf,
  type CloseWhy,
  closeBrowserSession,
  findBrowserSession,
  insertBrowserSession,
  keepTokens,
  type StoredSession,
} from './browser-store.ts';
import type { SessionRoom } from './service.ts';

/** What browsers' sessions need of a server. */
export type BrowserRoom = Pick<
  SessionRoom,
  'db' | 'inTransaction' | 'clock' | 'organization' | 'publicUrl' | 'sessionKey'
>;

export interface BrowserSession {
  readonly id: string;
  readonly person: Person;
  readonly how: SignInHow;
  readonly openedAt: EpochMs;
  readonly lastUsedAt: EpochMs;
  readonly endsAt: EpochMs;
}

export interface OpenedBrowserSession {
  readonly session: BrowserSession;
  /** For `giveSession`, once the transaction is committed. */
  readonly token: string;
}

const TOKEN = /^skb_[A-Za-z0-9_-]{43}$/;
const newToken = (): string => `skb_${randomBytes(32).toString('base64url')}`;
const sha256 = (words: string): string => createHash('sha256').update(words).digest('hex');
export const originOf = ({ publicUrl }: Pick<BrowserRoom, 'publicUrl'>): string => new URL(publicUrl).origin;

export const sessionCookie = ({ publicUrl }: Pick<BrowserRoom, 'publicUrl'>): OwnCookie =>
  ownCookie(publicUrl, 'sekisho', 'Strict');

/** What the browser says of itself, for people to know their sessions by. */
const deviceOf = (c: HttpContext): string => (c.req.header('user-agent') ?? '').slice(0, 512);

/**
 * Opens a session for a person who has just shown who they are, always with a new token: whatever the browser brought along is ended, and
 * never taken up. Call it last in the transaction, for it writes the audit log; then `giveSession`. The route must have passed
 * `refuseForeignOrigin`, or somebody could sign a browser in as another.
 */
export async function signInBy(
  room: BrowserRoom,
  tx: Transaction<object>,
  { person, how, c }: { readonly person: Person; readonly how: SignInHow; readonly c: HttpContext },
): Promise<OpenedBrowserSession> {
  const now = room.clock.now();
  const brought = sessionCookie(room).read(c) ?? '';
  const before = TOKEN.test(brought) ? await findBrowserSession(tx, by(room, brought, true)) : undefined;
  if (before !== undefined) await closeBrowserSession(tx, { id: before.id, why: 'replaced', now });
  const token = newToken();
  const stored: StoredSession = {
    ...{ id: `bse_${uuidV7(now)}`, person: person.name, how, device: deviceOf(c), openedAt: now },
    tokens: firstTokens(sha256(token), now),
  };
  await insertBrowserSession(tx, stored, room.sessionKey);
  await appendAudit(tx, {
    at: now,
    kind: 'session.opened',
    actor: { kind: 'person', name: person.name, tokenSha256: stored.tokens.current },
    subject: { person: person.name, other: `session:${stored.id}` },
    outcome: 'allowed',
    evidence: {
      ...{ how: { ...how }, device: stored.device },
      ...(before === undefined ? {} : { replaced: { session: before.id, person: before.person } }),
    },
  });
  return { session: sessionOf(stored, person), token };
}

/** Puts the session's cookie on the answer. */
export const giveSession = (room: BrowserRoom, c: HttpContext, opened: OpenedBrowserSession): void =>
  sessionCookie(room).give(c, opened.token, opened.session.endsAt - room.clock.now());

const by = (room: BrowserRoom, token: string, lock: boolean) => ({
  ...{ tokenSha256: sha256(token), key: room.sessionKey, lock },
});

const sessionOf = ({ id, how, openedAt, tokens }: StoredSession, person: Person): BrowserSession => ({
  ...{ id, person, how, openedAt, lastUsedAt: tokens.lastUsedAt, endsAt: tokens.endsAt },
});

/** Whether this request has to do with a browser's session at all; a bearer token stands for itself. */
export const isFromBrowser = (room: Pick<BrowserRoom, 'publicUrl'>, c: HttpContext): boolean =>
  c.req.header('authorization') === undefined && sessionCookie(room).read(c) !== undefined;

/**
 * The session of the browser that asks, one by a link too: see `requirePerson` for what most routes want. Renews its token when it is time,
 * on this very answer.
 */
export async function requireBrowserSession(
  room: BrowserRoom,
  c: HttpContext,
): Promise<Result<BrowserSession, Problem>> {
  const token = sessionCookie(room).read(c);
  if (c.req.header('authorization') !== undefined || token === undefined) return err(notSignedIn);
  const foreign = refuseForeignOrigin(c, originOf(room));
  if (foreign !== undefined) return err(foreign);
  // The cookie of a session that is over stays: by the time of this answer, the browser may have that of a newer one.
  return TOKEN.test(token) ? settleToken(room, c, token) : err(SIGNED_OUT);
}

/** Whoever is signed in at the browser that asks, to do more than enrol a passkey. */
export async function personAtBrowser(room: BrowserRoom, c: HttpContext): Promise<Result<Person, Problem>> {
  const known = await requireBrowserSession(room, c);
  if (!known.ok) return known;
  return mayOnlyEnrol(known.value.how) ? err(ENROL_FIRST) : ok(known.value.person);
}

/**
 * Whether the session that a long answer began with still stands, without renewing anything: events are sent only as long as it does.
 */
export async function stillSignedIn(room: BrowserRoom, c: HttpContext): Promise<boolean> {
  const token = sessionCookie(room).read(c);
  if (token === undefined || !TOKEN.test(token)) return false;
  const session = await findBrowserSession(room.db, by(room, token, false));
  if (session === undefined || personOf(room.organization(), session) === undefined) return false;
  return isUnderWay(session.tokens, room.clock.now());
}

async function settleToken(
  room: BrowserRoom,
  c: HttpContext,
  token: string,
): Promise<Result<BrowserSession, Problem>> {
  const shown = sha256(token);
  const now = room.clock.now();
  const fresh = newToken();
  const judge = ({ tokens }: StoredSession) => judgeToken(tokens, { shown, fresh: sha256(fresh), now });
  const seen = await findBrowserSession(room.db, by(room, token, false));
  if (seen === undefined) return err(SIGNED_OUT);
  if (judge(seen).kind === 'good') return signedIn(room, seen);
  const settled = await room.inTransaction(async (tx) => {
    const stored = await findBrowserSession(tx, by(room, token, true));
    if (stored === undefined) return undefined;
    const verdict = judge(stored);
    if (verdict.kind === 'over') await closeBrowserSession(tx, { id: stored.id, why: 'over', now });
    if (verdict.kind === 'stolen') await endAsStolen(tx, stored, { shown, now, device: deviceOf(c) });
    if (verdict.kind !== 'used' && verdict.kind !== 'renewed') return { stored, verdict };
    const next = { ...stored, tokens: verdict.next };
    await keepTokens(tx, next, room.sessionKey);
    return { stored: next, verdict };
  });
  if (settled === undefined || settled.verdict.kind === 'over') return err(SIGNED_OUT);
  if (settled.verdict.kind === 'stolen') return err(STOLEN);
  if (settled.verdict.kind === 'renewed') {
    sessionCookie(room).give(c, fresh, settled.stored.tokens.endsAt - now);
  }
  return signedIn(room, settled.stored);
}

const signedIn = (room: BrowserRoom, stored: StoredSession): Result<BrowserSession, Problem> => {
  const person = personOf(room.organization(), stored);
  return person === undefined ? err(SIGNED_OUT) : ok(sessionOf(stored, person));
};

/** As the configuration has it now: who left it is signed in no more, nor by an account at a provider, or by the word of somebody, that left it. */
function personOf(organization: Organization, { person, how }: StoredSession): Person | undefined {
  const known = personByName(organization, person);
  return known !== undefined && isStillKnownBy(organization, known, how) ? known : undefined;
}

function isStillKnownBy(organization: Organization, person: Person, how: SignInHow): boolean {
  switch (how.kind) {
    case 'link':
      return mayVouchFor(organization, how.vouchedBy, person.name);
    case 'provider':
      return personBySignIn(organization, how)?.name === person.name;
    case 'passkey':
      return true;
  }
}

async function endAsStolen(
  tx: Transaction<object>,
  { id, person, tokens }: StoredSession,
  { shown, now, device }: { readonly shown: string; readonly now: EpochMs; readonly device: string },
): Promise<void> {
  await closeBrowserSession(tx, { id, why: 'stolen', now });
  await appendAudit(tx, {
    at: now,
    kind: 'session.stolen',
    actor: { kind: 'person', name: person, tokenSha256: shown },
    subject: { person, other: `session:${id}` },
    outcome: 'denied',
    reasons: STOLEN.reasons,
    evidence: { device, newestTokenSha256: tokens.current },
  });
}

export interface EndOfSessions {
  readonly person: Pick<Person, 'name'>;
  readonly why: CloseWhy;
  /** Only these; all of them if left out. */
  readonly which?: (session: { readonly id: string; readonly how: SignInHow }) => boolean;
  /** Goes into the audit log beside the number. */
  readonly because: JsonObject;
  readonly actor: { readonly kind: 'person' | 'server'; readonly name: string };
}

/** Ends open sessions of a person, as when a passkey is removed that opened them. Audited where there were any; answers how many. */
export async function endBrowserSessions(
  room: Pick<BrowserRoom, 'clock' | 'sessionKey'>,
  tx: Transaction<object>,
  { person, why, which = () => true, because, actor }: EndOfSessions,
): Promise<number> {
  const now = room.clock.now();
  const all = await browserSessionsOf(tx, { person: person.name, key: room.sessionKey, lock: true });
  const ended = all.filter(which);
  for (const { id } of ended) await closeBrowserSession(tx, { id, why, now });
  if (ended.length === 0) return 0;
  await appendAudit(tx, {
    ...{ at: now, kind: 'session.revoked', actor, subject: { person: person.name }, outcome: 'done' },
    evidence: { sessions: ended.map(({ id }) => id), because },
  });
  return ended.length;
}
