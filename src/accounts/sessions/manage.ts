import type { Transaction } from 'kysely';
import { type AuditEntry, appendAudit } from '#audit';
import { err, ok, type PersonName, type Problem, type Result } from '#core-values';
import { isUnderWay, type Organization, type Person } from '../core/index.ts';
import type { BrowserRoom } from './browser.ts';
import { NO_SUCH_SESSION, ONLY_OWN_SESSIONS } from './browser-problems.ts';
import {
  browserSessionById,
  browserSessionsOf,
  closeBrowserSession,
  type StoredSession,
} from './browser-store.ts';

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

/** Sessions of browsers that are signed in, the one used last first. */
export async function openBrowserSessions(
  room: BrowserRoom,
  person: PersonName,
): Promise<readonly StoredSession[]> {
  const now = room.clock.now();
  const all = await browserSessionsOf(room.db, { person, key: room.sessionKey });
  return all.filter(({ tokens }) => isUnderWay(tokens, now));
}

/** Ends one session: the asker's own, or anybody's if the asker is an administrator. Audited, and so is a refusal. */
export async function revokeBrowserSession(
  room: BrowserRoom,
  asker: Person,
  id: string,
): Promise<Result<void, Problem>> {
  return room.inTransaction(async (tx) => {
    const session = await browserSessionById(tx, { id, key: room.sessionKey });
    if (session === undefined) return err(NO_SUCH_SESSION);
    const organization = room.organization();
    const isTheirs = session.person === asker.name;
    if (!isTheirs && !organization.administrators.includes(asker.name)) {
      await record(tx, room, { kind: 'session.revoke-refused', asker, session });
      // What is another's is not told to be there.
      return err(NO_SUCH_SESSION);
    }
    await closeBrowserSession(tx, { id, why: 'revoked', now: room.clock.now() });
    await record(tx, room, { kind: 'session.revoked', asker, session });
    return ok(undefined);
  });
}

async function record(
  tx: Transaction<object>,
  { clock }: BrowserRoom,
  about: {
    readonly kind: 'session.revoked' | 'session.revoke-refused';
    readonly asker: Person;
    readonly session: StoredSession;
  },
): Promise<void> {
  const { kind, asker, session } = about;
  const wasRefused = kind === 'session.revoke-refused';
  const entry: AuditEntry = {
    ...{ at: clock.now(), kind, outcome: wasRefused ? 'denied' : 'done' },
    actor: { kind: 'person', name: asker.name },
    subject: { person: session.person, other: `session:${session.id}` },
    evidence: { sessions: [session.id], device: session.device },
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
