import {
  CreatePolicyCommand,
  DeletePolicyCommand,
  IAMClient,
  NoSuchEntityException,
  paginateListPolicies,
} from '@aws-sdk/client-iam';
import type { Region, RoleArn } from '#accounts/core';
import {
  type AccountId,
  err,
  ok,
  type Problem,
  parseStackName,
  problem,
  type Result,
  type StackName,
  text,
} from '#core-values';
import { STS_CLIENT_OPTIONS } from './aws-session.ts';
import { GRANT_POLICY_PATH, grantPolicyArns, grantPolicyName } from './core/grant-policies.ts';
import type { GrantPolicyPort } from './grant-policies.ts';
import { iamRegionOf } from './revocation-session.ts';
import type { StsPort } from './sts.ts';

export interface GrantPoliciesIamOptions {
  /** Gives the short sessions of the account's `policyRole`. */
  readonly sts: StsPort;
  /** As configured now; `undefined` where the account names none. */
  readonly policyRole: (account: AccountId) => RoleArn | undefined;
  /** Only for stand-ins. */
  readonly endpoint?: string;
}

const SHORTEST_SECONDS = 900;

/** What one session of the role is for: one call, on one grant's policies or on the list. */
interface Errand {
  readonly account: AccountId;
  readonly stack: StackName;
  readonly action: 'iam:CreatePolicy' | 'iam:DeletePolicy' | 'iam:ListPolicies';
  readonly resource: (role: RoleArn) => string;
  readonly sessionName: string;
}

/** Managed policies by a role of the account that can make and remove them under the path, and attach none. */
export function grantPoliciesIam(options: GrantPoliciesIamOptions): GrantPolicyPort {
  const run = async <T>(
    { account, stack, action, resource, sessionName }: Errand,
    work: (client: IAMClient, role: RoleArn) => Promise<T>,
  ): Promise<Result<T, Problem>> => {
    const role = options.policyRole(account);
    if (role === undefined) return err(noRole(account));
    const region: Region = iamRegionOf(role);
    const session = await options.sts.issue({
      ...{ purpose: 'policies', stack, account, roleArn: role, region, sessionName },
      sourceIdentity: 'sekisho',
      tags: { 'sekisho:purpose': 'policies' },
      sessionPolicy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: action, Resource: resource(role) }],
      }),
      managedPolicyArns: [],
      durationSeconds: SHORTEST_SECONDS,
    });
    if (!session.ok) return session;
    const { accessKeyId, secretAccessKey, sessionToken } = session.value;
    const client = new IAMClient({
      ...STS_CLIENT_OPTIONS,
      region,
      credentials: { accessKeyId, secretAccessKey, sessionToken },
      ...(options.endpoint !== undefined && { endpoint: options.endpoint }),
    });
    try {
      return ok(await work(client, role));
    } catch (cause) {
      return err(failed(action, account, cause instanceof Error ? cause.name : 'no answer'));
    } finally {
      client.destroy();
    }
  };
  return {
    create: ({ grant, account, stack }, documents) =>
      run(
        {
          ...{ account, stack, action: 'iam:CreatePolicy', sessionName: `make-${grant}` },
          resource: (role) => `${grantPolicyArns(grant, role, 1)[0]?.slice(0, -1)}*`,
        },
        async (client) => {
          for (const [at, PolicyDocument] of documents.entries()) {
            await client.send(
              new CreatePolicyCommand({
                Path: GRANT_POLICY_PATH,
                PolicyName: grantPolicyName(grant, at + 1),
                PolicyDocument,
                Description: `Of Sekisho grant ${grant}; removed after it.`,
              }),
            );
          }
        },
      ),
    remove: ({ grant, account, stack }, count) =>
      run(
        {
          ...{ account, stack, action: 'iam:DeletePolicy', sessionName: `unmake-${grant}` },
          resource: (role) => `${grantPolicyArns(grant, role, 1)[0]?.slice(0, -1)}*`,
        },
        async (client, role) => {
          for (const PolicyArn of grantPolicyArns(grant, role, count)) await removeOne(client, PolicyArn);
        },
      ),
    list: async (account) => {
      const stack = parseStackName('policies');
      if (options.policyRole(account) === undefined || stack === undefined) return ok([]);
      const errand: Errand = {
        ...{ account, stack, action: 'iam:ListPolicies', sessionName: 'list-policies' },
        resource: () => '*',
      };
      return run(errand, async (client) => {
        const names: string[] = [];
        const pages = paginateListPolicies({ client }, { Scope: 'Local', PathPrefix: GRANT_POLICY_PATH });
        for await (const { Policies = [] } of pages)
          names.push(...Policies.flatMap(({ PolicyName }) => PolicyName ?? []));
        return names;
      });
    },
  };
}

async function removeOne(client: IAMClient, PolicyArn: string): Promise<void> {
  try {
    await client.send(new DeletePolicyCommand({ PolicyArn }));
  } catch (cause) {
    if (!(cause instanceof NoSuchEntityException)) throw cause;
  }
}

const noRole = (account: AccountId): Problem =>
  problem('outside-failed', {
    rule: 'grant-policies.no-role',
    message: text(
      `sekisho.yaml names no policyRole for account ${account}, so nobody may make or remove policies under ${GRANT_POLICY_PATH} there.`,
      `sekisho.yaml でアカウント ${account} に policyRole が設定されていないため、${GRANT_POLICY_PATH} 以下のポリシーを作成・削除できません。`,
    ),
    remedy: text(
      'Name `accounts[].policyRole` (docs/credentials.md), or split the change and plan again.',
      '`accounts[].policyRole` を設定するか(docs/credentials.ja.md)、変更を分割してプランを作り直してください。',
    ),
  });

const failed = (action: string, account: AccountId, why: string): Problem =>
  problem('outside-failed', {
    rule: 'grant-policies.failed',
    message: text(
      `${action} under ${GRANT_POLICY_PATH} in account ${account} failed (${why}).`,
      `アカウント ${account} の ${GRANT_POLICY_PATH} 以下に対する ${action} が失敗しました(${why})。`,
    ),
    remedy: text(
      'Check what the account’s `policyRole` may do (docs/credentials.md); removing is tried again every minute.',
      'アカウントの `policyRole` の権限を確認してください(docs/credentials.ja.md)。削除は 1 分ごとに再試行します。',
    ),
  });
