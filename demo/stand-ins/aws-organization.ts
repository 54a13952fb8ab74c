import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateAccountCommand,
  CreateOrganizationalUnitCommand,
  CreateOrganizationCommand,
  DescribeOrganizationCommand,
  ListRootsCommand,
  MoveAccountCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

export const SHOP_REGION = 'ap-northeast-1';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface ShopAccount {
  /** moto gives random ids, so they are read back. */
  readonly id: string;
  readonly planRoleArn: string;
  readonly applyRoleArn: string;
  readonly revokeRoleArn: string;
  /** Holds the Terraform states of the account's stacks, so that a job needs credentials of one account only. */
  readonly stateBucket: string;
}

export interface Organization {
  readonly organizationId: string;
  readonly managementAccountId: string;
  /** Where the Sekisho server runs. */
  readonly toolsAccountId: string;
  readonly staging: ShopAccount;
  readonly production: ShopAccount;
  /** Of the server's own role in the tools account: may assume Sekisho's roles, and nothing else. */
  readonly serverCredentials: AwsCredentials;
  readonly serverRoleArn: string;
  /** Administrator of any account, as the organization's management account can become: for looking, in demo and tests. */
  administratorOf(accountId: string): Promise<AwsCredentials>;
}

/** moto takes any keys for the management account's. */
const MANAGEMENT: AwsCredentials = { accessKeyId: 'stand-in', secretAccessKey: 'stand-in' };
const SERVER_ROLE = 'sekisho-server';
const SEKISHO_ROLES = ['sekisho-plan', 'sekisho-apply', 'sekisho-revoke'] as const;
const EVERYTHING = '*';

/** Builds the shop's organization in an empty moto: accounts, units, Sekisho's roles and state buckets. */
export async function buildOrganization(endpoint: string): Promise<Organization> {
  const organizations = new OrganizationsClient(clientOptions(endpoint, MANAGEMENT));
  await organizations.send(new CreateOrganizationCommand({ FeatureSet: 'ALL' }));
  const { Organization: organization } = await organizations.send(new DescribeOrganizationCommand({}));
  const { Roots } = await organizations.send(new ListRootsCommand({}));
  const rootId = required(Roots?.[0]?.Id, 'root');
  // One after the other: moto is a single process, and the order of accounts stays the same.
  const toolsAccountId = await createAccount(organizations, rootId, 'tools', 'Platform');
  const stagingId = await createAccount(organizations, rootId, 'staging', 'Workloads staging');
  const productionId = await createAccount(organizations, rootId, 'production', 'Workloads production');
  const managementAccountId = required(organization?.MasterAccountId, 'management account');
  const administratorOf = async (accountId: string): Promise<AwsCredentials> =>
    accountId === managementAccountId
      ? MANAGEMENT
      : assume(endpoint, MANAGEMENT, `arn:aws:iam::${accountId}:role/OrganizationAccountAccessRole`);
  const serverRoleArn = await createServerRole(
    endpoint,
    await administratorOf(toolsAccountId),
    toolsAccountId,
  );
  const furnish = async (id: string): Promise<ShopAccount> =>
    furnishAccount(endpoint, await administratorOf(id), id, serverRoleArn);
  const [staging, production] = await Promise.all([furnish(stagingId), furnish(productionId)]);
  return {
    organizationId: required(organization?.Id, 'organization id'),
    managementAccountId,
    toolsAccountId,
    staging,
    production,
    serverRoleArn,
    serverCredentials: await assume(endpoint, await administratorOf(toolsAccountId), serverRoleArn),
    administratorOf,
  };
}

async function createAccount(
  organizations: OrganizationsClient,
  rootId: string,
  name: string,
  unit: string,
): Promise<string> {
  const { CreateAccountStatus } = await organizations.send(
    new CreateAccountCommand({ AccountName: name, Email: `aws-${name}@shop.example` }),
  );
  const accountId = required(CreateAccountStatus?.AccountId, `account ${name}`);
  const made = await organizations.send(
    new CreateOrganizationalUnitCommand({ ParentId: rootId, Name: unit }),
  );
  const DestinationParentId = required(made.OrganizationalUnit?.Id, `unit ${unit}`);
  await organizations.send(
    new MoveAccountCommand({ AccountId: accountId, SourceParentId: rootId, DestinationParentId }),
  );
  return accountId;
}

async function createServerRole(
  endpoint: string,
  administrator: AwsCredentials,
  accountId: string,
): Promise<string> {
  const iam = new IAMClient(clientOptions(endpoint, administrator));
  // The second is for the demo: the stand-in has no machine that could be given the role.
  const trust = statement(
    { Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
    { Principal: { AWS: accountId }, Action: 'sts:AssumeRole' },
  );
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: SERVER_ROLE, AssumeRolePolicyDocument: trust }),
  );
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: SERVER_ROLE,
      PolicyName: 'become-sekisho-roles',
      PolicyDocument: statement({
        Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
        Resource: [...SEKISHO_ROLES, 'sekisho-trail'].map((name) => `arn:aws:iam::*:role/${name}`),
      }),
    }),
  );
  return required(Role?.Arn, 'server role');
}

async function furnishAccount(
  endpoint: string,
  administrator: AwsCredentials,
  id: string,
  serverRoleArn: string,
): Promise<ShopAccount> {
  const iam = new IAMClient(clientOptions(endpoint, administrator));
  const stateBucket = `shop-terraform-state-${id}`;
  const createRole = async (RoleName: (typeof SEKISHO_ROLES)[number], policy: string): Promise<string> => {
    const trust = statement({
      Principal: { AWS: serverRoleArn },
      Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
    });
    const made = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'sekisho', PolicyDocument: policy }));
    return required(made.Role?.Arn, RoleName);
  };
  const planRoleArn = await createRole('sekisho-plan', planPolicy(stateBucket));
  const applyRoleArn = await createRole(
    'sekisho-apply',
    statement({ Action: EVERYTHING, Resource: EVERYTHING }),
  );
  const revokeRoleArn = await createRole(
    'sekisho-revoke',
    statement({
      Action: ['iam:PutRolePolicy', 'iam:DeleteRolePolicy'],
      Resource: [planRoleArn, applyRoleArn],
    }),
  );
  const s3 = new S3Client({ ...clientOptions(endpoint, administrator), forcePathStyle: true });
  await s3.send(
    new CreateBucketCommand({
      Bucket: stateBucket,
      CreateBucketConfiguration: { LocationConstraint: SHOP_REGION },
    }),
  );
  await s3.send(
    new PutBucketVersioningCommand({
      Bucket: stateBucket,
      VersioningConfiguration: { Status: 'Enabled' },
    }),
  );
  return { id, planRoleArn, applyRoleArn, revokeRoleArn, stateBucket };
}

/** Reads what a refresh reads; of the state it may write the lock file only. */
const planPolicy = (stateBucket: string): string =>
  statement(
    {
      Action: [
        'dynamodb:Describe*',
        'dynamodb:List*',
        'ec2:Describe*',
        'iam:Get*',
        'iam:List*',
        'logs:Describe*',
      ],
      Resource: EVERYTHING,
    },
    {
      Action: ['logs:List*', 'sns:Get*', 'sns:List*', 'ssm:Describe*', 'ssm:GetParameter*', 'ssm:List*'],
      Resource: EVERYTHING,
    },
    {
      Action: ['s3:GetObject', 's3:ListBucket'],
      Resource: [bucketArn(stateBucket), `${bucketArn(stateBucket)}/*`],
    },
    { Action: ['s3:PutObject', 's3:DeleteObject'], Resource: `${bucketArn(stateBucket)}/*.tflock` },
  );

const bucketArn = (bucket: string): string => `arn:aws:s3:::${bucket}`;

const statement = (...allowed: readonly object[]): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: allowed.map((what) => ({ Effect: 'Allow', ...what })),
  });

/** Temporary credentials of a role in the stand-in. */
export async function assume(
  endpoint: string,
  as: AwsCredentials,
  roleArn: string,
): Promise<Required<AwsCredentials>> {
  const sts = new STSClient(clientOptions(endpoint, as));
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'stand-in' }),
  );
  return {
    accessKeyId: required(Credentials?.AccessKeyId, roleArn),
    secretAccessKey: required(Credentials?.SecretAccessKey, roleArn),
    sessionToken: required(Credentials?.SessionToken, roleArn),
  };
}

/** The account in which these credentials act. */
export async function accountOf(endpoint: string, credentials: AwsCredentials): Promise<string> {
  const { Account } = await new STSClient(clientOptions(endpoint, credentials)).send(
    new GetCallerIdentityCommand({}),
  );
  return required(Account, 'caller');
}

export const clientOptions = (endpoint: string, credentials: AwsCredentials) => ({
  endpoint,
  region: SHOP_REGION,
  credentials,
});

function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the AWS stand-in gave no ${what}`);
  return value;
}
