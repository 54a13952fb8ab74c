import { text } from '#core-values';
import dangers from '../data/iam-dangers.json' with { type: 'json' };
import { covers, type NewGrant, newGrants } from '../policy-document.ts';
import {
  milder,
  type PlannedChange,
  type Rule,
  type RuleFinding,
  type Scene,
  type Severity,
  type ValuePath,
} from '../rule.ts';
import { type PolicyChange, policyChanges, someOf, statementsOf } from './policies.ts';

const isEverything = (action: string): boolean => /^\*+$/.test(action) || /^\*+:\*+$/.test(action);

/** `*`, or every resource of a kind (`arn:aws:iam::1:role/*`); a bucket's objects are not. */
function isBroad(resource: string): boolean {
  if (resource === '' || /^\*+$/.test(resource)) return true;
  const [, , service, , , ...rest] = resource.split(':');
  const name = rest.join(':');
  return /^\*+$/.test(name) || (service !== 's3' && /^[a-z-]+[/:]\*+$/.test(name));
}

const isRead = (action: string): boolean => {
  const [, verb = ''] = action.split(':');
  return (
    dangers.readVerbs.some((prefix) => verb.startsWith(prefix)) &&
    !dangers.sensitiveReads.some((sensitive) => covers(action, sensitive))
  );
};

const isEverythingBut = (grant: NewGrant): boolean =>
  grant.statement.notAction || grant.statement.notResource;

/** Each rule below looks at what the policies newly allow. */
const perGrant = (
  scene: Scene,
  judge: (grant: NewGrant, policy: PolicyChange) => RuleFinding[],
): RuleFinding[] =>
  policyChanges(scene, 'permissions').flatMap((policy) =>
    newGrants(policy.before, statementsOf(policy.after)).flatMap((grant) => judge(grant, policy)),
  );

/** Actions as a message may show them: never out of a sensitive policy. */
function shownActions(
  scene: Scene,
  policy: PolicyChange,
  actions: readonly string[],
): { en: string; ja: string } {
  return someOf(actions, (words) => scene.secrets.quote(policy.change, policy.path, words));
}

export const iamWildcard: Rule = {
  id: 'iam-wildcard',
  family: 'iam',
  severity: { guarded: 'critical', elsewhere: 'high' },
  title: text('Permissions with wildcards', 'ワイルドカードの権限が追加されます'),
  sees: text(
    'Permissions newly allowed, before against after: every action, or NotAction and NotResource in an Allow (critical); all writing actions of a service on all resources (high); writing actions or reads of data on all resources (medium). Read-only actions on all resources pass.',
    '新たに許可される権限（前後比較）。全アクション、および Allow での NotAction / NotResource は critical、あるサービスの書き込みを含む全アクションを全リソースに許可するものは high、書き込みやデータの読み取りを全リソースに許可するものは medium。参照系アクションだけなら報告しません。',
  ),
  why: text(
    'A wildcard also allows what nobody thought of, today and in every service to come.',
    'ワイルドカードは、誰も想定していない操作や将来追加される操作まで許可してしまいます。',
  ),
  remedy: text(
    'Name the actions and the resources; the access advisor and CloudTrail show which ones are used.',
    'アクションとリソースを具体的に書いてください。実際に使われているものはアクセスアドバイザーと CloudTrail で分かります。',
  ),
  check: (_plan, scene) =>
    perGrant(scene, (grant, policy) => {
      const broad = isEverythingBut(grant) || grant.resources.some(isBroad);
      const everything = grant.actions.filter(isEverything);
      if (isEverythingBut(grant)) {
        const severity = milder(scene, 'critical', 'high');
        return [
          wildcardFinding(scene, policy, severity, grant.actions, 'everything except', '次を除くすべてが'),
        ];
      }
      if (everything.length > 0) {
        const severity: Severity = broad
          ? milder(scene, 'critical', 'high')
          : milder(scene, 'high', 'medium');
        return [wildcardFinding(scene, policy, severity, everything, 'every action', 'すべてのアクションが')];
      }
      if (!broad) return [];
      const services = grant.actions.filter((action) => /:\*+$/.test(action));
      if (services.length > 0) {
        return [
          wildcardFinding(
            scene,
            policy,
            milder(scene, 'high', 'medium'),
            services,
            'on all resources',
            '全リソースに対して',
          ),
        ];
      }
      const writing = grant.actions.filter((action) => !isRead(action));
      return writing.length > 0
        ? [
            wildcardFinding(
              scene,
              policy,
              milder(scene, 'medium', 'low'),
              writing,
              'on all resources',
              '全リソースに対して',
            ),
          ]
        : [];
    }),
};

function wildcardFinding(
  scene: Scene,
  policy: PolicyChange,
  severity: Severity,
  actions: readonly string[],
  en: string,
  ja: string,
): RuleFinding {
  const shown = shownActions(scene, policy, actions);
  return {
    address: policy.change.address,
    severity,
    message: text(`newly allows ${en}: ${shown.en}`, `${ja}新たに許可されます: ${shown.ja}`),
  };
}

export const iamEscalation: Rule = {
  id: 'iam-escalation',
  family: 'iam',
  severity: { guarded: 'high', elsewhere: 'medium' },
  title: text('Permissions that lead to more permissions', '権限昇格につながる権限が追加されます'),
  sees: text(
    'Newly allowed actions by which a principal can give itself more (new policy versions, attaching policies, changing trust, access keys, code of functions, key policies), on broad resources; IAM ones on named resources are medium.',
    '自分自身の権限を広げられるアクション（ポリシーの新バージョン、ポリシーのアタッチ、信頼ポリシーの変更、アクセスキー、関数のコード、キーポリシーなど）を、広いリソースに新たに許可するもの。リソースを限定した IAM アクションは medium です。',
  ),
  why: text(
    'Who may do this is an administrator by another name.',
    'これができる人は、名前が違うだけの管理者です。',
  ),
  remedy: text(
    'Restrict it to named resources and require a permissions boundary by condition.',
    'リソースを限定し、条件で Permissions Boundary を必須にしてください。',
  ),
  check: (_plan, scene) =>
    perGrant(scene, (grant, policy) => {
      if (isEverythingBut(grant) || grant.actions.some(isEverything)) return [];
      const escalating = grant.actions.filter((action) =>
        dangers.escalatingActions.some((danger) => covers(action, danger)),
      );
      const broad = grant.resources.some(isBroad);
      const telling = broad
        ? escalating
        : escalating.filter((action) => action.toLowerCase().startsWith('iam:'));
      if (telling.length === 0) return [];
      const shown = shownActions(scene, policy, telling);
      return [
        {
          address: policy.change.address,
          ...(broad ? {} : { severity: milder(scene, 'medium', 'low') }),
          message: text(
            `newly allows actions that lead to more permissions: ${shown.en}`,
            `権限昇格につながるアクションが新たに許可されます: ${shown.ja}`,
          ),
        },
      ];
    }),
};

export const iamPassRole: Rule = {
  id: 'iam-pass-role',
  family: 'iam',
  severity: { guarded: 'high', elsewhere: 'medium' },
  title: text('PassRole on all roles', 'すべてのロールに対する PassRole'),
  sees: text(
    'iam:PassRole newly allowed on all roles (high); with a condition on iam:PassedToService it is medium.',
    '全ロールに対して新たに許可される iam:PassRole（high）。iam:PassedToService の条件があれば medium です。',
  ),
  why: text(
    'Handing any role to a service that one controls is the same as having that role.',
    '自分が操作できるサービスに任意のロールを渡せることは、そのロールを持っているのと同じです。',
  ),
  remedy: text(
    'Name the roles in Resource and the service in a condition on iam:PassedToService.',
    'Resource に対象ロールを書き、iam:PassedToService の条件でサービスを限定してください。',
  ),
  check: (_plan, scene) =>
    perGrant(scene, (grant, policy) => {
      if (isEverythingBut(grant) || grant.actions.some(isEverything)) return [];
      const passes = grant.actions.some((action) => covers(action, 'iam:PassRole'));
      if (!passes || !grant.resources.some(isBroad)) return [];
      const toService = grant.statement.conditions.some(
        (condition) =>
          condition.key.toLowerCase() === 'iam:passedtoservice' && !condition.values.includes('*'),
      );
      return [
        {
          address: policy.change.address,
          ...(toService ? { severity: milder(scene, 'medium', 'low') } : {}),
          message: text(
            'newly allows iam:PassRole on all roles',
            '全ロールに対する iam:PassRole が新たに許可されます',
          ),
        },
      ];
    }),
};

export const iamPermissionsAdded: Rule = {
  id: 'iam-permissions-added',
  family: 'iam',
  severity: { guarded: 'medium', elsewhere: 'info' },
  title: text('Permissions are added', '権限が追加されます'),
  sees: text(
    'Any other permission newly allowed, a Deny or guardrail that is taken away, and new statements of new policies (low when the policy is new). Removals of permissions are no findings.',
    'それ以外で新たに許可される権限、取り除かれる Deny やガードレール。新規ポリシーの場合は low です。権限の削除は報告しません。',
  ),
  why: text(
    'A reviewer should read what is added, and only that.',
    'レビュアーが読むべきなのは、追加された部分です。',
  ),
  remedy: text('Check that each is needed.', '一つひとつ必要かどうかを確認してください。'),
  check: (_plan, scene) => [
    ...perGrant(scene, (grant, policy) => {
      // told already, and better, by iam-wildcard
      if (isEverythingBut(grant) || grant.actions.some(isEverything)) return [];
      const shown = shownActions(scene, policy, grant.actions);
      return [
        {
          address: policy.change.address,
          ...(policy.change.action === 'create' ? { severity: milder(scene, 'low', 'info') } : {}),
          message: text(`newly allows ${shown.en}`, `${shown.ja} が新たに許可されます`),
        },
      ];
    }),
    ...(['permissions', 'guardrail', 'resource', 'trust'] as const).flatMap((kind) =>
      policyChanges(scene, kind).flatMap((policy) => denialsLost(scene, policy)),
    ),
  ],
};

function denialsLost(scene: Scene, policy: PolicyChange): RuleFinding[] {
  if (policy.after.kind !== 'policy') return [];
  const lost = newGrants(policy.after.statements, policy.before, 'Deny');
  if (lost.length === 0) return [];
  const shown = shownActions(scene, policy, [...new Set(lost.flatMap((denial) => denial.actions))]);
  return [
    {
      address: policy.change.address,
      severity: milder(scene, policy.kind === 'guardrail' ? 'critical' : 'high', 'medium'),
      message: text(`no longer denies ${shown.en}`, `${shown.ja} の拒否（Deny）がなくなります`),
    },
  ];
}

export const iamPolicyUnknown: Rule = {
  id: 'iam-policy-unknown',
  family: 'iam',
  severity: { guarded: 'medium', elsewhere: 'low' },
  title: text('A policy cannot be judged', '判定できないポリシーがあります'),
  sees: text(
    'Policies that are only known after apply, or that are no readable JSON policy, wherever they are written or changed.',
    '適用後にしか決まらない、または JSON ポリシーとして読み取れないポリシーの作成・変更。',
  ),
  why: text(
    'What is unknown could be anything, an administrator included.',
    '中身が分からないものは、管理者権限である可能性もあります。',
  ),
  remedy: text(
    'Build the ARNs from names and the account id, so that the policy is known when it is planned; or apply what it refers to first.',
    'ARN を名前とアカウント ID から組み立ててプラン時に確定させるか、参照先を先に適用してください。',
  ),
  check: (_plan, scene) =>
    (['permissions', 'trust', 'guardrail', 'resource'] as const).flatMap((kind) =>
      policyChanges(scene, kind).flatMap(({ change, after, path }) =>
        after.kind === 'unreadable'
          ? [
              {
                address: change.address,
                ...(after.because === 'unknown' && isOftenComputed(change, path)
                  ? { severity: 'info' as const }
                  : {}),
                message:
                  after.because === 'unknown'
                    ? text(
                        `${String(path[0])} is only known after apply`,
                        `${String(path[0])} は適用後にしか決まりません`,
                      )
                    : text(
                        `${String(path[0])} is no readable policy`,
                        `${String(path[0])} をポリシーとして読み取れません`,
                      ),
              },
            ]
          : [],
      ),
    ),
};

/**
 * Attributes that AWS fills in where the configuration says nothing: unknown on every create, whether or not somebody wrote
 * a policy. The plan does not tell the two apart, so the finding stays, as info.
 */
const FILLED_IN_BY_AWS = new Set([
  'aws_api_gateway_rest_api',
  'aws_elasticsearch_domain',
  'aws_iam_role',
  'aws_kms_external_key',
  'aws_kms_key',
  'aws_kms_replica_external_key',
  'aws_kms_replica_key',
  'aws_opensearch_domain',
  'aws_s3_access_point',
  'aws_s3_bucket',
  'aws_secretsmanager_secret',
  'aws_sns_topic',
  'aws_sqs_queue',
]);

const isOftenComputed = (change: PlannedChange, path: ValuePath): boolean =>
  change.action !== 'update' && path[0] !== 'assume_role_policy' && FILLED_IN_BY_AWS.has(change.type);
