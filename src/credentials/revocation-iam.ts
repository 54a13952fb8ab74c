import {
  DeleteRolePolicyCommand,
  IAMClient,
  type IAMClientConfig,
  NoSuchEntityException,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { type AccountId, err, ok, type Problem, problem, type Result, text } from '#core-values';
import { STS_CLIENT_OPTIONS } from './aws-session.ts';
import type { RolePolicy, RolePolicyPort } from './revocation.ts';

export interface RevocationIamOptions {
  /**
   * Who may put and delete the policies `SekishoRevoked-*` on the account's roles; `undefined` where nobody was named, and then
   * the session lives until it expires, which the answer says.
   */
  readonly credentialsFor: (account: AccountId) => IAMClientConfig['credentials'] | undefined;
  /** Only for stand-ins. */
  readonly endpoint?: string;
}

/** Denies sessions by inline policies on their roles. */
export function revocationIam(options: RevocationIamOptions): RolePolicyPort {
  const call = async (
    name: 'iam:PutRolePolicy' | 'iam:DeleteRolePolicy',
    role: RolePolicy,
    send: (client: IAMClient) => Promise<unknown>,
  ): Promise<Result<void, Problem>> => {
    const credentials = options.credentialsFor(role.account);
    if (credentials === undefined) return err(failed(name, role, 'nobody is named who may revoke'));
    const client = new IAMClient({
      ...STS_CLIENT_OPTIONS,
      region: 'us-east-1',
      credentials,
      ...(options.endpoint !== undefined && { endpoint: options.endpoint }),
    });
    try {
      await send(client);
      return ok(undefined);
    } catch (cause) {
      if (name === 'iam:DeleteRolePolicy' && cause instanceof NoSuchEntityException) return ok(undefined);
      return err(failed(name, role, cause instanceof Error ? cause.name : 'no answer'));
    } finally {
      client.destroy();
    }
  };
  return {
    put: (role, document) =>
      call('iam:PutRolePolicy', role, (client) =>
        client.send(new PutRolePolicyCommand({ ...named(role), PolicyDocument: document })),
      ),
    remove: (role) =>
      call('iam:DeleteRolePolicy', role, (client) => client.send(new DeleteRolePolicyCommand(named(role)))),
  };
}

const named = ({ roleArn, policyName }: RolePolicy) => ({
  RoleName: roleArn.split('/').at(-1) ?? '',
  PolicyName: policyName,
});

const failed = (call: string, role: RolePolicy, why: string): Problem =>
  problem('outside-failed', {
    rule: 'revocation.failed',
    message: text(
      `${call} of ${role.policyName} on ${role.roleArn} failed (${why}); the session in AWS lives until it expires.`,
      `${role.roleArn} に対する ${call}(${role.policyName})が失敗しました(${why})。AWS のセッションは期限まで有効です。`,
    ),
    remedy: text(
      'Put the policy on the role by hand (docs/credentials.md, “Revoking”); Sekisho tries again every minute.',
      'docs/credentials.ja.md の「取り消し」に従って、手動でロールにポリシーを付けてください。Sekisho も 1 分ごとに再試行します。',
    ),
  });
