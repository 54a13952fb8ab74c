import { text } from '#core-values';
import type { Account, Issuer, RoleArn } from '../model.ts';
import { accountIdOfRole } from '../names.ts';
import type { AccountInput, ConfigurationInput } from '../schema.ts';
import { type Faults, type Table, tableOf, twice } from './faults.ts';

export function resolveAccounts(config: ConfigurationInput, faults: Faults): Table<Account> {
  const ids = new Set<string>();
  for (const [index, account] of config.accounts.entries()) {
    if (ids.has(account.id)) {
      faults.report(['accounts', index, 'id'], twice('account id', 'アカウント ID', account.id));
    }
    ids.add(account.id);
    checkRoles(account, index, faults);
  }
  const accounts = config.accounts.map(
    ({ id, name, environment, planRole, applyRole, revokeRole, policyRole }): Account => ({
      id,
      name,
      environment,
      ...(planRole === undefined ? {} : { planRole }),
      ...(applyRole === undefined ? {} : { applyRole }),
      ...(revokeRole === undefined ? {} : { revokeRole }),
      ...(policyRole === undefined ? {} : { policyRole }),
      ...identityProvider(config, planRole),
    }),
  );
  return tableOf('account', 'アカウント', ['accounts'], accounts, faults);
}

/** As IAM names it: by the issuer's URL without its scheme. */
function identityProvider(
  { server: { aws, publicUrl } }: ConfigurationInput,
  role: RoleArn | undefined,
): Pick<Account, 'identityProvider'> {
  if (aws.access !== 'web-identity' || role === undefined) return {};
  const [, partition, , , id] = role.split(':');
  const issuer = (aws.issuerUrl ?? publicUrl).replace(/^https?:\/\//, '');
  return {
    identityProvider: `arn:${partition}:iam::${id}:oidc-provider/${issuer}`,
  };
}

function checkRoles(account: AccountInput, index: number, faults: Faults): void {
  for (const key of ['planRole', 'applyRole', 'revokeRole', 'policyRole'] as const) {
    const role = account[key];
    if (role === undefined || accountIdOfRole(role) === account.id) continue;
    faults.report(['accounts', index, key], {
      rule: 'account.role-of-another-account',
      message: text(
        `The role belongs to account ${accountIdOfRole(role)}, not to ${account.name} (${account.id}).`,
        `このロールはアカウント ${accountIdOfRole(role)} のものです。${account.name}(${account.id})のものではありません。`,
      ),
      remedy: text(
        `Name a role of account ${account.id}, or correct the account’s id.`,
        `アカウント ${account.id} のロールを指定するか、アカウント ID を直してください。`,
      ),
    });
  }
  if (account.planRole !== undefined && account.planRole === account.applyRole) {
    faults.report(['accounts', index, 'planRole'], {
      rule: 'account.one-role-for-both',
      message: text(
        'The plan role is the apply role: every plan would hold the permissions to change the account.',
        'planRole と applyRole が同じです。プランを作るだけのジョブが変更権限を持ってしまいます。',
      ),
      remedy: text(
        'Make a read-only role for planning.',
        'プラン用に読み取り専用のロールを用意してください。',
      ),
    });
  }
  if (
    account.revokeRole !== undefined &&
    [account.planRole, account.applyRole].includes(account.revokeRole)
  ) {
    faults.report(['accounts', index, 'revokeRole'], {
      rule: 'account.revoke-role-is-granted',
      message: text(
        'The role that revokes is also given to jobs: a job could lift the denial of its own session.',
        'revokeRole がジョブにも渡すロールになっています。ジョブが自分のセッションの拒否を解除できてしまいます。',
      ),
      remedy: text(
        'Make a role of its own for revoking, which may only put and delete inline policies of the other two.',
        '取り消し専用のロールを用意し、ほかの 2 つのロールのインラインポリシーの設定と削除だけを許可してください。',
      ),
    });
  }
  if (
    account.policyRole !== undefined &&
    [account.planRole, account.applyRole].includes(account.policyRole)
  ) {
    faults.report(['accounts', index, 'policyRole'], {
      rule: 'account.policy-role-is-granted',
      message: text(
        'The role that makes policies for grants is also given to jobs: a job could make what limits its own session.',
        'policyRole がジョブにも渡すロールになっています。ジョブが自分のセッションを制限するポリシーを作成できてしまいます。',
      ),
      remedy: text(
        'Make a role of its own, which may only create, delete and list policies under /sekisho/ (docs/credentials.md).',
        '専用のロールを用意し、/sekisho/ 以下のポリシーの作成、削除、一覧だけを許可してください(docs/credentials.ja.md)。',
      ),
    });
  }
}

export function resolveIssuers(config: ConfigurationInput, faults: Faults): Table<Issuer> {
  const urls = new Set<string>();
  for (const [index, { url }] of config.issuers.entries()) {
    if (urls.has(url)) faults.report(['issuers', index, 'url'], twice('issuer url', '発行者の URL', url));
    urls.add(url);
  }
  const issuers = config.issuers.map(({ name, kind, url, audience }) => ({
    name,
    kind,
    url,
    audience: audience ?? config.server.publicUrl,
  }));
  return tableOf('issuer', '発行者', ['issuers'], issuers, faults);
}
