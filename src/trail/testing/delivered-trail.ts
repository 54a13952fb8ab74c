import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { JsonObject } from '#core-values';
import type { DeliveredFile } from '../delivered-files.ts';

const ACCOUNT = '444444444444';
const REGION = 'ap-northeast-1';
export const BUCKET = 'shop-trail';

/** A trail's files as CloudTrail delivers them, hour by hour, with a key of its own for the digests. */
export interface DeliveredTrail {
  readonly files: Map<string, DeliveredFile>;
  /** As `aws cloudtrail list-public-keys` prints it. */
  readonly publicKeys: JsonObject;
  readonly fingerprint: string;
  readonly publicKey: Uint8Array;
  /** Delivers a log file at `HHMM` of 2 November 2026; answers its name. */
  log(clock: string, records: readonly JsonObject[]): string;
  /** Delivers the digest of the hour that ends at `HH`, over these log files; answers its name. */
  digest(hour: string, names: readonly string[], change?: (digest: Record<string, unknown>) => void): string;
}

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

export function deliveredTrail(): DeliveredTrail {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const der = publicKey.export({ format: 'der', type: 'pkcs1' });
  const fingerprint = createHash('md5').update(der).digest('hex');
  const files = new Map<string, DeliveredFile>();
  const contents = new Map<string, string>();
  let previous: { readonly name: string; readonly sha256: string; readonly signature: string } | undefined;
  const put = (name: string, content: string, signature?: string): string => {
    contents.set(name, content);
    files.set(name, { bytes: gzipSync(content), ...(signature !== undefined && { signature }) });
    return name;
  };
  return {
    files,
    fingerprint,
    publicKey: der,
    publicKeys: { PublicKeyList: [{ Fingerprint: fingerprint, Value: der.toString('base64') }] },
    log: (clock, records) => {
      const unique = sha256(`${clock}${files.size}`).slice(0, 16);
      const name = `AWSLogs/${ACCOUNT}/CloudTrail/${REGION}/2026/11/02/${ACCOUNT}_CloudTrail_${REGION}_20261102T${clock}Z_${unique}.json.gz`;
      return put(name, JSON.stringify({ Records: records }));
    },
    digest: (hour, names, change) => {
      const end = `2026-11-02T${hour}:00:01Z`;
      const name = `AWSLogs/${ACCOUNT}/CloudTrail-Digest/${REGION}/2026/11/02/${ACCOUNT}_CloudTrail-Digest_${REGION}_main_${REGION}_20261102T${hour}0001Z.json.gz`;
      const digest: Record<string, unknown> = {
        awsAccountId: ACCOUNT,
        digestStartTime: `2026-11-02T${String(Number(hour) - 1).padStart(2, '0')}:00:01Z`,
        digestEndTime: end,
        digestS3Bucket: BUCKET,
        digestS3Object: name,
        digestPublicKeyFingerprint: fingerprint,
        digestSignatureAlgorithm: 'SHA256withRSA',
        newestEventTime: end,
        oldestEventTime: end,
        previousDigestS3Bucket: previous === undefined ? null : BUCKET,
        previousDigestS3Object: previous?.name ?? null,
        previousDigestHashValue: previous?.sha256 ?? null,
        previousDigestHashAlgorithm: previous === undefined ? null : 'SHA-256',
        previousDigestSignature: previous?.signature ?? null,
        logFiles: names.map((s3Object) => ({
          s3Bucket: BUCKET,
          s3Object,
          hashValue: sha256(contents.get(s3Object) ?? ''),
          hashAlgorithm: 'SHA-256',
          newestEventTime: end,
          oldestEventTime: end,
        })),
      };
      change?.(digest);
      const content = JSON.stringify(digest);
      const words = [end, `${BUCKET}/${name}`, sha256(content), digest.previousDigestSignature ?? 'null'];
      const signature = sign('RSA-SHA256', Buffer.from(words.join('\n')), privateKey).toString('hex');
      previous = { name, sha256: sha256(content), signature };
      return put(name, content, signature);
    },
  };
}
