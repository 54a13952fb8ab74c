import { createHash } from 'node:crypto';
import type { Db } from '#platform';
import type { Grant } from './core/grant.ts';
import { selectGrantBySecret } from './store.ts';

/**
 * Whose secret this is, though the grant may have ended: for saying again what was already said to its holder, and for nothing
 * else. Whatever the secret is to open asks `authorizeGrant`.
 */
export const grantOfSecret = (db: Db, secret: string): Promise<Grant | undefined> =>
  selectGrantBySecret(db, createHash('sha256').update(secret).digest('hex'));
