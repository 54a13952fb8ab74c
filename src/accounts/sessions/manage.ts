import type { Transaction } from 'kysely';
import { type AuditEntry, appendAudit } from '#audit';
import {
  type EpochMs,
  err,
  type JsonObject,
  ok,
  type PersonName,
  type Problem,
  type Result,
} from '#core-values';
import { isUnderWay, type Organization, type Person, type SignInHow } from '../core/index.ts';
import type { BrowserRoom } from './browser.ts';
import { NO_SUCH_SESSION, ONLY_OWN_SESSIONS } from './browser-problems.ts';
import {
  browserSessionById,
  browserSessionsOf,
  closeBrowserSession,
  type StoredSession,
} from './browser-store.ts';
import { closeSession, type NewSession, sessionById, sessionId, sessionsOf } from './store.ts';

/** Whose sessions somebody may see: their own; an administrator anybody's. */
export function sessionsToShow(
  organization: Organization,
  asker: Person,
  whose: PersonName | undefined,
): Result<PersonName, Problem> {
  if (whose === undefined || whose === asker.name) return ok(asker.name);
  if (!organization.administrators.includes(asker.name)) return err(ONLY_OWN_SESSIONS);
  return ok(whose);
}

/** A session as people tell theirs apart. */
export interface ShownSession {
  readonly id: string;
  readonly person: PersonName;
  readonly kind: 'browser' | 'command-line';
  readonly signedInBy: SignInHow['kind'] | 'ssh-key';
  readonly provider?: string;
  /** What a browser says of itself. */
  readonly device?: string;
  readonly openedAt: EpochMs;
  /** Of browsers, to the minute. */
  readonly lastUsedAt?: EpochMs;
  readonly endsAt: EpochMs;
}

const ofBrowser = ({ id, person, how, device, openedAt, tokens }: StoredSession): ShownSession => ({
  ...{ id, person, kind: 'browser', signedInBy: how.kind, device, openedAt },
  ...(how.kind === 'provider' ? { provider: how.provider } : {}),
  ...{ lastUsedAt: tokens.lastUsedAt, endsAt: tokens.endsAt },
});

const ofCommandLine = (session: NewSession): ShownSession => ({
  ...{ id: sessionId(session), person: session.person, kind: 'command-line', signedInBy: 'ssh-key' },
  ...{ openedAt: session.openedAt, endsAt: session.expiresAt },
});

/** Where a person is signed in: browsers, the one used last first, then command lines, the newest first. */
export async function sessionsUnderWay(
  { db, clock, sessionKey: key }: BrowserRoom,
  person: PersonName,
): Promise<readonly ShownSession[]> {
  const now = clock.now();
  const browsers = await browserSessionsOf(db, { person, key });
  const commandLines = await sessionsOf(db, { person, key }, now);
  return [
    ...browsers.filter(({ tokens }) => isUnderWay(tokens, now)).map(ofBrowser),
    ...commandLines.map(ofCommandLine),
  ];
}

/** Ends one session: the asker's own, or anybody's if the asker is an administrator. Audited, and so is a refusal. */
export async function revokeSession(
  room: BrowserRoom,
  asker: Person,
  id: string,
): Promise<Result<void, Problem>> {
  const now = room.clock.now();
  return room.inTransaction(async (tx) => {
    const found = await endable(room, tx, id);
    if (found === undefined) return err(NO_SUCH_SESSION);
    const { session, end } = found;
    const isTheirs = session.person === asker.name;
    if (!isTheirs && !room.organization().administrators.includes(asker.name)) {
      await record(tx, now, { kind: 'session.revoke-refused', asker, session });
      // What is another's is not told to be there.
      return err(NO_SUCH_SESSION);
    }
    await end();
    await record(tx, now, { kind: 'session.revoked', asker, session });
    return ok(undefined);
  });
}

interface Endable {
  readonly session: ShownSession;
  end(): Promise<unknown>;
}

async function endable(room: BrowserRoom, tx: Transaction<object>, id: string): Promise<Endable | undefined> {
  const [now, key] = [room.clock.now(), room.sessionKey];
  const browser = await browserSessionById(tx, { id, key });
  if (browser !== undefined) {
    const end = () => closeBrowserSession(tx, { id, why: 'revoked', now });
    return { session: ofBrowser(browser), end };
  }
  const commandLine = await sessionById(tx, { id, key }, now);
  if (commandLine === undefined) return undefined;
  const end = () => closeSession(tx, commandLine.tokenSha256, now);
  return { session: ofCommandLine(commandLine), end };
}

/** Ends every session of a person, at browsers and command lines: whoever lost a device lost those on it. Audited where there were any. */
export async function endEverySession(
  { clock, sessionKey: key }: Pick<BrowserRoom, 'clock' | 'sessionKey'>,
  tx: Transaction<object>,
  { person, because }: { readonly person: PersonName; readonly because: JsonObject },
): Promise<void> {
  const now = clock.now();
  const browsers = await browserSessionsOf(tx, { person, key, lock: true });
  for (const { id } of browsers) await closeBrowserSession(tx, { id, why: 'revoked', now });
  const commandLines = await sessionsOf(tx, { person, key }, now);
  for (const { tokenSha256 } of commandLines) await closeSession(tx, tokenSha256, now);
  const sessions = [...browsers.map(({ id }) => id), ...commandLines.map(sessionId)];
  if (sessions.length === 0) return;
  await appendAudit(tx, {
    ...{ at: now, kind: 'session.revoked', outcome: 'done' },
    actor: { kind: 'person', name: person },
    subject: { person },
    evidence: { sessions, because },
  });
}

async function record(
  tx: Transaction<object>,
  at: EpochMs,
  about: {
    readonly kind: 'session.revoked' | 'session.revoke-refused';
    readonly asker: Person;
    readonly session: ShownSession;
  },
): Promise<void> {
  const { kind, asker, session } = about;
  const wasRefused = kind === 'session.revoke-refused';
  const entry: AuditEntry = {
    ...{ at, kind, outcome: wasRefused ? 'denied' : 'done' },
    actor: { kind: 'person', name: asker.name },
    subject: { person: session.person, other: `session:${session.id}` },
    evidence: {
      ...{ sessions: [session.id], signedInBy: session.signedInBy },
      ...(session.device === undefined ? {} : { device: session.device }),
    },
    ...(wasRefused ? { reasons: ONLY_OWN_SESSIONS.reasons } : {}),
  };
  await appendAudit(tx, entry);
}

/** Signs the browser out that a session belongs to. */
export async function signOut(
  room: BrowserRoom,
  { id, person }: { readonly id: string; readonly person: Person },
): Promise<void> {
  const now = room.clock.now();
  await room.inTransaction(async (tx) => {
    await closeBrowserSession(tx, { id, why: 'signed-out', now });
    await appendAudit(tx, {
      ...{ at: now, kind: 'session.closed', outcome: 'done' },
      actor: { kind: 'person', name: person.name },
      subject: { person: person.name, other: `session:${id}` },
    });
  });
}
