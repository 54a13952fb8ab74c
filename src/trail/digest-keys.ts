import {
  CloudTrailClient,
  type CloudTrailClientConfig,
  ListPublicKeysCommand,
} from '@aws-sdk/client-cloudtrail';
import { err, ok, problem, text } from '#core-values';
import type { DigestKeys } from './delivered-files.ts';
import { TRAIL_CLIENT_OPTIONS } from './delivered-s3.ts';

export interface DigestKeysOptions {
  /** Absent: the SDK's own chain. */
  readonly credentials?: NonNullable<CloudTrailClientConfig['credentials']>;
  /** Only for stand-ins. */
  readonly endpoint?: string;
}

const DAY_MS = 86_400_000;

/** Asks CloudTrail in the digest's own region (`cloudtrail:ListPublicKeys`); keys never change, so each is asked for once. */
export function cloudTrailKeys(options: DigestKeysOptions): DigestKeys {
  const known = new Map<string, Uint8Array>();
  return {
    find: async (fingerprint, region, at) => {
      const found = known.get(`${region}/${fingerprint}`);
      if (found !== undefined) return ok(found);
      const client = new CloudTrailClient({ ...TRAIL_CLIENT_OPTIONS, region, ...options });
      try {
        const [StartTime, EndTime] = [new Date(at - DAY_MS), new Date(at + DAY_MS)];
        const answer = await client.send(new ListPublicKeysCommand({ StartTime, EndTime }));
        for (const { Fingerprint, Value } of answer.PublicKeyList ?? []) {
          if (Value !== undefined) known.set(`${region}/${Fingerprint}`, Value);
        }
        return ok(known.get(`${region}/${fingerprint}`));
      } catch (cause) {
        const why = cause instanceof Error ? cause.name : 'no answer';
        return err(
          problem('outside-failed', {
            rule: 'trail.keys-not-read',
            message: text(
              `cloudtrail:ListPublicKeys in ${region} failed (${why}), so digests cannot be verified.`,
              `${region} の cloudtrail:ListPublicKeys が失敗したため(${why})、ダイジェストを検証できません。`,
            ),
            remedy: text(
              'Allow it to the role of `server.trail` (docs/reconcile.md); the next run goes on.',
              '`server.trail` のロールに許可してください(docs/reconcile.ja.md)。次回の実行で続きから処理します。',
            ),
          }),
        );
      } finally {
        client.destroy();
      }
    },
  };
}
