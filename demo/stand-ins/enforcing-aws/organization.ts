import type { AccountId, JsonObject } from '../../../src/core-values/index.ts';
import { firstString, listOf, stringsOf } from '../aws-requests/permissions/members.ts';
import { isObject } from '../aws-requests/read-request.ts';
import { MANAGEMENT_ACCOUNT, type MotoReader } from './moto-reader.ts';
import type { NamedPolicy } from './policies.ts';

/** Where an account stands in its organization. */
export interface OrganizationOfAccount {
  readonly id: string;
  readonly managementAccount: AccountId;
  /** `o-…/r-…/ou-…/` as `aws:PrincipalOrgPaths` has it. */
  readonly path: string;
  /** From the root down to the account. */
  readonly levels: readonly GuardrailLevel[];
}

export interface GuardrailLevel {
  readonly name: string;
  readonly scps: readonly NamedPolicy[];
  readonly rcps: readonly NamedPolicy[];
}

const TARGET = 'AWSOrganizationsV20161128';
const WHERE = { account: MANAGEMENT_ACCOUNT, service: 'organizations' };

/** Undefined for an account that is in no organization. */
export async function readOrganization(
  moto: MotoReader,
  account: string,
): Promise<OrganizationOfAccount | undefined> {
  const ask = (operation: string, body: JsonObject) => moto.json(WHERE, `${TARGET}.${operation}`, body);
  const organization = (await ask('DescribeOrganization', {}))?.Organization;
  if (!isObject(organization)) return undefined;
  const managementAccount = firstString(organization, 'MasterAccountId') ?? '';
  const id = firstString(organization, 'Id') ?? '';
  const chain = [account];
  for (;;) {
    const parents = await ask('ListParents', { ChildId: chain[0] ?? '' });
    const [parent] = listOf(parents?.Parents).filter(isObject);
    if (parent === undefined) break;
    chain.unshift(firstString(parent, 'Id') ?? '');
    if (firstString(parent, 'Type') === 'ROOT') break;
  }
  const isMember = chain[0]?.startsWith('r-') ?? false;
  if (!isMember && account !== managementAccount) return undefined;
  const policiesOf = async (target: string, filter: string): Promise<readonly NamedPolicy[]> => {
    const listed = await ask('ListPoliciesForTarget', { TargetId: target, Filter: filter });
    const policies = listOf(listed?.Policies).filter(isObject);
    return Promise.all(
      policies.map(async (policy) => {
        const read = await ask('DescribePolicy', { PolicyId: firstString(policy, 'Id') ?? '' });
        const content = isObject(read?.Policy) ? stringsOf(read.Policy.Content)[0] : undefined;
        return { name: firstString(policy, 'Name') ?? '', source: content ?? '' };
      }),
    );
  };
  const levels = chain.map(async (target) => ({
    name: target.startsWith('r-') ? 'root' : target,
    scps: await policiesOf(target, 'SERVICE_CONTROL_POLICY'),
    rcps: await policiesOf(target, 'RESOURCE_CONTROL_POLICY'),
  }));
  return {
    id,
    managementAccount: managementAccount as AccountId,
    path: `${[id, ...chain.slice(0, -1)].join('/')}/`,
    levels: await Promise.all(levels),
  };
}

/** Ids of all accounts, the management account first. */
export async function accountIds(moto: MotoReader): Promise<readonly string[]> {
  const listed = await moto.json(WHERE, `${TARGET}.ListAccounts`, {});
  const ids = listOf(listed?.Accounts).flatMap((one) => (isObject(one) ? stringsOf(one.Id) : []));
  return [...new Set([MANAGEMENT_ACCOUNT, ...ids])];
}
