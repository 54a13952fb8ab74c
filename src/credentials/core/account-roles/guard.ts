import { text } from '#core-values';
import { GRANT_POLICY_PATH } from '../grant-policies.ts';
import { type GuardName, guardedActions } from './guarded-actions.ts';
import { ACCOUNT, type GuardTemplate, PARTITION, type RoleStatement } from './model.ts';

export interface GuardFacts {
  /** `sekisho-`: what begins with it is Sekisho's own. */
  readonly prefix: string;
  readonly path: string;
  /** Of the server in `ambient` access; may be in another account. */
  readonly serverRole?: string;
  /** `sekisho.shop.example`, in `web-identity` access. */
  readonly issuer?: string;
  readonly guards: readonly GuardName[];
  /** Whether roles and users that Terraform makes, or gives permissions to, must carry the guard, too. */
  readonly isRequiredOfNew: boolean;
}

/** What reads, of everything that is Sekisho's own. */
const READS = ['iam:Get*', 'iam:List*'];

const EVERYTHING = { isNegated: false, patterns: ['*'] } as const;

export const guardName = (prefix: string): string => `${prefix}guard`;

const guardArn = ({ prefix, path }: Pick<GuardFacts, 'prefix' | 'path'>): string =>
  `arn:${PARTITION}:iam::${ACCOUNT}:policy${path}${guardName(prefix)}`;

/** What Sekisho's roles may never do, whatever policy anybody puts on them or passes with a session. */
export const guardTemplate = (facts: GuardFacts): GuardTemplate => ({
  name: guardName(facts.prefix),
  path: facts.path,
  why: text(
    'Permissions boundary: gives nothing, and takes away what no change by Terraform may do. A boundary holds even where somebody writes into the roles’ own policies.',
    'アクセス許可の境界(permissions boundary)。それ自体は何も許可せず、Terraform による変更で決して行ってはならない操作を取り除きます。ロールのポリシーが書き換えられても有効です。',
  ),
  policy: [
    {
      sid: 'NothingTakenAwayByItself',
      why: text(
        'A boundary allows at most. What a role may do stands in its own policies.',
        '境界は上限を定めるものです。実際に許可される操作は、ロール自身のポリシーで決まります。',
      ),
      effect: 'Allow',
      actions: EVERYTHING,
      resources: EVERYTHING,
    },
    ownThings(facts),
    ...facts.guards.map(guardStatement),
    ...(facts.isRequiredOfNew ? guardOnNew(facts) : []),
  ],
});

const ownThings = (facts: GuardFacts): RoleStatement => {
  const { prefix, path, serverRole, issuer } = facts;
  const own = (rest: string): string => `arn:${PARTITION}:iam::${ACCOUNT}:${rest}`;
  return {
    sid: 'SekishoIsReadOnly',
    why: text(
      'Sekisho’s own roles, its identity provider, this guard and the policies made for grants may be looked at: not changed, assumed, passed or deleted. Who could would be past every approval.',
      'Sekisho 自身のロール、ID プロバイダー、このガード、グラント用のポリシーは参照のみ可能で、変更、引き受け、受け渡し、削除はできません。これらを操作できると、承認の仕組みを迂回できてしまいます。',
    ),
    effect: 'Deny',
    actions: { isNegated: true, patterns: READS },
    resources: {
      isNegated: false,
      patterns: [
        own(`role${path}${prefix}*`),
        own(`policy${GRANT_POLICY_PATH}*`),
        `${guardArn(facts)}*`,
        ...(issuer === undefined ? [] : [own(`oidc-provider/${issuer}`)]),
        ...(serverRole === undefined ? [] : [serverRole]),
      ],
    },
  };
};

const GUARD_WORDS = {
  audit: {
    sid: 'AuditStaysOn',
    why: text(
      'CloudTrail, Config, GuardDuty, Security Hub and Access Analyzer are neither switched off nor changed: whoever steals a grant would begin there.',
      'CloudTrail、Config、GuardDuty、Security Hub、Access Analyzer の停止や設定変更はできません。グラントを盗んだ攻撃者が最初に狙う場所です。',
    ),
  },
  organization: {
    sid: 'OrganizationStays',
    why: text(
      'The account does not leave the organization, is not closed, and nobody changes its contacts, regions or root.',
      'アカウントの組織からの離脱や閉鎖、連絡先・リージョン・ルートユーザーの変更はできません。',
    ),
  },
  people: {
    sid: 'PeopleStay',
    why: text(
      'Who may sign in through IAM Identity Center is not changed.',
      'IAM Identity Center でサインインできるユーザーや権限は変更できません。',
    ),
  },
  billing: {
    sid: 'NothingIsBought',
    why: text(
      'Bills, payment, tax and commitments are not touched.',
      '請求、支払い、税、購入契約には触れられません。',
    ),
  },
} as const satisfies Record<GuardName, Pick<RoleStatement, 'sid' | 'why'>>;

const guardStatement = (guard: GuardName): RoleStatement => ({
  ...GUARD_WORDS[guard],
  effect: 'Deny',
  actions: { isNegated: false, patterns: guardedActions(guard) },
  resources: EVERYTHING,
});

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-delegate */
function guardOnNew(facts: GuardFacts): readonly RoleStatement[] {
  return [
    {
      sid: 'NewRolesAreGuarded',
      why: text(
        'Roles and users are made, and given permissions, only where this guard is their permissions boundary. Otherwise a change could make a role that may do what the guard denies.',
        'ロールやユーザーの作成と権限付与は、このガードをアクセス許可の境界として設定したものに限られます。そうしないと、ガードが拒否する操作を行えるロールを作れてしまいます。',
      ),
      effect: 'Deny',
      actions: {
        isNegated: false,
        patterns: [
          'iam:AttachRolePolicy',
          'iam:AttachUserPolicy',
          'iam:CreateRole',
          'iam:CreateUser',
          'iam:PutRolePermissionsBoundary',
          'iam:PutRolePolicy',
          'iam:PutUserPermissionsBoundary',
          'iam:PutUserPolicy',
        ],
      },
      resources: EVERYTHING,
      conditions: { StringNotEquals: { 'iam:PermissionsBoundary': [guardArn(facts)] } },
    },
    {
      sid: 'GroupsGiveNothing',
      why: text(
        'No group is given permissions or members: a group can carry no boundary, and whoever of it has none would gain what the guard denies.',
        'グループへの権限付与やメンバー追加はできません。グループには境界を設定できず、境界のないメンバーがガードで拒否している操作を行えるようになるためです。',
      ),
      effect: 'Deny',
      actions: {
        isNegated: false,
        patterns: ['iam:AddUserToGroup', 'iam:AttachGroupPolicy', 'iam:PutGroupPolicy'],
      },
      resources: EVERYTHING,
    },
    {
      sid: 'TheGuardStaysOn',
      why: text('Nobody takes the guard off again.', 'いったん設定したガードは外せません。'),
      effect: 'Deny',
      actions: {
        isNegated: false,
        patterns: ['iam:DeleteRolePermissionsBoundary', 'iam:DeleteUserPermissionsBoundary'],
      },
      resources: EVERYTHING,
    },
  ];
}
