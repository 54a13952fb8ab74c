import {
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import { type DeliveredFile, type DeliveredFiles, MAX_DELIVERED_BYTES } from './delivered-files.ts';

export interface BucketOptions {
  readonly bucket: string;
  readonly region: string;
  /** Absent: the SDK's own chain. */
  readonly credentials?: NonNullable<S3ClientConfig['credentials']>;
  /** Only for stand-ins. */
  readonly endpoint?: string;
}

/** Of the trail's clients: a run may take minutes, a call must not. */
export const TRAIL_CLIENT_OPTIONS = {
  maxAttempts: 4,
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
} as const;

/** The bucket that a trail delivers to. Needs `s3:ListBucket` and `s3:GetObject` there, and `kms:Decrypt` where it is under a key. */
export function deliveredToS3(options: BucketOptions): DeliveredFiles {
  const { bucket: Bucket } = options;
  const client = new S3Client({
    ...TRAIL_CLIENT_OPTIONS,
    region: options.region,
    ...(options.credentials !== undefined && { credentials: options.credentials }),
    ...(options.endpoint !== undefined && { endpoint: options.endpoint, forcePathStyle: true }),
  });
  const attempt = async <T>(call: string, work: () => Promise<T>): Promise<Result<T, Problem>> => {
    try {
      return ok(await work());
    } catch (cause) {
      return err(failed(call, Bucket, cause instanceof Error ? cause.name : 'no answer'));
    }
  };
  const pages = async (query: {
    readonly Prefix: string;
    readonly StartAfter?: string;
    readonly Delimiter?: string;
  }) => {
    const [names, folders]: [string[], string[]] = [[], []];
    for (let next: string | undefined, isFirst = true; isFirst || next !== undefined; isFirst = false) {
      const page = await client.send(
        new ListObjectsV2Command({
          Bucket,
          ...query,
          ...(next !== undefined && { ContinuationToken: next }),
        }),
      );
      names.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
      folders.push(...(page.CommonPrefixes ?? []).flatMap(({ Prefix }) => Prefix ?? []));
      next = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    }
    return { names, folders };
  };
  return {
    folders: (below) =>
      attempt('s3:ListBucket', async () => (await pages({ Prefix: below, Delimiter: '/' })).folders),
    list: (below, after) =>
      attempt('s3:ListBucket', async () => {
        const { names } = await pages({ Prefix: below, StartAfter: after });
        return names.filter((name) => name.endsWith('.json.gz'));
      }),
    read: (name) =>
      attempt('s3:GetObject', async (): Promise<DeliveredFile | 'gone' | 'too-large'> => {
        try {
          const answer = await client.send(new GetObjectCommand({ Bucket, Key: name }));
          const tooLarge = (answer.ContentLength ?? Number.POSITIVE_INFINITY) > MAX_DELIVERED_BYTES;
          if (tooLarge || answer.Body === undefined) {
            // Unread, the connection would wait for somebody to read it.
            answer.Body?.transformToWebStream()
              .cancel()
              .catch(() => undefined);
            return 'too-large';
          }
          const signature = answer.Metadata?.signature;
          const bytes = await answer.Body.transformToByteArray();
          return { bytes, ...(signature !== undefined && { signature }) };
        } catch (cause) {
          if (cause instanceof NoSuchKey) return 'gone';
          throw cause;
        }
      }),
  };
}

const failed = (call: string, bucket: string, why: string): Problem =>
  problem('outside-failed', {
    rule: 'trail.bucket-not-read',
    message: text(
      `${call} on the trail’s bucket ${bucket} failed (${why}).`,
      `証跡のバケット ${bucket} に対する ${call} が失敗しました(${why})。`,
    ),
    remedy: text(
      'Check `server.trail` in sekisho.yaml, and that its role may list and read the bucket (docs/reconcile.md); nothing is lost, the next run goes on.',
      'sekisho.yaml の `server.trail` と、ロールがバケットを一覧・読み取りできること(docs/reconcile.ja.md)を確認してください。失われるものはなく、次回の実行で続きから処理します。',
    ),
  });
