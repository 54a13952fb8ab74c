import {
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  CreateAccountCommand,
  CreateOrganizationCommand,
  ListRootsCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { AssumeRoleCommand, type AssumeRoleCommandInput, STSClient } from '@aws-sdk/client-sts';
import { type AwsCredentials, clientOptions } from '../aws-organization.ts';

/** moto takes any keys for the management account's, and the proxy for an administrator of it. */
export const ADMINISTRATOR: AwsCredentials = { accessKeyId: 'stand-in', secretAccessKey: 'stand-in' };

export const allow = (
  action: string | readonly string[],
  resource: string | readonly string[] = '*',
  more: object = {},
): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: action, Resource: resource, ...more }],
  });

export const trust = (
  principal: object | string,
  action: string | readonly string[] = 'sts:AssumeRole',
  more: object = {},
): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: principal, Action: action, ...more }],
  });

/** An organization with one member account in an empty moto, made through the proxy. */
export interface SmallOrganization {
  readonly account: string;
  readonly rootId: string;
  /** Of the member account. */
  readonly administrator: AwsCredentials;
}

export async function makeOrganization(endpoint: string): Promise<SmallOrganization> {
  const organizations = new OrganizationsClient(clientOptions(endpoint, ADMINISTRATOR));
  await organizations.send(new CreateOrganizationCommand({ FeatureSet: 'ALL' }));
  const { Roots } = await organizations.send(new ListRootsCommand({}));
  const made = await organizations.send(
    new CreateAccountCommand({ AccountName: 'shop', Email: 'a@shop.example' }),
  );
  const account = made.CreateAccountStatus?.AccountId ?? '';
  const RoleArn = `arn:aws:iam::${account}:role/OrganizationAccountAccessRole`;
  const administrator = await assumeRole(endpoint, ADMINISTRATOR, {
    RoleArn,
    RoleSessionName: 'administrator',
  });
  return { account, rootId: Roots?.[0]?.Id ?? '', administrator };
}

export async function assumeRole(
  endpoint: string,
  as: AwsCredentials,
  input: AssumeRoleCommandInput,
): Promise<AwsCredentials> {
  const { Credentials } = await new STSClient(clientOptions(endpoint, as)).send(new AssumeRoleCommand(input));
  return {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
}

/** A role, with one inline policy; its ARN. */
export async function makeRole(
  endpoint: string,
  as: AwsCredentials,
  role: {
    readonly name: string;
    readonly trust: string;
    readonly policy: string;
    readonly boundary?: string;
    readonly maxSeconds?: number;
    readonly tags?: Readonly<Record<string, string>>;
  },
): Promise<string> {
  const iam = new IAMClient(clientOptions(endpoint, as));
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName: role.name,
      AssumeRolePolicyDocument: role.trust,
      PermissionsBoundary: role.boundary,
      MaxSessionDuration: role.maxSeconds,
      Tags: Object.entries(role.tags ?? {}).map(([Key, Value]) => ({ Key, Value })),
    }),
  );
  const PolicyName = 'inline';
  await iam.send(new PutRolePolicyCommand({ RoleName: role.name, PolicyName, PolicyDocument: role.policy }));
  return Role?.Arn ?? '';
}

export async function makeProvider(
  endpoint: string,
  as: AwsCredentials,
  url: string,
  audience: string,
): Promise<string> {
  const iam = new IAMClient(clientOptions(endpoint, as));
  const made = await iam.send(
    new CreateOpenIDConnectProviderCommand({
      Url: url,
      ClientIDList: [audience],
      ThumbprintList: ['a'.repeat(40)],
    }),
  );
  return made.OpenIDConnectProviderArn ?? '';
}

/** Name and message of the error that the SDK makes of the answer; undefined where there is none. */
export async function refusalOf(
  call: Promise<unknown>,
): Promise<{ name: string; message: string } | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    return error instanceof Error
      ? { name: error.name, message: error.message }
      : { name: '?', message: String(error) };
  }
}

export const messageOf = async (call: Promise<unknown>): Promise<string> =>
  (await refusalOf(call))?.message ?? 'allowed';

export interface OpenSession extends AwsCredentials {
  readonly roleArn: string;
  /** Of the role. */
  readonly name: string;
}

/** Makes roles and sessions of them: each a session "grant-1" of a new role with this policy, under this session policy. */
export function sessionMaker(endpoint: string, { account, administrator }: SmallOrganization) {
  let serial = 0;
  return async (
    policy: string,
    options: {
      readonly session?: string;
      readonly boundary?: string;
      readonly tags?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<OpenSession> => {
    serial += 1;
    const name = `role-${serial}`;
    const { session: Policy, ...more } = options;
    const trusting = trust({ AWS: `arn:aws:iam::${account}:root` });
    const roleArn = await makeRole(endpoint, administrator, { name, trust: trusting, policy, ...more });
    const asked = { RoleArn: roleArn, RoleSessionName: 'grant-1', ...(Policy !== undefined && { Policy }) };
    return { ...(await assumeRole(endpoint, administrator, asked)), roleArn, name };
  };
}
