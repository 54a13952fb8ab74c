import { type AccountId, err, ok, parseAccountId, type Reason, type Result, text } from '#core-values';
import { splitArn } from '../arn.ts';
import { quoted } from '../quoted.ts';

/** Who asks. */
export type Principal =
  | { readonly kind: 'root'; readonly arn: string; readonly account: AccountId }
  | { readonly kind: 'user'; readonly arn: string; readonly account: AccountId; readonly name: string }
  | RoleSession
  /** By `GetFederationToken`, of a user or of the account's root user. */
  | {
      readonly kind: 'federated-user';
      readonly arn: string;
      readonly account: AccountId;
      readonly name: string;
      /** ARN of the user who federated; not known where absent. */
      readonly by?: string;
    }
  /** Somebody with a token of an identity provider, before AWS has given a session. */
  | { readonly kind: 'federated'; readonly provider: string }
  | { readonly kind: 'service'; readonly name: string }
  | { readonly kind: 'anonymous' };

export interface RoleSession {
  readonly kind: 'role-session';
  readonly account: AccountId;
  readonly partition: string;
  /** Without its path. */
  readonly roleName: string;
  /** With its path; not known where absent. */
  readonly roleArn?: string;
  /** Of the session; absent where it is any session of the role. */
  readonly arn?: string;
  readonly sessionName?: string;
}

/** A principal as a document names it. */
export interface StatedRequester {
  readonly arn?: string | undefined;
  /** With an assumed role's session: ARN of the role, path and all. With a federated user: ARN of the user who federated. */
  readonly of?: string | undefined;
  readonly service?: string | undefined;
  readonly federated?: string | undefined;
}

const ROLE_NAME = /^[\w+=,.@-]{1,64}$/;

export function parsePrincipal(stated: StatedRequester | 'anonymous'): Result<Principal, Reason> {
  if (stated === 'anonymous') return ok({ kind: 'anonymous' });
  if (stated.service !== undefined) return ok({ kind: 'service', name: stated.service });
  if (stated.federated !== undefined) return ok({ kind: 'federated', provider: stated.federated });
  const words = stated.arn ?? '';
  const arn = splitArn(words);
  const account = parseAccountId(arn?.account ?? '');
  if (arn === undefined || account === undefined) return err(notAPrincipal(words));
  const [type = '', ...rest] = arn.resource.split('/');
  const name = rest.at(-1) ?? '';
  if (arn.service === 'iam' && arn.resource === 'root') return ok({ kind: 'root', arn: words, account });
  if (name === '') return err(notAPrincipal(words));
  switch (`${arn.service}:${type}`) {
    case 'iam:user':
      return ok({ kind: 'user', arn: words, account, name });
    case 'iam:role':
      return ok({ kind: 'role-session', account, partition: arn.partition, roleName: name, roleArn: words });
    case 'sts:assumed-role':
      return session(words, stated.of, rest, account, arn.partition);
    case 'sts:federated-user':
      return ok({
        kind: 'federated-user',
        arn: words,
        account,
        name: rest.join('/'),
        ...(stated.of !== undefined && { by: stated.of }),
      });
    default:
      return err(notAPrincipal(words));
  }
}

function session(
  arn: string,
  roleArn: string | undefined,
  [roleName = '', sessionName = '', ...more]: readonly string[],
  account: AccountId,
  partition: string,
): Result<Principal, Reason> {
  if (sessionName === '' || more.length > 0 || !ROLE_NAME.test(roleName)) return err(notAPrincipal(arn));
  const base = { kind: 'role-session', account, partition, roleName, arn, sessionName } as const;
  if (roleArn !== undefined) {
    const role = splitArn(roleArn);
    const fits =
      role?.service === 'iam' &&
      role.account === account &&
      role.resource.startsWith('role/') &&
      role.resource.split('/').at(-1) === roleName;
    return fits ? ok({ ...base, roleArn }) : err(otherRole(arn, roleArn));
  }
  // Whether guardrails apply hangs on its path, and the ARN of a session does not tell.
  return roleName.startsWith('AWSServiceRoleFor') ? err(roleMissing(arn)) : ok(base);
}

/** Guardrails do not touch roles that belong to an AWS service. */
export const isServiceLinkedRole = (principal: Principal): boolean =>
  principal.kind === 'role-session' &&
  (principal.roleArn === undefined
    ? false
    : (splitArn(principal.roleArn)?.resource.startsWith('role/aws-service-role/') ?? false));

export const accountOf = (principal: Principal): AccountId | undefined =>
  'account' in principal ? principal.account : undefined;

const notAPrincipal = (words: string): Reason => ({
  rule: 'iam.principal',
  message: text(
    `"${quoted(words)}" does not name somebody who can make a request.`,
    `「${quoted(words)}」はリクエストを行うプリンシパルとして解釈できません。`,
  ),
  remedy: text(
    'Give the ARN of a user, role, role session, federated user or root user; or "service", "federated" or "anonymous".',
    'ユーザー、ロール、ロールセッション、フェデレーティッドユーザー、ルートユーザーのいずれかの ARN、または service、federated、anonymous を指定してください。',
  ),
});

const otherRole = (arn: string, roleArn: string): Reason => ({
  rule: 'iam.principal-role',
  message: text(
    `"${quoted(roleArn)}" is not the role of the session "${quoted(arn)}".`,
    `「${quoted(roleArn)}」はセッション「${quoted(arn)}」のロールではありません。`,
  ),
  remedy: text(
    'Give the ARN of the role with its path; account and name must be those of the session.',
    'パスを含むロールの ARN を指定してください。アカウントと名前はセッションと一致している必要があります。',
  ),
});

const roleMissing = (arn: string): Reason => ({
  rule: 'iam.principal-role',
  message: text(
    `"${quoted(arn)}" may be the session of a service-linked role, which guardrails do not touch; its ARN does not tell.`,
    `「${quoted(arn)}」はサービスにリンクされたロールのセッションかもしれません。その場合 SCP と RCP は適用されませんが、この ARN からは判断できません。`,
  ),
  remedy: text(
    'Give the ARN of the role with its path as "of".',
    'パスを含むロールの ARN を of に指定してください。',
  ),
});
