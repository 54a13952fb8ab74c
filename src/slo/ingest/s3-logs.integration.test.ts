import { gzipSync } from 'node:zlib';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#platform/testing';
import type { Moto } from '../../../demo/stand-ins/moto.ts';
import { startTestMoto } from '../../../test/moto.ts';
import { judgeDue } from './judge.ts';
import { createdObjects, logBucket } from './s3-logs.ts';
import { readSources } from './sources.ts';
import { allCounts } from './testing/all-counts.ts';
import { shopLines, shopRoom } from './testing/shop-logs.ts';

/* Against moto_server, which stands in for AWS. */

const REGION = 'ap-northeast-1';
const lines = shopLines(60);
const halves = [lines.slice(0, 70), lines.slice(70)].map((part) =>
  gzipSync(part.map((line) => `${line}\n`).join('')),
);
let moto: Moto;
let database: TestDatabase;
let s3: S3Client;
let sqs: SQSClient;
let bucket: string;
let queueUrl: string;
let made = 0;

beforeAll(async () => {
  moto = await startTestMoto();
  const options = { region: REGION, endpoint: moto.endpoint, credentials };
  s3 = new S3Client({ ...options, forcePathStyle: true });
  sqs = new SQSClient(options);
});
afterAll(() => moto.stop());
beforeEach(async () => {
  database = await testDatabase();
  made += 1;
  bucket = `logs-${made}`;
  await s3.send(
    new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: REGION } }),
  );
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: `queue-${made}` }));
  queueUrl = QueueUrl;
  return () => database.close();
});

const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'example' };
const put = (key: string, part: number) =>
  s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: halves[part] ?? '' }));
const notice = (key: string) =>
  JSON.stringify({
    Records: [
      {
        eventName: 'ObjectCreated:Put',
        s3: { bucket: { name: bucket }, object: { key, size: 9, eTag: key } },
      },
    ],
  });
const source = (isNoticed: boolean) => ({
  name: 'shop',
  from: {
    kind: 'bucket' as const,
    isNoticed,
    bucket: logBucket({
      bucket,
      prefix: 'logs/',
      region: REGION,
      endpoint: moto.endpoint,
      credentials,
      queueUrl,
    }),
  },
});
/** How many messages were given out and not deleted. */
const hidden = async () => {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
  );
  return Attributes?.ApproximateNumberOfMessagesNotVisible;
};
const sourceCounts = async () => {
  await judgeDue(shopRoom(database.db));
  return ((await allCounts(database.db)) as { sources: { lines: number }[] }).sources.map((one) => one.lines);
};

describe('logs in S3', () => {
  test('are found by listing and count once, also under another key', async () => {
    const room = shopRoom(database.db);
    await put('logs/a.gz', 0);
    await put('elsewhere/b.gz', 1);
    await readSources(room, [source(false)]);
    await put('logs/b.gz', 1);
    await put('logs/copy-of-a.gz', 0);
    await readSources(room, [source(false)]);
    await readSources(room, [source(false)]);
    expect(await sourceCounts()).toEqual([lines.length]);
  });

  test('are found by notices, told twice or in an envelope of SNS; a notice goes only once its log is counted', async () => {
    const room = shopRoom(database.db);
    await put('logs/a b.gz', 0);
    await put('logs/c.gz', 1);
    for (const body of [
      notice('logs/a+b.gz'),
      notice('logs/a+b.gz'),
      JSON.stringify({ Message: notice('logs/c.gz') }),
    ])
      await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
    const broken = {
      ...room,
      inTransaction: () => Promise.reject(new Error('no database')),
      report: () => undefined,
    };
    await readSources(broken, [source(true)]);
    expect(await hidden()).toBe('3');
    // They are only out of sight; here they are told again.
    for (const body of [notice('logs/a+b.gz'), notice('logs/c.gz')])
      await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
    await readSources(room, [source(true)]);
    expect(await sourceCounts()).toEqual([lines.length]);
    expect(await hidden()).toBe('3');
  });
});

test('Notices of anything but a created object tell of none', () => {
  expect(createdObjects('{"Service":"Amazon S3","Event":"s3:TestEvent"}')).toEqual([]);
  expect(createdObjects('no json')).toEqual([]);
  expect(createdObjects(notice('a').replace('ObjectCreated:Put', 'ObjectRemoved:Delete'))).toEqual([]);
});
