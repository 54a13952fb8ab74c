import type { Kysely } from 'kysely';
import type { PersonName } from '#core-values';
import { type PasskeyParty, type PasskeyRoom, passkeyParty } from '../passkeys/index.ts';
import { passkeysOf } from '../passkeys/store.ts';
import type { BrowserRoom } from '../sessions/index.ts';

/** What signing in needs of a server. */
export type SignInRoom = BrowserRoom;

/** Links are made with passkeys, too, which may turn out to be copied. */
export type LinkRoom = PasskeyRoom;

export const partyOf = ({ publicUrl, sessionKey }: SignInRoom): PasskeyParty =>
  passkeyParty(publicUrl, sessionKey);

/** Whether a person could sign in by a passkey. */
export async function hasPasskey(db: Kysely<object>, room: SignInRoom, person: PersonName): Promise<boolean> {
  const all = await passkeysOf(db, person, room.sessionKey);
  return all.some(({ state }) => state === 'active');
}
