import type { EpochMs, Problem, Result } from '#core-values';

/** Where a trail delivers its files: a bucket, or a folder of copies. */
export interface DeliveredFiles {
  /** The folders directly below one, each with `/` at its end; none where there is no such folder. */
  folders(below: string): Promise<Result<readonly string[], Problem>>;
  /** The names of files below a folder, at any depth, that come after `after` in order of bytes: all, in that order. */
  list(below: string, after: string): Promise<Result<readonly string[], Problem>>;
  /** `gone` for a name that is not there. */
  read(name: string): Promise<Result<DeliveredFile | 'gone' | 'too-large', Problem>>;
}

export interface DeliveredFile {
  /** As delivered, gzip and all. */
  readonly bytes: Uint8Array;
  /** Of a digest: its signature in hexadecimal, from the object's metadata. */
  readonly signature?: string;
}

/** CloudTrail cuts log files at some megabytes of gzip; nothing larger is read. */
export const MAX_DELIVERED_BYTES = 32 * 1024 * 1024;

/** The public keys that CloudTrail signs digests with. */
export interface DigestKeys {
  /** A PKCS #1 RSA key in DER; `undefined` where CloudTrail knows none of this fingerprint at that time. */
  find(fingerprint: string, region: string, at: EpochMs): Promise<Result<Uint8Array | undefined, Problem>>;
}
