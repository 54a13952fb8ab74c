import { own, text } from '#core-values';
import dangers from '../data/iam-dangers.json' with { type: 'json' };
import { attribute, elements, resulting, stringAt, writes } from '../reading.ts';
import {
  milder,
  type PlannedChange,
  type Rule,
  type RuleFinding,
  type Scene,
  type Severity,
  UNKNOWN,
} from '../rule.ts';

/** Attributes that attach managed policies by ARN. */
const ATTACHMENTS: Readonly<Record<string, string>> = {
  aws_iam_role_policy_attachment: 'policy_arn',
  aws_iam_user_policy_attachment: 'policy_arn',
  aws_iam_group_policy_attachment: 'policy_arn',
  aws_iam_policy_attachment: 'policy_arn',
  aws_iam_role: 'managed_policy_arns',
  aws_iam_role_policy_attachments_exclusive: 'policy_arns',
  aws_iam_user_policy_attachments_exclusive: 'policy_arns',
  aws_iam_group_policy_attachments_exclusive: 'policy_arns',
  aws_ssoadmin_managed_policy_attachment: 'managed_policy_arn',
  aws_eks_access_policy_association: 'policy_arn',
};

export const iamPolicyAttached: Rule = {
  id: 'iam-policy-attached',
  family: 'iam',
  severity: { guarded: 'critical', elsewhere: 'high' },
  title: text('A powerful policy is attached', '強力なポリシーがアタッチされます'),
  sees: text(
    'Managed policies newly attached: administrator-like ones (critical), other FullAccess ones (high), any other, the customer’s own included (low), and ones only known after apply (medium).',
    '新たにアタッチされる管理ポリシー。管理者相当は critical、その他の FullAccess は high、それ以外（カスタマー管理を含む）は low、適用後にしか決まらないものは medium です。',
  ),
  why: text(
    'One attachment can make an administrator; it looks like one line.',
    'アタッチひとつで管理者が生まれます。差分では、たった一行です。',
  ),
  remedy: text(
    'Attach a policy that names what is needed; keep administrators to the organization’s access roles.',
    '必要な操作だけを書いたポリシーをアタッチし、管理者権限は組織のアクセス用ロールに限ってください。',
  ),
  check: (_plan, scene) =>
    scene.acting.filter(writes).flatMap((change) => {
      const name = own(ATTACHMENTS, change.type);
      if (name === undefined) return [];
      const before = elements(attribute(change.before, name));
      return elements(attribute(change.after, name))
        .filter((arn) => arn === UNKNOWN || !before.includes(arn))
        .map((arn) => attached(change, name, arn, scene));
    }),
};

function attached(
  change: PlannedChange,
  name: string,
  arn: PlannedChange['after'],
  scene: Scene,
): RuleFinding {
  if (typeof arn !== 'string') {
    return {
      address: change.address,
      // `managed_policy_arns` of a new role is filled in by AWS where nobody sets it
      severity: change.type === 'aws_iam_role' ? 'info' : milder(scene, 'medium', 'low'),
      message: text(
        'attaches a policy that is only known after apply',
        '適用後にしか決まらないポリシーがアタッチされます',
      ),
    };
  }
  const policy = arn.split('/').at(-1) ?? arn;
  const shown = scene.secrets.quote(change, [name], arn);
  return {
    address: change.address,
    severity: severityOfManaged(arn, policy, scene),
    message: text(`attaches ${shown}`, `${shown} がアタッチされます`),
  };
}

function severityOfManaged(arn: string, policy: string, scene: Scene): Severity {
  const isAws = /^arn:[^:]*:(?:iam|eks)::aws:/.test(arn);
  if (isAws && (dangers.powerfulManagedPolicies.includes(policy) || /Admin/.test(policy))) {
    return milder(scene, 'critical', 'high');
  }
  return isAws && /FullAccess|PowerUser/.test(policy)
    ? milder(scene, 'high', 'medium')
    : milder(scene, 'low', 'info');
}

const PRINCIPALS: Readonly<Record<string, { en: string; ja: string }>> = {
  aws_iam_user: { en: 'a user', ja: 'IAM ユーザー' },
  aws_iam_access_key: { en: 'an access key, which never expires', ja: '期限のないアクセスキー' },
  aws_iam_user_login_profile: { en: 'a console password', ja: 'コンソールのパスワード' },
  aws_iam_user_ssh_key: { en: 'an SSH key of a user', ja: 'ユーザーの SSH キー' },
  aws_iam_service_specific_credential: { en: 'a credential of a user', ja: 'サービス固有の認証情報' },
  aws_iam_signing_certificate: { en: 'a signing certificate of a user', ja: 'ユーザーの署名証明書' },
  aws_iam_user_group_membership: { en: 'a membership in groups', ja: 'グループへの所属' },
  aws_iam_group_membership: { en: 'a membership in a group', ja: 'グループへの所属' },
  aws_iam_openid_connect_provider: { en: 'an identity provider (OIDC)', ja: 'ID プロバイダー（OIDC）' },
  aws_iam_saml_provider: { en: 'an identity provider (SAML)', ja: 'ID プロバイダー（SAML）' },
  aws_rolesanywhere_trust_anchor: { en: 'a trust anchor for certificates', ja: '証明書のトラストアンカー' },
  aws_ssoadmin_account_assignment: { en: 'an access to an account', ja: 'アカウントへのアクセス割り当て' },
  aws_eks_access_entry: { en: 'an access to a Kubernetes cluster', ja: 'Kubernetes クラスターへのアクセス' },
  aws_lightsail_bucket_access_key: { en: 'an access key, which never expires', ja: '期限のないアクセスキー' },
};

export const iamPrincipalCreated: Rule = {
  id: 'iam-principal-created',
  family: 'iam',
  severity: { guarded: 'high', elsewhere: 'medium' },
  title: text('A new way to sign in', '新しいサインイン手段が作られます'),
  sees: text(
    'New IAM users, access keys, console passwords, group memberships, identity providers, account assignments and cluster access.',
    '新しい IAM ユーザー、アクセスキー、コンソールパスワード、グループへの所属、ID プロバイダー、アカウント割り当て、クラスターアクセス。',
  ),
  why: text(
    'Long-lived credentials are the ones that leak; new principals escape the reviews of the old ones.',
    '漏えいするのは長期間有効な認証情報です。新しいプリンシパルは既存の棚卸しから漏れます。',
  ),
  remedy: text(
    'Use roles with short-lived credentials: OIDC for jobs, IAM Identity Center for people.',
    '短期の認証情報を使うロールにしてください（ジョブは OIDC、人は IAM Identity Center）。',
  ),
  check: (_plan, scene) =>
    scene.acting
      .filter((change) => change.action === 'create' || change.action === 'replace')
      .flatMap((change) => {
        const what = own(PRINCIPALS, change.type);
        return what === undefined
          ? []
          : [{ address: change.address, message: text(`creates ${what.en}`, `${what.ja}が作成されます`) }];
      }),
};

export const iamBoundaryRemoved: Rule = {
  id: 'iam-boundary-removed',
  family: 'iam',
  severity: { guarded: 'critical', elsewhere: 'high' },
  title: text('A boundary on permissions goes', '権限の境界がなくなります'),
  sees: text(
    'Permissions boundaries removed (or changed: high), and organization policies (SCPs) deleted or detached.',
    'Permissions Boundary の削除（変更は high）、および組織ポリシー（SCP）の削除・デタッチ。',
  ),
  why: text(
    'Boundaries are what keeps a mistake in a policy from becoming an incident.',
    '境界は、ポリシーの誤りを事故にしないための仕切りです。',
  ),
  remedy: text(
    'Keep the boundary, or replace it with a stricter one.',
    '境界を維持するか、より厳しいものに置き換えてください。',
  ),
  check: (_plan, scene) => [
    ...scene.acting.flatMap((change) => boundaryLost(change, scene)),
    ...detached(scene),
  ],
};

function boundaryLost(change: PlannedChange, scene: Scene): RuleFinding[] {
  const before = stringAt(change.before, 'permissions_boundary');
  if (before === undefined || resulting(change) === undefined) return [];
  const after = attribute(change.after, 'permissions_boundary');
  if (after === before) return [];
  return typeof after === 'string' && after !== ''
    ? [
        {
          address: change.address,
          severity: milder(scene, 'high', 'medium'),
          message: text('the permissions boundary is exchanged', 'Permissions Boundary が差し替えられます'),
        },
      ]
    : [
        {
          address: change.address,
          message: text(
            'the permissions boundary is removed, or only known after apply',
            'Permissions Boundary が削除される、または適用後にしか決まりません',
          ),
        },
      ];
}

const GUARDRAILS = new Set([
  'aws_organizations_policy',
  'aws_organizations_policy_attachment',
  'aws_ssoadmin_permissions_boundary_attachment',
  'aws_controltower_control',
]);

const detached = (scene: Scene): RuleFinding[] =>
  scene.acting
    .filter((change) => GUARDRAILS.has(change.type) && change.action === 'delete')
    .map((change) => ({
      address: change.address,
      message: text(
        `a guardrail is removed (${change.type})`,
        `ガードレールが取り除かれます（${change.type}）`,
      ),
    }));
