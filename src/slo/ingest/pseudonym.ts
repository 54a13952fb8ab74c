import { createHmac } from 'node:crypto';
import type { Pseudonym } from '../core/spool/gather.ts';

/** The first 52 bits of an HMAC-SHA-256: without the key nobody can try addresses until one fits. */
export function pseudonyms(key: string): Pseudonym {
  return (kind, bytes) => {
    const digest = createHmac('sha256', key).update(`${kind}\0`).update(bytes).digest();
    const number = (digest.readUInt32BE(0) >>> 12) * 2 ** 32 + digest.readUInt32BE(4);
    return number === 0 ? 1 : number;
  };
}
