import { createHash, createPublicKey, verify } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { err, ok, type Result, type Text, text } from '#core-values';
import { beyondJsonLimits, JSON_LIMITS } from './core/index.ts';

const inflate = promisify(gunzip);

export interface Content {
  readonly json: string;
  /** Of the bytes without gzip, in hexadecimal: what digests name. */
  readonly sha256: string;
}

/** What stays of a file that cannot be used: why, and its hash where it could be unpacked. */
export interface Refused {
  readonly why: Text;
  readonly sha256?: string;
}

/** Unpacks a delivered file in bounded memory: neither a bomb of zeros nor one of brackets gets further than its limit. */
export async function contentOf(gzipped: Uint8Array): Promise<Result<Content, Refused>> {
  const bytes = await inflate(gzipped, { maxOutputLength: JSON_LIMITS.bytes }).catch(() => undefined);
  if (bytes === undefined) {
    return err({
      why: text('it is no gzip file, or too large', 'gzip ファイルではないか、大きすぎます'),
    });
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const beyond = beyondJsonLimits(bytes);
  if (beyond !== undefined) {
    const why = text(`its JSON is beyond the limit (${beyond})`, `JSON が上限を超えています(${beyond})`);
    return err({ why, sha256 });
  }
  return ok({ json: bytes.toString('utf8'), sha256 });
}

/** Whether the signature in hexadecimal is of these words, by an RSA key in PKCS #1 DER. */
export function isSignedBy(key: Uint8Array, words: string, signature: string): boolean {
  try {
    const publicKey = createPublicKey({ key: Buffer.from(key), format: 'der', type: 'pkcs1' });
    return verify('RSA-SHA256', Buffer.from(words), publicKey, Buffer.from(signature, 'hex'));
  } catch {
    return false;
  }
}
