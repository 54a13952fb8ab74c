import { gunzipSync, gzipSync } from 'node:zlib';
import { CreateTableCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListBucketsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Organization } from '../../../src/accounts/core/index.ts';
import { systemClock } from '../../../src/platform/index.ts';
import { type TestDatabase, testDatabase } from '../../../src/platform/testing.ts';
import { cloudTrailKeys, deliveredToS3, reconcile, type TrailAlarm } from '../../../src/trail/index.ts';
import { startTestMoto } from '../../../test/moto.ts';
import { clientOptions, SHOP_REGION } from '../aws-organization.ts';
import { type EnforcingAws, startEnforcingAws } from '../enforcing-aws/index.ts';
import {
  allow,
  assumeRole,
  makeOrganization,
  makeRole,
  type OpenSession,
  type SmallOrganization,
  sessionMaker,
  trust,
} from '../enforcing-aws/testing.ts';
import type { Moto } from '../moto.ts';
import { type StandInTrail, startTrail } from './index.ts';

let moto: Moto;
let aws: EnforcingAws;
let trail: StandInTrail;
let organization: SmallOrganization;
let session: OpenSession;
let database: TestDatabase;

beforeAll(async () => {
  moto = await startTestMoto();
  let started: StandInTrail | undefined;
  aws = await startEnforcingAws({
    endpoint: moto.endpoint,
    onHandled: (handled) => started?.record(handled),
    ownAnswer: (request) => started?.answer(request),
  });
  organization = await makeOrganization(aws.url);
  const { account, administrator } = organization;
  const serverRoleArn = await makeRole(aws.url, administrator, {
    name: 'server',
    trust: trust({ AWS: account }),
    policy: allow('sts:AssumeRole'),
  });
  trail = await startTrail({
    endpoint: aws.url,
    organizationId: 'o-exampleorg1',
    account,
    administrator: async () => administrator,
    serverRoleArn,
  });
  started = trail;
  session = await sessionMaker(aws.url, organization)(allow('dynamodb:*'));
  database = await testDatabase();
});
afterAll(async () => {
  await database?.close();
  await aws?.stop();
  await moto?.stop();
});

/** As the server reads: with the role that is made for it. */
async function reader() {
  const { account, administrator } = organization;
  const asked = { RoleArn: `arn:aws:iam::${account}:role/server`, RoleSessionName: 'server' };
  const server = await assumeRole(aws.url, administrator, asked);
  return assumeRole(aws.url, server, { RoleArn: trail.readerRoleArn, RoleSessionName: 'trail' });
}

async function compare() {
  const credentials = await reader();
  const [options, alarms]: [object, TrailAlarm[]] = [{ endpoint: aws.url, credentials }, []];
  const { roleArn: applyRole } = session;
  const of = { accounts: [{ id: organization.account, applyRole }], stacks: [] };
  const room = {
    db: database.db,
    clock: systemClock,
    // Only the roles and the ids of accounts are asked for.
    organization: () => of as unknown as Organization,
    trail: {
      files: deliveredToS3({ ...options, bucket: trail.bucket, region: SHOP_REGION }),
      keys: cloudTrailKeys(options),
      prefix: '',
      bucket: trail.bucket,
    },
    reviewOf: () => Promise.reject(new Error('no grant, no plan')),
    wasApplied: () => Promise.reject(new Error('no grant, no plan')),
    appliesToBelieve: 3,
    alarm: (alarm: TrailAlarm) => alarms.push(alarm),
  };
  const done = await reconcile(room, { by: { kind: 'server', name: 'sekisho' }, isEnough: () => false });
  return { done, alarms };
}

const tables = () => new DynamoDBClient(clientOptions(aws.url, session));
const makeTable = (TableName: string) =>
  new CreateTableCommand({
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  });
const s3 = () =>
  new S3Client({ ...clientOptions(aws.url, organization.administrator), forcePathStyle: true });

it('delivers what the gate decided, in a form and with digests that Sekisho reads and verifies', async () => {
  await tables().send(makeTable('orders'));
  await tables().send(new GetItemCommand({ TableName: 'orders', Key: { id: { S: '1' } } }));
  await expect(listBuckets()).rejects.toThrow(/AccessDenied|denied|authorized/i);
  await expect(tables().send(makeTable('orders'))).rejects.toThrow(/ResourceInUse|exists/);
  await trail.deliver();
  const { done, alarms } = await compare();
  expect(done.problem).toBeUndefined();
  expect(done).toMatchObject({ left: 0, complete: true, calls: 4 });
  const rules = alarms.map(({ rule }) => rule).toSorted();
  expect(new Set(rules)).toEqual(new Set(['trail.role-without-grant']));
  const said = alarms.map(({ message }) => message).join('\n');
  expect(said).toContain('dynamodb:CreateTable');
  expect(said).toContain('s3:ListAllMyBuckets');
  // A data event.
  expect(said).not.toContain('GetItem');
});

const listBuckets = () =>
  new S3Client({ ...clientOptions(aws.url, session), forcePathStyle: true }).send(new ListBucketsCommand({}));

it('delivers each record once, chain after chain, and a file that was altered since is found', async () => {
  await tables().send(makeTable('altered'));
  const [first] = (await trail.deliver()).filter((name) => name.includes('/CloudTrail/ap-'));
  const read = await s3().send(new GetObjectCommand({ Bucket: trail.bucket, Key: first }));
  const bytes = await read.Body?.transformToByteArray();
  const { Records }: { Records: { eventName: string }[] } = JSON.parse(
    gunzipSync(bytes ?? Buffer.alloc(0)).toString('utf8'),
  );
  expect(Records.find(({ eventName }) => eventName === 'CreateTable')).toMatchObject({
    eventVersion: '1.11',
    eventSource: 'dynamodb.amazonaws.com',
    awsRegion: SHOP_REGION,
    recipientAccountId: organization.account,
    userIdentity: { type: 'AssumedRole', sessionContext: { sessionIssuer: { arn: session.roleArn } } },
    requestParameters: { tableName: 'altered' },
  });
  const other = JSON.stringify({ Records: [] });
  await s3().send(new PutObjectCommand({ Bucket: trail.bucket, Key: first, Body: gzipSync(other) }));
  const { alarms } = await compare();
  expect(alarms.map(({ rule }) => rule)).toEqual(['trail.file-altered']);
});
