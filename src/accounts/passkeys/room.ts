import type { BrowserRoom } from '../sessions/index.ts';
import { type PasskeyParty, passkeyParty } from './party.ts';
import type { StoredPasskey } from './store.ts';

/** What enrolling, signing in by and keeping passkeys needs of a server. */
export interface PasskeyRoom extends BrowserRoom {
  /** Tells people at once of a passkey that may have been copied; the audit log has it already. */
  readonly alarm: (suspended: Pick<StoredPasskey, 'person' | 'fingerprint'>) => void;
}

export const partyOf = ({ publicUrl, sessionKey }: BrowserRoom): PasskeyParty =>
  passkeyParty(publicUrl, sessionKey);
