import type { Json, JsonObject } from '../../../src/core-values/index.ts';
import { firstString, listOf, memberAt } from '../aws-requests/permissions/members.ts';
import { isObject } from '../aws-requests/read-request.ts';
import { MANAGEMENT_ACCOUNT, type MotoReader } from './moto-reader.ts';
import type { NamedPolicy } from './policies.ts';

/** What IAM holds in one account. */
export interface IamOfAccount {
  readonly roles: readonly IamRole[];
  readonly users: readonly IamUser[];
  readonly policies: readonly { readonly arn: string; readonly document: string }[];
  /** A managed policy, the account's own or AWS's; its text is empty where there is none. */
  managed(arn: string): Promise<NamedPolicy>;
  readonly groups: readonly { readonly arn: string }[];
}

interface IamPrincipal {
  readonly arn: string;
  /** `AROA…`, `AIDA…` */
  readonly id: string;
  readonly name: string;
  readonly tags: ReadonlyMap<string, string>;
  /** Inline and attached, of a user's groups too. */
  readonly identity: readonly NamedPolicy[];
  readonly boundary?: NamedPolicy;
}

export type IamUser = IamPrincipal;

export interface IamRole extends IamPrincipal {
  readonly trust: string;
  /** Names of the instance profiles that hold it. */
  readonly profiles: readonly string[];
}

const VERSION = '2010-05-08';

/** One call tells everything but a role's longest session. */
export async function readIam(moto: MotoReader, account: string): Promise<IamOfAccount> {
  const details = await moto.query(
    { account, service: 'iam' },
    {
      Action: 'GetAccountAuthorizationDetails',
      Version: VERSION,
      'Filter.member.1': 'Role',
      'Filter.member.2': 'User',
      'Filter.member.3': 'Group',
      'Filter.member.4': 'LocalManagedPolicy',
    },
  );
  if (details === undefined) throw new Error(`moto does not tell what IAM holds in account ${account}`);
  const members = (path: string, of: JsonObject = details): readonly JsonObject[] =>
    listOf(memberAt(of, `${path}.member`)).filter(isObject);
  const policies = members('Policies').map((policy) => ({
    arn: wordsOf(policy, 'Arn'),
    document: defaultVersion(members('PolicyVersionList', policy)),
  }));
  const managed = async (arn: string): Promise<NamedPolicy> => {
    const own = policies.find((policy) => policy.arn === arn)?.document;
    return { name: arn, source: own ?? (await awsManaged(moto, account, arn)) };
  };
  const policiesOf = async (of: JsonObject, inline: string): Promise<readonly NamedPolicy[]> => {
    const written = members(inline, of).map((policy) => ({
      name: wordsOf(policy, 'PolicyName'),
      source: documentOf(policy.PolicyDocument),
    }));
    const attached = members('AttachedManagedPolicies', of).map((policy) =>
      managed(wordsOf(policy, 'PolicyArn')),
    );
    return [...written, ...(await Promise.all(attached))];
  };
  const groups = await Promise.all(
    members('GroupDetailList').map(async (group) => ({
      arn: wordsOf(group, 'Arn'),
      name: wordsOf(group, 'GroupName'),
      policies: await policiesOf(group, 'GroupPolicyList'),
    })),
  );
  const principal = async (of: JsonObject, name: string, inline: string): Promise<IamPrincipal> => {
    const boundary = firstString(of, 'PermissionsBoundary.PermissionsBoundaryArn');
    return {
      arn: wordsOf(of, 'Arn'),
      id: firstString(of, 'RoleId') ?? firstString(of, 'UserId') ?? '',
      name,
      tags: new Map(members('Tags', of).map((tag) => [wordsOf(tag, 'Key'), firstString(tag, 'Value') ?? ''])),
      identity: await policiesOf(of, inline),
      ...(boundary !== undefined && { boundary: await managed(boundary) }),
    };
  };
  const roles = members('RoleDetailList').map(async (role): Promise<IamRole> => {
    const base = await principal(role, wordsOf(role, 'RoleName'), 'RolePolicyList');
    const trust = documentOf(role.AssumeRolePolicyDocument);
    const profiles = members('InstanceProfileList', role).map((profile) =>
      wordsOf(profile, 'InstanceProfileName'),
    );
    return { ...withOrganizationAccess(base, trust), trust, profiles };
  });
  const users = members('UserDetailList').map(async (user): Promise<IamUser> => {
    const base = await principal(user, wordsOf(user, 'UserName'), 'UserPolicyList');
    const of = listOf(memberAt(user, 'GroupList.member'));
    const inherited = groups.filter(({ name }) => of.includes(name)).flatMap((group) => group.policies);
    return { ...base, identity: [...base.identity, ...inherited] };
  });
  return { roles: await Promise.all(roles), users: await Promise.all(users), policies, managed, groups };
}

/** Seconds that a session of the role may last at most. */
export async function longestSession(moto: MotoReader, account: string, roleName: string): Promise<number> {
  const read = await moto.query(
    { account, service: 'iam' },
    { Action: 'GetRole', Version: VERSION, RoleName: roleName },
  );
  return Number(firstString(read ?? {}, 'Role.MaxSessionDuration') ?? 3600);
}

/** ARN and client ids (audiences) of the account's OIDC providers. */
export async function oidcProviders(moto: MotoReader, account: string) {
  const where = { account, service: 'iam' };
  const listed = await moto.query(where, { Action: 'ListOpenIDConnectProviders', Version: VERSION });
  const arns = listOf(memberAt(listed ?? {}, 'OpenIDConnectProviderList.member')).flatMap((one) =>
    isObject(one) ? [wordsOf(one, 'Arn')] : [],
  );
  return Promise.all(
    arns.map(async (arn) => {
      const one = await moto.query(where, {
        Action: 'GetOpenIDConnectProvider',
        Version: VERSION,
        OpenIDConnectProviderArn: arn,
      });
      const audiences = listOf(memberAt(one ?? {}, 'ClientIDList.member')).map(String);
      return { arn, audiences };
    }),
  );
}

const ADMINISTRATOR: NamedPolicy = {
  name: 'arn:aws:iam::aws:policy/AdministratorAccess',
  source: JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
  }),
};

/**
 * Organizations gives the role that it creates in a new account AdministratorAccess; moto forgets that. Only for a role that is still
 * as it was created: no policy of its own, trusting the management account.
 */
function withOrganizationAccess(role: IamPrincipal, trust: string): IamPrincipal {
  const isOriginal = role.identity.length === 0 && trust.includes(`arn:aws:iam::${MANAGEMENT_ACCOUNT}:root`);
  return role.name === 'OrganizationAccountAccessRole' && isOriginal
    ? { ...role, identity: [ADMINISTRATOR] }
    : role;
}

async function awsManaged(moto: MotoReader, account: string, arn: string): Promise<string> {
  const where = { account, service: 'iam' };
  const policy = await moto.query(where, { Action: 'GetPolicy', Version: VERSION, PolicyArn: arn });
  const VersionId = firstString(policy ?? {}, 'Policy.DefaultVersionId') ?? 'v1';
  const read = await moto.query(where, {
    Action: 'GetPolicyVersion',
    Version: VERSION,
    PolicyArn: arn,
    VersionId,
  });
  return documentOf(memberAt(read ?? {}, 'PolicyVersion.Document'));
}

function defaultVersion(versions: readonly JsonObject[]): string {
  return documentOf(versions.find((version) => version.IsDefaultVersion === 'true')?.Document);
}

/** moto escapes some documents and not others. An absent one is empty, which no parser takes for a policy. */
function documentOf(value: Json | undefined): string {
  const words = typeof value === 'string' ? value.trim() : '';
  return words.startsWith('%') ? decodeURIComponent(words.replaceAll('+', ' ')) : words;
}

const wordsOf = (of: JsonObject, member: string): string => firstString(of, member) ?? '';
