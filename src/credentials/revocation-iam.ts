import {
  DeleteRolePolicyCommand,
  IAMClient,
  NoSuchEntityException,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import type { RoleArn } from '#accounts/core';
import { type AccountId, err, ok, type Problem, problem, type Result, text } from '#core-values';
import { STS_CLIENT_OPTIONS } from './aws-session.ts';
import type { RolePolicy, RolePolicyPort } from './revocation.ts';
import { revocationSessionRequest } from './revocation-session.ts';
import type { StsPort } from './sts.ts';

export interface RevocationIamOptions {
  /** Gives the short session of the account's `revokeRole`. */
  readonly sts: StsPort;
  /**
   * The role that may put and delete inline policies of the account's other roles, as configured now; `undefined` where none is
   * named, and then the session lives until it expires, which the answer says.
   */
  readonly revokeRole: (account: AccountId) => RoleArn | undefined;
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
    const revokeRole = options.revokeRole(role.account);
    if (revokeRole === undefined) return err(noRole(role));
    const request = revocationSessionRequest(role, revokeRole, name);
    const session = await options.sts.issue(request);
    if (!session.ok) return session;
    const { accessKeyId, secretAccessKey, sessionToken } = session.value;
    const client = new IAMClient({
      ...STS_CLIENT_OPTIONS,
      region: request.region,
      credentials: { accessKeyId, secretAccessKey, sessionToken },
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

const BY_HAND = text(
  'Put the policy on the role by hand (docs/credentials.md, “Revoking”); Sekisho tries again every minute.',
  'docs/credentials.ja.md の「取り消し」に従って、手動でロールにポリシーを付けてください。Sekisho も 1 分ごとに再試行します。',
);

const noRole = ({ account, roleArn }: RolePolicy): Problem =>
  problem('outside-failed', {
    rule: 'revocation.no-role',
    message: text(
      `sekisho.yaml names no revokeRole for account ${account}, so nobody may deny the session of ${roleArn} in AWS; it lives until it expires.`,
      `sekisho.yaml でアカウント ${account} に revokeRole が設定されていないため、AWS 側で ${roleArn} のセッションを拒否できません。セッションは期限まで有効です。`,
    ),
    remedy: text(
      'Deny it by hand now (docs/credentials.md, “Revoking”), then name `accounts[].revokeRole`: Sekisho tries again every minute.',
      '今すぐ手動で拒否し(docs/credentials.ja.md の「取り消し」)、`accounts[].revokeRole` を設定してください。Sekisho は 1 分ごとに再試行します。',
    ),
  });

const failed = (call: string, role: RolePolicy, why: string): Problem =>
  problem('outside-failed', {
    rule: 'revocation.failed',
    message: text(
      `${call} of ${role.policyName} on ${role.roleArn} failed (${why}); the session in AWS lives until it expires.`,
      `${role.roleArn} に対する ${call}(${role.policyName})が失敗しました(${why})。AWS のセッションは期限まで有効です。`,
    ),
    remedy: BY_HAND,
  });
