import type { Transaction } from 'kysely';
import type { Clock } from '#core-values';
import { endBrowserSessions } from '../sessions/index.ts';
import type { StoredPasskey } from './store.ts';

/** Ends the sessions that a passkey opened, once it is no longer to be trusted. */
export const endSessionsOf = (
  room: { readonly clock: Clock; readonly sessionKey: string },
  tx: Transaction<object>,
  { person, credentialId, fingerprint }: StoredPasskey,
): Promise<unknown> =>
  endBrowserSessions(room, tx, {
    ...{ person: { name: person }, why: 'revoked', because: { passkey: fingerprint } },
    which: ({ how }) => how.kind === 'passkey' && how.credential === credentialId,
    actor: { kind: 'server', name: 'sekisho' },
  });
