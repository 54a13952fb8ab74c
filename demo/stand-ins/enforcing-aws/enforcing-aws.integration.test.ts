import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { CreatePolicyCommand, CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateKeyCommand, EncryptCommand, KMSClient, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import {
  AttachPolicyCommand,
  CreatePolicyCommand as CreateGuardrailCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations';
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestMoto } from '../../../test/moto.ts';
import { type AwsCredentials, clientOptions, SHOP_REGION } from '../aws-organization.ts';
import type { Moto } from '../moto.ts';
import { type EnforcingAws, startEnforcingAws } from './index.ts';
import {
  ADMINISTRATOR,
  allow,
  makeOrganization,
  messageOf,
  refusalOf,
  type SmallOrganization,
  sessionMaker,
  trust,
} from './testing.ts';

let moto: Moto;
let aws: EnforcingAws;
let organization: SmallOrganization;
let sessionWith: ReturnType<typeof sessionMaker>;
const passed: string[] = [];

beforeAll(async () => {
  moto = await startTestMoto();
  aws = await startEnforcingAws({
    endpoint: moto.endpoint,
    onRequest: ({ service, operation }) => passed.push(`${service} ${operation}`),
  });
  organization = await makeOrganization(aws.url);
  sessionWith = sessionMaker(aws.url, organization);
});
afterAll(async () => {
  await aws?.stop();
  await moto?.stop();
});

const s3As = (credentials: AwsCredentials) =>
  new S3Client({ ...clientOptions(aws.url, credentials), forcePathStyle: true });
const as = <T>(
  Client: new (options: ReturnType<typeof clientOptions>) => T,
  credentials: AwsCredentials,
): T => new Client(clientOptions(aws.url, credentials));
const bucket = { CreateBucketConfiguration: { LocationConstraint: SHOP_REGION } } as const;

describe('an AWS that enforces', () => {
  it('lets through what the role and its session allow, and says AccessDenied in S3’s form otherwise', async () => {
    await s3As(organization.administrator).send(new CreateBucketCommand({ Bucket: 'photos', ...bucket }));
    const session = await sessionWith(allow('s3:*'), {
      session: allow(
        ['s3:PutObject', 's3:ListBucket'],
        ['arn:aws:s3:::photos', 'arn:aws:s3:::photos/2026/*'],
      ),
    });
    const s3 = s3As(session);
    await s3.send(new PutObjectCommand({ Bucket: 'photos', Key: '2026/a b', Body: 'hello' }));
    await s3.send(new HeadBucketCommand({ Bucket: 'photos' }));
    await s3.send(new ListObjectsV2Command({ Bucket: 'photos', Prefix: '2026/' }));
    const who = `arn:aws:sts::${organization.account}:assumed-role/${session.name}/grant-1`;
    expect(
      await refusalOf(s3.send(new PutObjectCommand({ Bucket: 'photos', Key: '2025/a', Body: 'x' }))),
    ).toEqual({
      name: 'AccessDenied',
      message: `User: ${who} is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::photos/2025/a because no session policy allows the s3:PutObject action`,
    });
    expect(await messageOf(s3.send(new GetObjectCommand({ Bucket: 'photos', Key: '2026/a b' })))).toContain(
      'no session policy allows the s3:GetObject action',
    );
    // A HEAD has no body: status 403 is all there is.
    await expect(s3.send(new HeadBucketCommand({ Bucket: 'other' }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });
    expect(aws.decisions().at(-1)).toMatchObject({
      kind: 'refused',
      request: { service: 's3', operation: 'HeadBucket', region: SHOP_REGION },
      caller: who,
      sessionName: 'grant-1',
      permissions: [{ action: 's3:ListBucket', resource: 'arn:aws:s3:::other' }],
    });
    expect(passed).toContain('s3 PutObject');
    expect(passed).not.toContain('s3 GetObject');
  });

  it('answers AccessDenied in the forms of the query and JSON protocols', async () => {
    const session = await sessionWith(allow('dynamodb:ListTables'));
    await as(DynamoDBClient, session).send(new ListTablesCommand({}));
    const table = new CreateTableCommand({
      TableName: 'orders',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    });
    expect(await refusalOf(as(DynamoDBClient, session).send(table))).toEqual({
      name: 'AccessDeniedException',
      message: expect.stringContaining(
        `is not authorized to perform: dynamodb:CreateTable on resource: arn:aws:dynamodb:${SHOP_REGION}:${organization.account}:table/orders because no identity-based policy allows the dynamodb:CreateTable action`,
      ),
    });
    expect((await refusalOf(as(KMSClient, session).send(new CreateKeyCommand({}))))?.name).toBe(
      'AccessDeniedException',
    );
    const role = new CreateRoleCommand({ RoleName: 'mine', AssumeRolePolicyDocument: trust('*') });
    expect((await refusalOf(as(IAMClient, session).send(role)))?.name).toBe('AccessDenied');
  });

  it('keeps a permissions boundary', async () => {
    const made = await as(IAMClient, organization.administrator).send(
      new CreatePolicyCommand({ PolicyName: 'boundary', PolicyDocument: allow('s3:*') }),
    );
    const session = await sessionWith(allow('*'), { boundary: made.Policy?.Arn ?? '' });
    expect(await messageOf(as(DynamoDBClient, session).send(new ListTablesCommand({})))).toContain(
      'because no permissions boundary allows the dynamodb:ListTables action',
    );
  });

  it('keeps service and resource control policies of the organization, but not for its management account', async () => {
    const organizations = as(OrganizationsClient, ADMINISTRATOR);
    const guard = async (
      Type: 'SERVICE_CONTROL_POLICY' | 'RESOURCE_CONTROL_POLICY',
      statement: object,
      TargetId: string,
    ) => {
      const Content = JSON.stringify({ Version: '2012-10-17', Statement: statement });
      const made = await organizations.send(
        new CreateGuardrailCommand({ Name: Type, Description: '-', Type, Content }),
      );
      await organizations.send(
        new AttachPolicyCommand({ PolicyId: made.Policy?.PolicySummary?.Id ?? '', TargetId }),
      );
    };
    const session = await sessionWith(allow('*'));
    await as(KMSClient, session).send(new CreateKeyCommand({ Tags: [{ TagKey: 'team', TagValue: 'sre' }] }));
    await guard(
      'SERVICE_CONTROL_POLICY',
      { Effect: 'Deny', Action: 'kms:CreateKey', Resource: '*' },
      organization.rootId,
    );
    await guard(
      'RESOURCE_CONTROL_POLICY',
      { Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource: 'arn:aws:s3:::photos/secret/*' },
      organization.account,
    );
    expect(await messageOf(as(KMSClient, session).send(new CreateKeyCommand({})))).toContain(
      'is not authorized to perform: kms:CreateKey on resource: * with an explicit deny in a service control policy',
    );
    expect(
      await messageOf(
        s3As(session).send(new PutObjectCommand({ Bucket: 'photos', Key: 'secret/a', Body: 'x' })),
      ),
    ).toContain('with an explicit deny in a resource control policy');
    await as(KMSClient, ADMINISTRATOR).send(new CreateKeyCommand({}));
  });

  it('asks a bucket’s policy and a key’s', async () => {
    const session = await sessionWith(allow(['s3:PutObject', 'kms:Encrypt']));
    const s3 = s3As(organization.administrator);
    const deny = {
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:PutObject',
      Resource: 'arn:aws:s3:::photos/locked/*',
    };
    await s3.send(
      new PutBucketPolicyCommand({
        Bucket: 'photos',
        Policy: JSON.stringify({ Version: '2012-10-17', Statement: [deny] }),
      }),
    );
    expect(
      await messageOf(
        s3As(session).send(new PutObjectCommand({ Bucket: 'photos', Key: 'locked/a', Body: 'x' })),
      ),
    ).toContain('with an explicit deny in a resource-based policy');
    const kms = as(KMSClient, ADMINISTRATOR);
    const KeyId = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '';
    const encrypt = () =>
      as(KMSClient, session).send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') }));
    expect(await messageOf(encrypt())).toContain(
      'because no resource-based policy allows the kms:Encrypt action',
    );
    const own = {
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::123456789012:root' },
      Action: 'kms:*',
      Resource: '*',
    };
    const other = {
      Effect: 'Allow',
      Principal: { AWS: session.roleArn },
      Action: 'kms:Encrypt',
      Resource: '*',
    };
    await kms.send(
      new PutKeyPolicyCommand({
        KeyId,
        PolicyName: 'default',
        Policy: JSON.stringify({ Version: '2012-10-17', Statement: [own, other] }),
      }),
    );
    // Past the policies now: what moto says is its own business.
    expect(await messageOf(encrypt())).not.toContain('not authorized');
  });

  it('sees a change of a role’s policy at once, such as the one that revokes its sessions', async () => {
    const session = await sessionWith(allow('*'));
    await as(DynamoDBClient, session).send(new ListTablesCommand({}));
    const condition = { DateLessThan: { 'aws:TokenIssueTime': new Date(Date.now() + 1000).toISOString() } };
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Action: '*', Resource: '*', Condition: condition }],
    });
    await as(IAMClient, organization.administrator).send(
      new PutRolePolicyCommand({ RoleName: session.name, PolicyName: 'revoke', PolicyDocument }),
    );
    expect(await messageOf(as(DynamoDBClient, session).send(new ListTablesCommand({})))).toContain(
      'with an explicit deny in an identity-based policy',
    );
    await as(STSClient, session).send(new GetCallerIdentityCommand({}));
  });

  it('knows tags of principal and request', async () => {
    const condition = { StringEquals: { 'aws:RequestTag/team': `\${aws:PrincipalTag/team}` } };
    const session = await sessionWith(
      allow(['iam:CreateRole', 'iam:TagRole'], '*', { Condition: condition }),
      { tags: { team: 'sre' } },
    );
    const create = (team: string) =>
      as(IAMClient, session).send(
        new CreateRoleCommand({
          RoleName: `of-${team}`,
          AssumeRolePolicyDocument: trust({ AWS: session.roleArn }),
          Tags: [{ Key: 'team', Value: team }],
        }),
      );
    await create('sre');
    expect((await refusalOf(create('sales')))?.name).toBe('AccessDenied');
  });

  it('lets a role be passed only to whom the policy says', async () => {
    const role = await sessionWith(allow('s3:*'));
    const passing = allow('iam:PassRole', role.roleArn, {
      Condition: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
    });
    const both = JSON.parse(passing);
    both.Statement.push({
      Effect: 'Allow',
      Action: ['iam:AddRoleToInstanceProfile', 'iam:CreateInstanceProfile'],
      Resource: '*',
    });
    const session = await sessionWith(JSON.stringify(both));
    const { AddRoleToInstanceProfileCommand, CreateInstanceProfileCommand } = await import(
      '@aws-sdk/client-iam'
    );
    const iam = as(IAMClient, session);
    await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'web' }));
    expect(
      await messageOf(
        iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: 'web', RoleName: role.name })),
      ),
    ).toContain(`not authorized to perform: iam:PassRole on resource: ${role.roleArn}`);
  });

  it('decides nothing with a policy that AWS would not have taken, and says which', async () => {
    const s3 = s3As(organization.administrator);
    await s3.send(new CreateBucketCommand({ Bucket: 'misspelt', ...bucket }));
    const Condition = { StringEqual: { 'aws:RequestedRegion': SHOP_REGION } };
    const Policy = trust('*', 's3:*', { Resource: 'arn:aws:s3:::misspelt', Condition });
    await s3.send(new PutBucketPolicyCommand({ Bucket: 'misspelt', Policy }));
    expect(await refusalOf(s3.send(new ListObjectsV2Command({ Bucket: 'misspelt' })))).toEqual({
      name: 'AccessDenied',
      message: expect.stringContaining('AWS would not have taken the resource policy arn:aws:s3:::misspelt'),
    });
  });

  it('refuses what it does not know', async () => {
    const { accessKeyId, sessionToken } = await sessionWith(allow('*'));
    const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20261123/${SHOP_REGION}/s3/aws4_request, SignedHeaders=host, Signature=0`;
    const headers = { authorization, 'x-amz-security-token': sessionToken ?? '' };
    const answer = await fetch(`${aws.url}/photos?unheard-of`, { headers });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('does not know GET /photos?unheard-of of s3');
    expect((await fetch(`${aws.url}/moto-api/data.json`)).status).toBe(403);
  });
});
