import type { Transaction } from 'kysely';
import { type AuditKind, appendAudit } from '#audit';
import {
  err,
  type JsonObject,
  ok,
  type PersonName,
  type Problem,
  problem,
  type Reason,
  type Result,
} from '#core-values';
import type { Person } from '../core/index.ts';
import type { PasskeyAssertion } from '../core/passkey.ts';
import { activePasskeys, confirmed } from './confirm.ts';
import * as reasons from './reasons.ts';
import type { PasskeyRoom } from './room.ts';
import { endSessionsOf } from './sessions-of.ts';
import {
  findPasskeys,
  lockPasskey,
  lockPasskeysOf,
  passkeysOf,
  type StoredPasskey,
  updatePasskey,
} from './store.ts';

/** What a person has, suspended ones too; what was removed is in the audit log. */
export const listPasskeys = async (
  room: PasskeyRoom,
  person: PersonName,
): Promise<readonly StoredPasskey[]> =>
  (await passkeysOf(room.db, person, room.sessionKey)).filter(({ state }) => state !== 'removed');

export interface Renaming {
  readonly person: Person;
  readonly credentialId: string;
  readonly name: string;
}

export const renamePasskey = (
  room: PasskeyRoom,
  { person, credentialId, name }: Renaming,
): Promise<Result<StoredPasskey, Problem>> =>
  room.inTransaction(async (tx) => {
    const passkey = await lockPasskey(tx, credentialId, room.sessionKey);
    if (passkey === undefined || passkey.state === 'removed')
      return err(problem('not-found', reasons.UNKNOWN));
    if (passkey.person !== person.name) return err(problem('denied', reasons.ONLY_OWN));
    const renamed = { ...passkey, name };
    await updatePasskey(tx, renamed, room.sessionKey);
    await record(room, tx, { kind: 'passkey.renamed', actor: person.name, passkey, more: { to: name } });
    return ok(renamed);
  });

export interface Removing {
  /** Who asks. */
  readonly person: Person;
  readonly credentialId: string;
  /** Of one of the asking person's passkeys; a command line, which has no browser, shows none. */
  readonly confirmation?: PasskeyAssertion;
  readonly mustConfirm: boolean;
  readonly evenTheLast: boolean;
  /** Required of administrators for others' passkeys. */
  readonly reason?: string;
}

/** Removes a passkey for ever, and ends the sessions that it opened. What it approved counts no more. */
export async function removePasskey(
  room: PasskeyRoom,
  removing: Removing,
): Promise<Result<StoredPasskey, Problem>> {
  const { credentialId } = removing;
  let suspended: StoredPasskey | undefined;
  const done = await room.inTransaction<Result<StoredPasskey, Problem>>(async (tx) => {
    const seen = (await findPasskeys(tx, [credentialId], room.sessionKey)).get(credentialId);
    if (seen !== undefined) await lockPasskeysOf(tx, seen.person);
    const found = await lockPasskey(tx, credentialId, room.sessionKey);
    if (found === undefined || found.state === 'removed') return err(problem('not-found', reasons.UNKNOWN));
    const refused = await refusalOf(room, tx, found, removing);
    suspended = refused?.suspended;
    const actor = removing.person.name;
    if (refused !== undefined) {
      await record(room, tx, { kind: 'passkey.refused', actor, passkey: found, why: refused.why });
      return err(problem('denied', refused.why));
    }
    const removed = {
      ...((await lockPasskey(tx, credentialId, room.sessionKey)) ?? found),
      state: 'removed',
    } as const;
    await updatePasskey(tx, removed, room.sessionKey);
    await endSessionsOf(room, tx, removed);
    const { reason } = removing;
    const more = reason === undefined ? {} : { reason };
    await record(room, tx, { kind: 'passkey.removed', actor, passkey: removed, more });
    return ok(removed);
  });
  if (suspended !== undefined) room.alarm(suspended);
  return done;
}

async function refusalOf(
  room: PasskeyRoom,
  tx: Transaction<object>,
  passkey: StoredPasskey,
  { person, confirmation, mustConfirm, evenTheLast, reason }: Removing,
): Promise<{ readonly why: Reason; readonly suspended?: StoredPasskey } | undefined> {
  const isOwn = passkey.person === person.name;
  const isAdministrator = room.organization().administrators.includes(person.name);
  if (!isOwn && (!isAdministrator || reason === undefined)) return { why: reasons.ONLY_OWN };
  const mine = await activePasskeys(room, tx, person.name);
  const isLast = mine.length === 1 && mine[0]?.credentialId === passkey.credentialId;
  if (isOwn && isLast && !evenTheLast) return { why: reasons.LAST_ONE };
  if (!mustConfirm || mine.length === 0) return undefined;
  const by = await confirmed(room, tx, person.name, confirmation);
  return by.ok ? undefined : by.error;
}

interface Recorded {
  readonly kind: AuditKind;
  readonly actor: PersonName;
  readonly passkey: StoredPasskey;
  readonly why?: Reason;
  readonly more?: JsonObject;
}

const record = (
  room: PasskeyRoom,
  tx: Transaction<object>,
  { kind, actor, passkey, why, more = {} }: Recorded,
): Promise<unknown> =>
  appendAudit(tx, {
    ...{ at: room.clock.now(), kind, outcome: why === undefined ? 'done' : 'denied' },
    actor: { kind: 'person', name: actor },
    subject: { person: passkey.person, other: `passkey:${passkey.fingerprint}` },
    ...(why === undefined ? {} : { reasons: [why] }),
    evidence: { name: passkey.name, ...more },
  });
