import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  DeletePolicyCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { OutsideTools } from '../demo/outside-tools.ts';
import { type AwsCredentials, clientOptions, SHOP_REGION } from '../demo/stand-ins/aws-organization.ts';
import { type EnforcingAws, startEnforcingAws } from '../demo/stand-ins/enforcing-aws/index.ts';
import {
  allow,
  assumeRole,
  makeOrganization,
  makeRole,
  trust,
} from '../demo/stand-ins/enforcing-aws/testing.ts';
import { startMoto } from '../demo/stand-ins/moto.ts';
import { startRecordingProxy } from '../recorder/recording-proxy.ts';
import type { FittedPolicy } from '../src/credentials/core/index.ts';

export type SessionCredentials = Required<AwsCredentials>;

/** A member account of an organization in a stand-in of its own that enforces policies. */
export interface Account {
  readonly id: string;
  readonly region: string;
  readonly aws: EnforcingAws;
  readonly administrator: SessionCredentials;
  /** May read everything, secrets too, and change nothing: for planning. */
  readonly reader: SessionCredentials;
  /** The role of applies: an administrator, whom only the session policy restricts. */
  readonly roleArn: string;
  /** Roles that no policy may let an apply change. */
  readonly protectedArns: readonly string[];
  /** A session of the role with these policies and no others. */
  begin(
    fitted: FittedPolicy,
    session: string,
  ): Promise<{ readonly credentials: SessionCredentials; end(): Promise<void> }>;
  makeBucket(name: string): Promise<void>;
  stop(): Promise<void>;
}

const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
/** What ReadOnlyAccess leaves out and the provider reads of what it imports. */
const CONTENTS = [
  'glue:GetPartitionIndexes',
  'kms:Decrypt',
  's3:GetObject',
  'secretsmanager:GetSecretValue',
  'ssm:GetParameter*',
];

export async function openAccount(tools: OutsideTools, directory: string): Promise<Account> {
  const moto = await startMoto({ motoServer: tools.motoServer, directory });
  // It knows a few operations that moto does not, and that the provider asks until it is answered.
  const answering = await startRecordingProxy(moto.endpoint);
  const aws = await startEnforcingAws({ endpoint: answering.url, onRequest: () => void answering.take() });
  const { account: id, administrator } = await makeOrganization(aws.url);
  const iam = new IAMClient(clientOptions(aws.url, administrator));
  const trusting = trust({ AWS: `arn:aws:iam::${id}:root` });
  const roleArn = await makeRole(aws.url, administrator, {
    name: 'sekisho-apply',
    trust: trusting,
    policy: allow('*'),
  });
  const planRoleArn = await makeRole(aws.url, administrator, {
    name: 'sekisho-plan',
    trust: trusting,
    policy: allow(CONTENTS),
  });
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'sekisho-plan', PolicyArn: READ_ONLY }));
  const assume = async (RoleArn: string, RoleSessionName: string, more: object = {}) =>
    whole(await assumeRole(aws.url, administrator, { RoleArn, RoleSessionName, ...more }));
  return {
    id,
    region: SHOP_REGION,
    aws,
    administrator: whole(administrator),
    reader: await assume(planRoleArn, 'plan'),
    roleArn,
    protectedArns: [roleArn, planRoleArn],
    begin: async (fitted, session) => {
      const PolicyArns = await Promise.all(
        fitted.managed.map(async ({ name, policy }) => {
          const made = await iam.send(
            new CreatePolicyCommand({
              PolicyName: `${session}-${name}`,
              Path: '/sekisho/',
              PolicyDocument: policy,
            }),
          );
          return { arn: made.Policy?.Arn };
        }),
      );
      const credentials = await assume(roleArn, session, { Policy: fitted.policy, PolicyArns });
      return {
        credentials,
        end: async () => {
          for (const { arn } of PolicyArns) await iam.send(new DeletePolicyCommand({ PolicyArn: arn }));
        },
      };
    },
    makeBucket: async (Bucket) => {
      const s3 = new S3Client({ ...clientOptions(aws.url, administrator), forcePathStyle: true });
      const CreateBucketConfiguration = { LocationConstraint: SHOP_REGION } as const;
      await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
    },
    stop: async () => {
      await aws.stop();
      await answering.stop();
      await moto.stop();
    },
  };
}

function whole({ sessionToken, ...keys }: AwsCredentials): SessionCredentials {
  if (sessionToken === undefined) throw new Error('the stand-in gave no session');
  return { ...keys, sessionToken };
}
