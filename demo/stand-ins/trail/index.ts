import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { JsonObject } from '../../../src/core-values/index.ts';
import { type AwsCredentials, clientOptions, SHOP_REGION } from '../aws-organization.ts';
import type { AwsRequest } from '../aws-requests/index.ts';
import type { Handled } from '../enforcing-aws/index.ts';
import { deliveryOf } from './delivery.ts';
import { type DeliveredRecord, recordsOf } from './records.ts';

/** The trail of an organization, in a stand-in: it records what the gate decided, and delivers when it is asked. */
export interface StandInTrail {
  readonly bucket: string;
  /** May read the bucket and ask for the keys; Sekisho's server assumes it. */
  readonly readerRoleArn: string;
  record(handled: Handled): void;
  /** CloudTrail's own answers: `ListPublicKeys`. */
  answer(request: AwsRequest): JsonObject | undefined;
  /** Puts what was recorded since the last time into the bucket, and a digest for each account and region. Names of the files. */
  deliver(): Promise<readonly string[]>;
}

export interface TrailOrder {
  readonly endpoint: string;
  readonly organizationId: string;
  /** Where the bucket is. */
  readonly account: string;
  readonly administrator: () => Promise<AwsCredentials>;
  /** Who may assume the role that reads. */
  readonly serverRoleArn: string;
}

const TRAIL_READER_ROLE = 'sekisho-trail';

/** Makes the bucket and the role that reads it, and begins to record. */
export async function startTrail(order: TrailOrder): Promise<StandInTrail> {
  const { endpoint, account, organizationId } = order;
  const bucket = `shop-trail-${account}`;
  const client = async () =>
    new S3Client({ ...clientOptions(endpoint, await order.administrator()), forcePathStyle: true });
  const made = await client();
  const CreateBucketConfiguration = { LocationConstraint: SHOP_REGION } as const;
  await made.send(new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration }));
  made.destroy();
  const readerRoleArn = await createReader(order, bucket);
  const delivery = deliveryOf({ trail: 'shop', bucket, homeRegion: SHOP_REGION, organizationId });
  let recorded: DeliveredRecord[] = [];
  return {
    bucket,
    readerRoleArn,
    record: (handled) => recorded.push(...recordsOf(handled)),
    answer: ({ service, operation }) =>
      service === 'cloudtrail' && operation === 'ListPublicKeys' ? delivery.publicKeys : undefined,
    deliver: async () => {
      const records = recorded;
      recorded = [];
      const s3 = await client();
      const files = delivery.files(records, new Date());
      for (const { key, body, metadata } of files) {
        const Metadata = metadata === undefined ? undefined : { ...metadata };
        await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, Metadata }));
      }
      s3.destroy();
      return files.map(({ key }) => key);
    },
  };
}

/** As docs/reconcile.md tells its reader to. */
async function createReader(order: TrailOrder, bucket: string): Promise<string> {
  const iam = new IAMClient(clientOptions(order.endpoint, await order.administrator()));
  const allow = (statement: object) => ({ Effect: 'Allow', ...statement });
  const document = (...Statement: readonly object[]) =>
    JSON.stringify({ Version: '2012-10-17', Statement: Statement.map(allow) });
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName: TRAIL_READER_ROLE,
      AssumeRolePolicyDocument: document({
        Principal: { AWS: order.serverRoleArn },
        Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
      }),
    }),
  );
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: TRAIL_READER_ROLE,
      PolicyName: 'sekisho',
      PolicyDocument: document(
        { Action: 's3:ListBucket', Resource: `arn:aws:s3:::${bucket}` },
        { Action: 's3:GetObject', Resource: `arn:aws:s3:::${bucket}/*` },
        { Action: 'cloudtrail:ListPublicKeys', Resource: '*' },
      ),
    }),
  );
  iam.destroy();
  if (Role?.Arn === undefined) throw new Error('the AWS stand-in gave no role that reads the trail');
  return Role.Arn;
}
