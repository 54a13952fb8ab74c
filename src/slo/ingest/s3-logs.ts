import {
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { z } from '#platform';
import type { LogObject } from './log-object.ts';

export interface BucketLogs {
  readonly bucket: string;
  readonly prefix: string;
  readonly region: string;
  /** Whom S3 tells of new objects; else they are listed. */
  readonly queueUrl?: string;
  /** Absent: the SDK's own chain. */
  readonly credentials?: NonNullable<S3ClientConfig['credentials']>;
  /** Only for stand-ins. */
  readonly endpoint?: string;
}

/** A reading may take minutes, a call must not. */
const CLIENT_OPTIONS = {
  maxAttempts: 4,
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
} as const;

export interface LogBucket {
  /** All objects of the prefix that were written since then. */
  list(sinceMs: number): AsyncGenerator<LogObject>;
  /**
   * Objects that a notice tells of, some at a time; `done` makes the queue forget the notices, once what they tell of is in the
   * database. None: there is no notice now.
   */
  noticed(): Promise<Noticed | undefined>;
}

export interface Noticed {
  readonly objects: readonly LogObject[];
  done(): Promise<void>;
}

/** Needs s3:ListBucket and s3:GetObject; with a queue sqs:ReceiveMessage and sqs:DeleteMessage. */
export function logBucket(options: BucketLogs): LogBucket {
  const { bucket: Bucket, prefix, queueUrl: QueueUrl } = options;
  const common = {
    ...CLIENT_OPTIONS,
    region: options.region,
    ...(options.credentials !== undefined && { credentials: options.credentials }),
    ...(options.endpoint !== undefined && { endpoint: options.endpoint }),
  };
  const s3 = new S3Client({ ...common, forcePathStyle: options.endpoint !== undefined });
  const sqs = new SQSClient(common);
  const objectOf = (key: string, version: string): LogObject => ({
    place: `s3://${Bucket}/${key}`,
    version,
    isFinal: true,
    isStill: true,
    open: async function* () {
      try {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: key }));
        if (Body !== undefined) yield* Body.transformToWebStream();
      } catch (error) {
        // Somebody deleted it: nothing will ever come of it.
        if (!(error instanceof NoSuchKey)) throw error;
      }
    },
  });
  return {
    list: async function* (sinceMs) {
      for (let next: string | undefined, isFirst = true; isFirst || next !== undefined; isFirst = false) {
        const page = await s3.send(
          new ListObjectsV2Command({ Bucket, Prefix: prefix, ...(next && { ContinuationToken: next }) }),
        );
        for (const { Key, ETag, Size = 0, LastModified } of page.Contents ?? [])
          if (
            Key !== undefined &&
            Size > 0 &&
            (LastModified?.getTime() ?? Number.POSITIVE_INFINITY) >= sinceMs
          )
            yield objectOf(Key, `${ETag}:${Size}`);
        next = page.IsTruncated === true ? page.NextContinuationToken : undefined;
      }
    },
    noticed: async () => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 900 }),
      );
      if (Messages.length === 0) return undefined;
      const told = Messages.flatMap(({ Body = '' }) => createdObjects(Body));
      const objects = told
        .filter(({ bucket, key, size }) => bucket === Bucket && key.startsWith(prefix) && size > 0)
        .map(({ key, version }) => objectOf(key, version));
      const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle }));
      return {
        objects,
        done: async () => void (await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }))),
      };
    },
  };
}

const created = z.object({
  eventName: z.string(),
  s3: z.object({
    bucket: z.object({ name: z.string() }),
    object: z.object({ key: z.string(), size: z.number().default(1), eTag: z.string().default('') }),
  }),
});
const notice = z.object({ Records: z.array(z.unknown()) });
/** What SNS puts around a notice. */
const wrapped = z.object({ Message: z.string() });

interface CreatedObject {
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  readonly version: string;
}

/** The objects that a notice says were created; of anything else (S3's own test message) nothing. */
export function createdObjects(body: string): readonly CreatedObject[] {
  const read = jsonOf(body);
  const inner = wrapped.safeParse(read);
  const records = notice.safeParse(inner.success ? jsonOf(inner.data.Message) : read);
  if (!records.success) return [];
  return records.data.Records.flatMap((record) => {
    const parsed = created.safeParse(record);
    if (!parsed.success || !/^(?:s3:)?ObjectCreated:/.test(parsed.data.eventName)) return [];
    const { bucket, object } = parsed.data.s3;
    // Keys are encoded as in a form.
    const key = decodeURIComponent(object.key.replaceAll('+', ' '));
    return { bucket: bucket.name, key, size: object.size, version: `"${object.eTag}":${object.size}` };
  });
}

function jsonOf(words: string): unknown {
  try {
    return JSON.parse(words);
  } catch {
    return undefined;
  }
}
