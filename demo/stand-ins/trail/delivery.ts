import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { JsonObject } from '../../../src/core-values/index.ts';
import type { DeliveredRecord } from './records.ts';

/** A file as a trail puts it into its bucket. */
export interface DeliveredObject {
  readonly key: string;
  readonly body: Uint8Array;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface DeliveryOptions {
  readonly trail: string;
  readonly bucket: string;
  readonly homeRegion: string;
  /** Its trail delivers below `AWSLogs/ORGANIZATION/ACCOUNT/`. */
  readonly organizationId: string;
}

export interface Delivery {
  /** Files of these records, and for each account and region that ever had one a digest over what came since the last. */
  files(records: readonly DeliveredRecord[], at: Date): readonly DeliveredObject[];
  /** As CloudTrail answers `ListPublicKeys`. */
  readonly publicKeys: JsonObject;
}

interface Chain {
  previous?: { readonly key: string; readonly sha256: string; readonly signature: string };
  endsMs: number;
  files: JsonObject[];
}

const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');
const seconds = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
const compact = (ms: number, length: number): string =>
  `${new Date(ms).toISOString().replaceAll(/[-:]/g, '').slice(0, length)}Z`;
const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10).replaceAll('-', '/');

interface AboutDigest {
  readonly account: string;
  readonly start: string;
  readonly end: string;
  readonly bucket: string;
  readonly key: string;
  readonly fingerprint: string;
}

const digestContent = (about: AboutDigest, { previous, files }: Chain): JsonObject => ({
  awsAccountId: about.account,
  digestStartTime: about.start,
  digestEndTime: about.end,
  digestS3Bucket: about.bucket,
  digestS3Object: about.key,
  digestPublicKeyFingerprint: about.fingerprint,
  digestSignatureAlgorithm: 'SHA256withRSA',
  newestEventTime:
    files
      .map(({ newestEventTime }) => String(newestEventTime))
      .toSorted()
      .at(-1) ?? null,
  oldestEventTime: files.map(({ oldestEventTime }) => String(oldestEventTime)).toSorted()[0] ?? null,
  previousDigestS3Bucket: previous === undefined ? null : about.bucket,
  previousDigestS3Object: previous?.key ?? null,
  previousDigestHashValue: previous?.sha256 ?? null,
  previousDigestHashAlgorithm: previous === undefined ? null : 'SHA-256',
  previousDigestSignature: previous?.signature ?? null,
  logFiles: files,
});

/**
 * Writes log files and digests as CloudTrail does, with a key pair of its own. Source: CloudTrail User Guide, "Finding your CloudTrail log
 * files", "CloudTrail digest file structure" and "Custom implementations of CloudTrail log file integrity validation" (2026-11).
 */
export function deliveryOf({ trail, bucket, homeRegion, organizationId }: DeliveryOptions): Delivery {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const der = publicKey.export({ format: 'der', type: 'pkcs1' });
  const fingerprint = createHash('md5').update(der).digest('hex');
  const madeMs = Date.now();
  const chains = new Map<string, Chain>();

  function log(place: string, account: string, region: string, records: readonly JsonObject[], ms: number) {
    const unique = randomBytes(8).toString('hex');
    const key = `AWSLogs/${organizationId}/${account}/CloudTrail/${region}/${day(ms)}/${account}_CloudTrail_${region}_${compact(ms, 13)}_${unique}.json.gz`;
    const content = JSON.stringify({ Records: records });
    const times = records.map(({ eventTime }) => String(eventTime)).toSorted();
    chainOf(place, ms).files.push({
      s3Bucket: bucket,
      s3Object: key,
      hashValue: sha256(content),
      hashAlgorithm: 'SHA-256',
      newestEventTime: times.at(-1) ?? null,
      oldestEventTime: times[0] ?? null,
    });
    return { key, body: gzipSync(content) };
  }

  function chainOf(place: string, ms: number): Chain {
    const chain = chains.get(place) ?? { endsMs: ms - 3_600_000, files: [] };
    chains.set(place, chain);
    return chain;
  }

  function digest(place: string, chain: Chain, ms: number): DeliveredObject {
    const [account = '', region = ''] = place.split('/');
    const startMs = chain.endsMs;
    // One a second at most: its time is its name.
    chain.endsMs = Math.max(Math.floor(ms / 1000) * 1000, startMs + 1000);
    const end = seconds(chain.endsMs);
    const key = `AWSLogs/${organizationId}/${account}/CloudTrail-Digest/${region}/${day(chain.endsMs)}/${account}_CloudTrail-Digest_${region}_${trail}_${homeRegion}_${compact(chain.endsMs, 15)}.json.gz`;
    const { previous } = chain;
    const about = { account, start: seconds(startMs), end, bucket, key, fingerprint };
    const content = JSON.stringify(digestContent(about, chain));
    const words = [end, `${bucket}/${key}`, sha256(content), previous?.signature ?? 'null'].join('\n');
    const signature = sign('RSA-SHA256', Buffer.from(words), privateKey).toString('hex');
    chain.previous = { key, sha256: sha256(content), signature };
    chain.files = [];
    return { key, body: gzipSync(content), metadata: { signature, 'signature-algorithm': 'SHA256withRSA' } };
  }

  return {
    files: (records, at) => {
      const ms = at.getTime();
      const byPlace = Map.groupBy(records, ({ account, region }) => `${account}/${region}`);
      const logs = [...byPlace].map(([place, all]) => {
        const [account = '', region = ''] = place.split('/');
        return log(
          place,
          account,
          region,
          all.map(({ record }) => record),
          ms,
        );
      });
      return [...logs, ...[...chains].map(([place, chain]) => digest(place, chain, ms))];
    },
    publicKeys: {
      PublicKeyList: [
        {
          Fingerprint: fingerprint,
          Value: der.toString('base64'),
          ValidityStartTime: Math.floor(madeMs / 1000) - 86_400,
          ValidityEndTime: Math.floor(madeMs / 1000) + 30 * 86_400,
        },
      ],
    },
  };
}
