import type { Organization } from '#accounts/core';
import type { Clock } from '#core-values';
import type { Db, Keyring } from '#platform';
import type { Connections } from '../api/connections.ts';

/** What connecting an App stands on; `main/` puts it together. */
export interface AppRoom {
  readonly db: Db;
  readonly clock: Clock;
  readonly keyring: Pick<Keyring, 'encrypt' | 'decrypt'>;
  readonly organization: () => Organization;
  readonly publicUrl: string;
  /** 32 random bytes, as base64url. */
  readonly newSecret: () => string;
  /** `gha_` and a UUID. */
  readonly newAppId: () => string;
  readonly connections: Connections;
}
