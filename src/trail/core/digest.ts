import { z } from 'zod';
import { type EpochMs, parseTime, type Text, text } from '#core-values';

/** CloudTrail User Guide, "CloudTrail digest file structure" (2026-11). */
export interface TrailDigest {
  readonly bucket: string;
  readonly name: string;
  /** As written: it is part of what is signed. */
  readonly endTime: string;
  readonly startsAt: EpochMs;
  readonly endsAt: EpochMs;
  readonly fingerprint: string;
  /** Absent in the first digest of a chain. */
  readonly previous?: { readonly name: string; readonly sha256: string; readonly signature: string };
  readonly files: readonly DigestedFile[];
}

export interface DigestedFile {
  readonly name: string;
  /** Of the content without gzip, in hexadecimal. */
  readonly sha256: string;
}

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const key = z.string().min(1).max(1024);
const time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

const schema = z.object({
  digestStartTime: time,
  digestEndTime: time,
  digestS3Bucket: z.string(),
  digestS3Object: key,
  digestPublicKeyFingerprint: z.string().regex(/^[0-9a-f]{32,64}$/),
  digestSignatureAlgorithm: z.literal('SHA256withRSA'),
  previousDigestS3Object: key.nullable(),
  previousDigestHashValue: sha256.nullable(),
  previousDigestHashAlgorithm: z.literal('SHA-256').nullish(),
  previousDigestSignature: z
    .string()
    .regex(/^[0-9a-f]{2,4096}$/)
    .nullable(),
  logFiles: z
    .array(
      z.object({
        s3Bucket: z.string(),
        s3Object: key,
        hashValue: sha256,
        hashAlgorithm: z.literal('SHA-256'),
      }),
    )
    .max(200_000),
});

/** `undefined` when the text is no digest. Keep it within `JSON_LIMITS` first. */
export function parseDigest(json: string): TrailDigest | undefined {
  const parsed = schema.safeParse(parseJson(json));
  if (!parsed.success) return undefined;
  const { data } = parsed;
  const [startsAt, endsAt] = [data.digestStartTime, data.digestEndTime].map((at) =>
    parseTime(at.replace('Z', '.000Z')),
  );
  if (startsAt === undefined || endsAt === undefined) return undefined;
  const { previousDigestS3Object: name, previousDigestHashValue: hash, previousDigestSignature: sign } = data;
  const has = [name, hash, sign].filter((part) => part !== null).length;
  if (has !== 0 && has !== 3) return undefined;
  return {
    bucket: data.digestS3Bucket,
    name: data.digestS3Object,
    endTime: data.digestEndTime,
    startsAt,
    endsAt,
    fingerprint: data.digestPublicKeyFingerprint,
    ...(name !== null &&
      hash !== null &&
      sign !== null && { previous: { name, sha256: hash, signature: sign } }),
    files: data.logFiles.map(({ s3Object, hashValue }) => ({ name: s3Object, sha256: hashValue })),
  };
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/**
 * What CloudTrail signs of a digest whose content has this SHA-256. Source: CloudTrail User Guide, "Custom implementations of CloudTrail
 * log file integrity validation"; `null` in place of a first digest's predecessor is what `aws cloudtrail validate-logs` takes.
 */
export const signedWords = (digest: TrailDigest, contentSha256: string): string =>
  [
    digest.endTime,
    `${digest.bucket}/${digest.name}`,
    contentSha256,
    digest.previous?.signature ?? 'null',
  ].join('\n');

/** The digest before, as it was read. */
export interface KnownDigest {
  readonly sha256: string;
  readonly signature: string;
}

/** Why a digest does not follow the one before; `undefined` when it does. `first`: none of its chain was read before. */
export function whyChainBroken(
  { previous }: TrailDigest,
  known: KnownDigest | 'missing' | 'not-asked',
  isFirst: boolean,
): Text | undefined {
  if (previous === undefined) return isFirst ? undefined : BEGINS_ANEW;
  if (known === 'not-asked') return undefined;
  if (known === 'missing') return text(`${previous.name} is gone`, `${previous.name} がありません`);
  const isSame = known.sha256 === previous.sha256 && known.signature === previous.signature;
  return isSame
    ? undefined
    : text(
        `${previous.name} is another than the one it continues`,
        `${previous.name} が、つながるべきものと異なります`,
      );
}

const BEGINS_ANEW = text('it begins a new chain', '新しいチェーンが始まっています');
