import { type Text, text } from '#core-values';
import { GRANT_POLICY_PATH } from '../grant-policies.ts';
import { guardTemplate } from './guard.ts';
import type { GuardName } from './guarded-actions.ts';
import { ACCOUNT, type AccountTemplate, PARTITION, type RoleStatement, type RoleTemplate } from './model.ts';
import { PLAN_POLICY } from './plan-role.ts';
import { type AccountTrust, AWS_AUDIENCE, issuerOf, trustStatement } from './trust.ts';

export interface AccountSetUp {
  readonly trust: AccountTrust;
  /** Of all roles: `/` or `/name/`. */
  readonly path: string;
  /** Of all names: `sekisho-`. */
  readonly prefix: string;
  readonly guards: readonly GuardName[];
  readonly isGuardRequiredOfNew: boolean;
}

/** Everything that Sekisho needs in an account, statement by statement, each with its reason. */
export function accountTemplate(setUp: AccountSetUp): AccountTemplate {
  const { trust, path, prefix } = setUp;
  const role = (
    key: RoleTemplate['key'],
    rest: Pick<RoleTemplate, 'setting' | 'why' | 'managed' | 'policy' | 'isGuarded'>,
  ): RoleTemplate => ({
    key,
    name: `${prefix}${key}`,
    path,
    trust: [trustStatement(trust, key)],
    ...rest,
  });
  return {
    ...(trust.kind === 'web-identity' && {
      provider: { url: trust.issuerUrl, audience: AWS_AUDIENCE, why: PROVIDER },
    }),
    guard: guardTemplate({
      ...{ prefix, path, guards: setUp.guards, isRequiredOfNew: setUp.isGuardRequiredOfNew },
      ...(trust.kind === 'ambient'
        ? { serverRole: trust.serverRole }
        : { issuer: issuerOf(trust.issuerUrl) }),
    }),
    roles: [
      role('plan', { setting: 'planRole', why: PLAN, managed: READ, policy: PLAN_POLICY, isGuarded: true }),
      role('apply', { setting: 'applyRole', why: APPLY, managed: ADMINISTER, policy: [], isGuarded: true }),
      role('revoke', {
        ...{ setting: 'revokeRole', why: REVOKE, managed: [], isGuarded: false },
        policy: revokePolicy(path, prefix),
      }),
      role('policy', {
        ...{ setting: 'policyRole', why: POLICIES, managed: [], isGuarded: false },
        policy: POLICY_OF_POLICIES,
      }),
    ],
  };
}

const PROVIDER = text(
  'Lets roles of this account trust tokens that Sekisho signs. By itself it gives nothing.',
  'このアカウントのロールが、Sekisho の署名したトークンを信頼できるようにします。それ自体は何も許可しません。',
);

const PLAN = text(
  'For planning, and for looking for drift: reads how things are set up, and changes nothing.',
  'プランとドリフト検出用。設定を読むだけで、何も変更しません。',
);
const APPLY = text(
  'For applying. Credentials for it exist only after an approval, for one plan, and each session is narrowed to what that plan needs.',
  '適用用。認証情報は承認の後に、1 つのプランのためだけに発行され、各セッションはそのプランに必要な操作だけに絞られます。',
);
const REVOKE = text(
  'Takes a grant back at once, by a policy that denies one session. Every session of it is bound to one call on one role.',
  '特定のセッションを拒否するポリシーを付けて、グラントを直ちに取り消します。各セッションで可能なのは、1 つのロールに対する 1 種類の呼び出しだけです。',
);
const POLICIES = text(
  'Makes and removes the policies of grants that need more room than a session policy has. It can attach nothing, so what it makes gives nobody anything.',
  'セッションポリシーに収まらないグラントのためのポリシーを作成・削除します。ポリシーのアタッチはできないため、作っただけでは誰にも何も許可されません。',
);

const READ: RoleTemplate['managed'] = [
  {
    arn: `arn:${PARTITION}:iam::aws:policy/ReadOnlyAccess`,
    why: text(
      'AWS’s list of what only reads, which AWS keeps up to date.',
      'AWS が保守している、読み取り専用の操作の一覧です。',
    ),
  },
];

const ADMINISTER: RoleTemplate['managed'] = [
  {
    arn: `arn:${PARTITION}:iam::aws:policy/AdministratorAccess`,
    why: text(
      'The upper bound of what any approved plan may do. Put policies of your own in its place where your stacks need less.',
      '承認されたプランに許される操作の上限です。スタックに必要な範囲がもっと狭い場合は、独自のポリシーに置き換えてください。',
    ),
  },
];

function revokePolicy(path: string, prefix: string): readonly RoleStatement[] {
  const why: Text = text(
    'IAM cannot limit this to denials; so nobody but Sekisho may assume this role, and the guard bounds the other two.',
    'IAM では「拒否のみ」に限定できません。そのため、このロールを引き受けられるのは Sekisho だけとし、対象の 2 つのロールはガードで制限しています。',
  );
  return [
    {
      sid: 'DenySessions',
      why,
      effect: 'Allow',
      actions: { isNegated: false, patterns: ['iam:DeleteRolePolicy', 'iam:PutRolePolicy'] },
      resources: {
        isNegated: false,
        patterns: ['plan', 'apply'].map(
          (key) => `arn:${PARTITION}:iam::${ACCOUNT}:role${path}${prefix}${key}`,
        ),
      },
    },
  ];
}

const POLICY_OF_POLICIES: readonly RoleStatement[] = [
  {
    sid: 'PoliciesOfGrants',
    why: text(
      `Only under ${GRANT_POLICY_PATH}, where nothing else lives.`,
      `対象は ${GRANT_POLICY_PATH} 以下だけで、ほかのポリシーはそこに置きません。`,
    ),
    effect: 'Allow',
    actions: { isNegated: false, patterns: ['iam:CreatePolicy', 'iam:DeletePolicy'] },
    resources: {
      isNegated: false,
      patterns: [`arn:${PARTITION}:iam::${ACCOUNT}:policy${GRANT_POLICY_PATH}*`],
    },
  },
  {
    sid: 'FindWhatIsLeft',
    why: text(
      'To find, once an hour, what a crash left behind.',
      '異常終了で残ったものを 1 時間ごとに探すためです。',
    ),
    effect: 'Allow',
    actions: { isNegated: false, patterns: ['iam:ListPolicies'] },
    resources: { isNegated: false, patterns: ['*'] },
  },
];
