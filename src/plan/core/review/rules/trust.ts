import { text } from '#core-values';
import { opennessOf } from '../address-range.ts';
import dangers from '../data/iam-dangers.json' with { type: 'json' };
import {
  type Condition,
  type NewGrant,
  newGrants,
  type Principal,
  type Statement,
} from '../policy-document.ts';
import { attribute, resulting, stringAt, writes } from '../reading.ts';
import { milder, type PlannedChange, type Rule, type RuleFinding, type Scene, UNKNOWN } from '../rule.ts';
import { accountIn, type PolicyChange, policyChanges, someOf, statementsOf } from './policies.ts';

const NARROWING = new Set(dangers.narrowingConditionKeys.map((key) => key.toLowerCase()));
/** Operators that need the key to be there and to match; `…IfExists`, `ForAllValues:` and negations pass without it. */
const POSITIVE =
  /^(?:foranyvalue:)?(?:stringequals|stringequalsignorecase|stringlike|arnequals|arnlike|ipaddress)$/;

/** Does this condition keep strangers out? */
function isNarrowing(condition: Condition): boolean {
  if (!NARROWING.has(condition.key.toLowerCase()) || !POSITIVE.test(condition.operator.toLowerCase()))
    return false;
  if (condition.operator.toLowerCase().endsWith('ipaddress'))
    return opennessOf(condition.values) === 'narrow';
  return condition.values.length > 0 && !condition.values.some(isAnybody);
}

/** A pattern that anybody's account fits: `*`, `arn:aws:iam::*:role/x`, `o-*`. */
function isAnybody(value: string): boolean {
  if (/^[*?]+$/.test(value) || /^o-\*/.test(value)) return true;
  const [arn, , service, , account] = value.split(':');
  if (arn !== 'arn') return value.includes('*') && !/^[^*?]{6,}/.test(value);
  // ARNs of buckets and the like carry no account, so a name without wildcard is what narrows
  return (
    /[*?]/.test(account ?? '') || /[*?]/.test(service ?? '') || (account === '' && /:::[*?]/.test(value))
  );
}

const isPublic = (principal: Principal): boolean =>
  principal.type === 'AWS' && /^[*?]+$/.test(principal.name);

const isNarrowed = (statement: Statement): boolean => statement.conditions.some(isNarrowing);

const isOther = (scene: Scene, account: string): boolean =>
  account !== scene.account && !(scene.context.allowed?.accounts ?? []).includes(account);

const names = (
  scene: Scene,
  policy: PolicyChange,
  principals: readonly Principal[],
): { en: string; ja: string } =>
  someOf([...new Set(principals.map((principal) => principal.name))], (words) =>
    scene.secrets.quote(policy.change, policy.path, words),
  );

const perNewGrant = (
  scene: Scene,
  kind: 'trust' | 'resource',
  judge: (grant: NewGrant, policy: PolicyChange) => RuleFinding[],
): RuleFinding[] =>
  policyChanges(scene, kind).flatMap((policy) =>
    newGrants(policy.before, statementsOf(policy.after)).flatMap((grant) => judge(grant, policy)),
  );

export const iamTrustWidened: Rule = {
  id: 'iam-trust-widened',
  family: 'iam',
  severity: { guarded: 'critical', elsewhere: 'high' },
  title: text('More can assume a role', 'ロールを引き受けられる相手が増えます'),
  sees: text(
    'Trust policies before against after: everybody or NotPrincipal (critical), an OIDC provider without a condition on the subject or with a wildcard before the repository’s name (critical), with a wildcard behind it (medium), another account (high), SAML and new services (low).',
    '信頼ポリシーの前後比較。誰でも、または NotPrincipal は critical。subject の条件がない、あるいはリポジトリ名より前にワイルドカードがある OIDC プロバイダーは critical、リポジトリ名より後ろのワイルドカードは medium。別アカウントは high、SAML と新しいサービスは low です。',
  ),
  why: text(
    'A role is as safe as the list of those who may assume it. An OIDC trust without a subject trusts everybody on that platform.',
    'ロールの安全性は、引き受けられる相手のリストで決まります。subject の条件がない OIDC の信頼は、そのプラットフォームの全員を信頼することになります。',
  ),
  remedy: text(
    'Name account and role; for GitHub, compare sub with one repository and branch or environment (StringEquals).',
    'アカウントとロールを明示してください。GitHub の場合は、sub をリポジトリとブランチ（または environment）まで含めて StringEquals で比較してください。',
  ),
  check: (_plan, scene) =>
    perNewGrant(scene, 'trust', (grant, policy) => {
      const { statement } = grant;
      if (statement.notPrincipal) {
        return [
          {
            address: policy.change.address,
            message: text(
              'trusts everybody except some (NotPrincipal)',
              '一部を除くすべての相手を信頼します（NotPrincipal）',
            ),
          },
        ];
      }
      return grant.principals.flatMap((principal) => trusted(scene, policy, statement, principal));
    }),
};

function trusted(
  scene: Scene,
  policy: PolicyChange,
  statement: Statement,
  principal: Principal,
): RuleFinding[] {
  const { address } = policy.change;
  const shown = names(scene, policy, [principal]).en;
  if (isPublic(principal)) {
    return isNarrowed(statement)
      ? [
          {
            address,
            severity: milder(scene, 'high', 'medium'),
            message: text('trusts everybody who fits its conditions', '条件に合うすべての相手を信頼します'),
          },
        ]
      : [{ address, message: text('trusts everybody', 'すべての相手を信頼します') }];
  }
  if (principal.type === 'Federated' && !/:saml-provider\//.test(principal.name)) {
    return federated(scene, address, statement, shown);
  }
  const account = principal.type === 'AWS' ? accountIn(principal.name) : undefined;
  if (principal.type === 'AWS') {
    return account !== undefined && !isOther(scene, account)
      ? []
      : [
          {
            address,
            severity: milder(scene, 'high', 'medium'),
            message: text(`trusts ${shown}, of another account`, `別アカウントの ${shown} を信頼します`),
          },
        ];
  }
  return [
    {
      address,
      severity: milder(scene, 'low', 'info'),
      message: text(`trusts ${shown}`, `${shown} を信頼します`),
    },
  ];
}

/** GitHub's `sub` begins with `repo:owner/name:`; a wildcard before its end lets other repositories in. */
function federated(scene: Scene, address: string, statement: Statement, shown: string): RuleFinding[] {
  const subjects = statement.conditions.filter(
    (condition) =>
      /:(?:sub|job_workflow_ref|repository_id)$/i.test(condition.key) &&
      POSITIVE.test(condition.operator.toLowerCase()),
  );
  const values = subjects.flatMap((condition) => condition.values);
  if (values.length === 0) {
    return [
      {
        address,
        message: text(
          `trusts everybody who signs in at ${shown}: no condition on the subject`,
          `${shown} の全利用者を信頼します（subject の条件がありません）`,
        ),
      },
    ];
  }
  const literal = (value: string): string => value.split(/[*?]/)[0] ?? '';
  if (
    subjects.some((condition) =>
      condition.values.some(
        (value) => value !== literal(value) && !/^repo:[^/]+\/[^:]+:/.test(literal(value)),
      ),
    )
  ) {
    return [
      {
        address,
        message: text(
          `trusts ${shown} by a subject with a wildcard in or before the repository’s name`,
          `${shown} への信頼で、subject のリポジトリ名またはその前にワイルドカードがあります`,
        ),
      },
    ];
  }
  const wild = values.some((value) => value !== literal(value));
  return [
    {
      address,
      severity: wild ? milder(scene, 'medium', 'low') : milder(scene, 'low', 'info'),
      message: wild
        ? text(
            `trusts ${shown} for every branch and event of a repository`,
            `${shown} への信頼が、リポジトリの全ブランチ・全イベントに及びます`,
          )
        : text(`trusts ${shown} for one subject`, `${shown} の特定の subject を信頼します`),
    },
  ];
}

export const publicPolicy: Rule = {
  id: 'public-policy',
  family: 'exposure',
  severity: { guarded: 'critical', elsewhere: 'high' },
  title: text('A resource policy opens to everybody', 'リソースポリシーが誰にでも許可します'),
  sees: text(
    'Policies of buckets, queues, topics, keys, repositories, secrets, functions and some forty others that newly allow `*` or use NotPrincipal, without a condition that keeps strangers out (source account, organization, VPC, narrow addresses). Conditions that pass when their key is absent do not count.',
    'バケット、キュー、トピック、キー、リポジトリ、シークレット、関数など約 50 種のポリシーのうち、外部を締め出す条件（送信元アカウント、組織、VPC、狭いアドレス範囲）なしに `*` や NotPrincipal を新たに許可するもの。キーがないと成立してしまう条件は、条件として数えません。',
  ),
  why: text(
    'Everybody means every AWS account, or nobody in particular on the Internet.',
    '「誰でも」とは、すべての AWS アカウント、あるいはインターネット上の不特定多数のことです。',
  ),
  remedy: text(
    'Name the principals, or add a condition on aws:PrincipalOrgID or aws:SourceArn (with StringEquals, not …IfExists).',
    'プリンシパルを明示するか、aws:PrincipalOrgID や aws:SourceArn の条件を（…IfExists ではなく）StringEquals などで追加してください。',
  ),
  check: (_plan, scene) => [
    ...perNewGrant(scene, 'resource', (grant, policy) => {
      const isOpen = grant.statement.notPrincipal || grant.principals.some(isPublic);
      if (!isOpen || isNarrowed(grant.statement)) return [];
      const actions = someOf(grant.actions, (words) =>
        scene.secrets.quote(policy.change, policy.path, words),
      );
      return [
        {
          address: policy.change.address,
          message: text(`everybody may ${actions.en}`, `誰にでも ${actions.ja} が許可されます`),
        },
      ];
    }),
    ...scene.acting.flatMap((change) => openPermission(change)),
  ],
};

const LAMBDA_CONDITIONS = ['source_arn', 'source_account', 'principal_org_id'];

function openPermission(change: PlannedChange): RuleFinding[] {
  const isPermission =
    change.type === 'aws_lambda_permission' || change.type === 'aws_lambda_layer_version_permission';
  if (!isPermission || !writes(change)) return [];
  const isOpen = (value: PlannedChange['after'] | undefined): boolean => {
    const principal = attribute(value, 'principal');
    const hasCondition = [...LAMBDA_CONDITIONS, 'organization_id'].some(
      (name) => attribute(value, name) === UNKNOWN || stringAt(value, name) !== undefined,
    );
    return principal === '*' && !hasCondition;
  };
  return isOpen(resulting(change)) && !isOpen(change.before)
    ? [
        {
          address: change.address,
          message: text('everybody may call it (principal *)', '誰でも呼び出せます（principal が *）'),
        },
      ]
    : [];
}

export const sharedWithAccount: Rule = {
  id: 'shared-with-account',
  family: 'exposure',
  severity: { guarded: 'medium', elsewhere: 'low' },
  title: text('A resource is shared with another account', 'リソースが別アカウントに共有されます'),
  sees: text(
    'Resource policies and Lambda permissions that newly name another account which is not on the list of accounts.',
    '許可リストにない別アカウントを新たに許可するリソースポリシーと Lambda のパーミッション。',
  ),
  why: text(
    'What that account’s administrators allow is out of this account’s hands.',
    'その先で誰に許可されるかは、こちらのアカウントからは制御できません。',
  ),
  remedy: text(
    'Check that the account is the one you mean, and list it.',
    '意図したアカウントであることを確認し、許可リストに追加してください。',
  ),
  check: (_plan, scene) => [
    ...perNewGrant(scene, 'resource', (grant, policy) => {
      const others = grant.principals.filter((principal) => {
        const account = principal.type === 'AWS' ? accountIn(principal.name) : undefined;
        return account !== undefined && isOther(scene, account);
      });
      if (others.length === 0) return [];
      const shown = names(scene, policy, others);
      return [
        { address: policy.change.address, message: text(`allows ${shown.en}`, `${shown.ja} に許可します`) },
      ];
    }),
    ...scene.acting.flatMap((change) => permissionToAccount(change, scene)),
  ],
};

function permissionToAccount(change: PlannedChange, scene: Scene): RuleFinding[] {
  if (change.type !== 'aws_lambda_permission' || !writes(change)) return [];
  const principal = stringAt(change.after, 'principal');
  const account = principal === undefined ? undefined : accountIn(principal);
  if (principal === undefined || account === undefined || !isOther(scene, account)) return [];
  if (stringAt(change.before, 'principal') === principal) return [];
  const shown = scene.secrets.quote(change, ['principal'], principal);
  return [{ address: change.address, message: text(`allows ${shown}`, `${shown} に許可します`) }];
}
