import { own, type Text, text } from '#core-values';
import { opennessOf } from '../address-range.ts';
import exposures from '../data/exposures.json' with { type: 'json' };
import { attribute, elements, isMap, resulting, showPath, stringAt, valuesAt } from '../reading.ts';
import { milder, type PlannedChange, type Rule, type RuleFinding, type Scene, UNKNOWN } from '../rule.ts';

interface Exposure {
  readonly type: string;
  readonly attribute: string;
  readonly open: readonly (string | boolean | null)[];
  readonly what: Text;
}

type ExposureRule =
  | 'public-bucket'
  | 'public-database'
  | 'public-endpoint'
  | 'public-snapshot'
  | 'internet-facing';

const EXPOSURES: ReadonlyMap<string, readonly (Exposure & { rule: string })[]> = Map.groupBy(
  exposures.settings.flatMap(({ types, ...setting }) => types.map((type) => ({ type, ...setting }))),
  (exposure) => exposure.type,
);

/** Settings that newly have an open value, or one that nobody knows yet (milder). */
function opened(rule: ExposureRule, scene: Scene): RuleFinding[] {
  return scene.acting.flatMap((change) => {
    const object = resulting(change);
    if (object === undefined) return [];
    return (EXPOSURES.get(change.type) ?? [])
      .filter((exposure) => exposure.rule === rule)
      .flatMap((exposure) => openedBy(change, exposure));
  });
}

function openedBy(change: PlannedChange, exposure: Exposure): RuleFinding[] {
  const wasOpen = valuesAt(change.before, exposure.attribute).some((place) =>
    exposure.open.some((open) => open === place.value),
  );
  if (wasOpen) return [];
  return valuesAt(resulting(change), exposure.attribute).flatMap((place) => {
    if (place.value === UNKNOWN) {
      return [
        {
          address: change.address,
          severity: 'info' as const,
          message: text(
            `${showPath(place.path)} is only known after apply: whether it ${exposure.what.en} could not be judged`,
            `${showPath(place.path)} は適用後にしか決まらないため、公開されるかどうか判定できません`,
          ),
        },
      ];
    }
    return exposure.open.some((open) => open === place.value)
      ? [{ address: change.address, message: exposure.what }]
      : [];
  });
}

export const publicBucket: Rule = {
  id: 'public-bucket',
  family: 'exposure',
  severity: { guarded: 'critical', elsewhere: 'high' },
  title: text('A bucket is opened to the public', 'バケットが公開されます'),
  sees: text(
    'Access control lists that grant to everybody, and blocks on public access that are weakened, made with holes, or deleted while the bucket stays.',
    '誰にでも許可する ACL、弱められた・穴のあるパブリックアクセスブロック、およびバケットを残したままのブロックの削除。',
  ),
  why: text(
    'Public buckets are the classic leak: one object is enough.',
    '公開バケットは情報漏えいの典型です。オブジェクト一つで十分に事故になります。',
  ),
  remedy: text(
    'Keep all four public access blocks on and publish through CloudFront with origin access control.',
    'パブリックアクセスブロックは 4 項目とも有効のままにし、公開が必要なら CloudFront とオリジンアクセスコントロールを使ってください。',
  ),
  check: (_plan, scene) => [
    ...opened('public-bucket', scene),
    ...scene.acting
      .filter((change) => change.action === 'delete' && !isBucketGone(change, scene))
      .filter((change) => BLOCKS.has(change.type))
      .map((change) => ({
        address: change.address,
        message: text('the block on public access is deleted', 'パブリックアクセスブロックが削除されます'),
      })),
  ],
};

const BLOCKS = new Set(['aws_s3_bucket_public_access_block', 'aws_s3_account_public_access_block']);

function isBucketGone(change: PlannedChange, scene: Scene): boolean {
  const bucket = stringAt(change.before, 'bucket');
  return (
    bucket !== undefined &&
    scene.acting.some(
      (other) =>
        other.type === 'aws_s3_bucket' &&
        other.action === 'delete' &&
        stringAt(other.before, 'bucket') === bucket,
    )
  );
}

export const publicDatabase: Rule = {
  id: 'public-database',
  family: 'exposure',
  severity: { guarded: 'critical', elsewhere: 'high' },
  title: text('A database gets a public address', 'データベースがパブリックアドレスを持ちます'),
  sees: text(
    'Databases, brokers and warehouses that become publicly accessible.',
    'パブリックアクセス可能になるデータベース、メッセージブローカー、データウェアハウス。',
  ),
  why: text(
    'A password is then all that stands between the data and the world.',
    'データと外の世界を隔てるものが、パスワードだけになります。',
  ),
  remedy: text(
    'Keep it in private subnets; connect through a bastion, a VPN or Session Manager port forwarding.',
    'プライベートサブネットに置き、踏み台・VPN・Session Manager のポートフォワーディング経由で接続してください。',
  ),
  check: (_plan, scene) => opened('public-database', scene),
};

export const publicSnapshot: Rule = {
  id: 'public-snapshot',
  family: 'exposure',
  severity: { guarded: 'critical', elsewhere: 'high' },
  title: text('A snapshot or image is shared', 'スナップショットやイメージが共有されます'),
  sees: text(
    'Snapshots, images and documents shared with all accounts, and blocks on that being lifted; sharing with a named account is medium unless it is on the list of accounts.',
    '全アカウントに共有されるスナップショット・イメージ・ドキュメント、およびそのブロックの解除。特定のアカウントへの共有は、許可リストになければ medium です。',
  ),
  why: text(
    'A shared snapshot is a copy of the data.',
    '共有されたスナップショットは、データのコピーそのものです。',
  ),
  remedy: text(
    'Share with named accounts of the organization only, encrypted with a key they may use.',
    '組織内の特定アカウントにだけ、利用を許可したキーで暗号化して共有してください。',
  ),
  check: (_plan, scene) => [
    ...opened('public-snapshot', scene),
    ...scene.acting.flatMap((c) => shared(c, scene)),
  ],
};

const SHARES: Readonly<Record<string, string>> = {
  aws_ami_launch_permission: 'account_id',
  aws_snapshot_create_volume_permission: 'account_id',
  aws_db_snapshot: 'shared_accounts',
  aws_db_snapshot_copy: 'shared_accounts',
  aws_db_cluster_snapshot: 'shared_accounts',
  aws_rds_cluster_snapshot_copy: 'shared_accounts',
};

function shared(change: PlannedChange, scene: Scene): RuleFinding[] {
  const name = own(SHARES, change.type);
  if (name === undefined || resulting(change) === undefined) return [];
  const before = elements(attribute(change.before, name));
  const known = new Set([...(scene.context.allowed?.accounts ?? []), scene.account, 'all']);
  return elements(attribute(resulting(change), name))
    .filter((account) => !before.includes(account) && !(typeof account === 'string' && known.has(account)))
    .map((account) => {
      const shown = scene.secrets.quote(change, [name], account);
      return {
        address: change.address,
        severity: milder(scene, 'medium', 'low'),
        message: text(`is shared with account ${shown}`, `アカウント ${shown} に共有されます`),
      };
    });
}

export const publicEndpoint: Rule = {
  id: 'public-endpoint',
  family: 'exposure',
  severity: { guarded: 'high', elsewhere: 'medium' },
  title: text('An endpoint is open to anybody', 'エンドポイントが誰にでも開かれます'),
  sees: text(
    'Lambda function URLs without authorization, and Kubernetes API endpoints of EKS that the whole Internet reaches.',
    '認証なしの Lambda 関数 URL、およびインターネット全体から到達できる EKS の Kubernetes API エンドポイント。',
  ),
  why: text(
    'What anybody can call, anybody can abuse, and the bill is yours.',
    '誰でも呼べるものは誰でも悪用でき、その請求は自分に来ます。',
  ),
  remedy: text(
    'Use AWS_IAM authorization or put it behind an API with an authorizer; for EKS, set public_access_cidrs or the private endpoint.',
    'AWS_IAM 認証にするか、オーソライザー付きの API の後ろに置いてください。EKS では public_access_cidrs を絞るか、プライベートエンドポイントを使ってください。',
  ),
  check: (_plan, scene) => [...opened('public-endpoint', scene), ...scene.acting.flatMap(openCluster)],
};

function openCluster(change: PlannedChange): RuleFinding[] {
  if (change.type !== 'aws_eks_cluster') return [];
  const isOpen = (value: PlannedChange['after'] | undefined): boolean =>
    elements(attribute(value, 'vpc_config'))
      .filter(isMap)
      .some((network) => {
        const cidrs = elements(attribute(network, 'public_access_cidrs'));
        // AWS's default, where none are given, is 0.0.0.0/0
        const isWorld =
          cidrs.length === 0 ||
          cidrs.includes(UNKNOWN) ||
          opennessOf(cidrs.filter((cidr) => typeof cidr === 'string')) === 'world';
        return attribute(network, 'endpoint_public_access') === true && isWorld;
      });
  return isOpen(resulting(change)) && !isOpen(change.before)
    ? [
        {
          address: change.address,
          message: text(
            'the Kubernetes API endpoint is reachable from the whole Internet',
            'Kubernetes API エンドポイントにインターネット全体から到達できます',
          ),
        },
      ]
    : [];
}

export const internetFacing: Rule = {
  id: 'internet-facing',
  family: 'exposure',
  severity: { guarded: 'low', elsewhere: 'info' },
  title: text('Something newly faces the Internet', '新たにインターネットに公開されます'),
  sees: text(
    'Load balancers, APIs, distributions, instances and servers that newly face the Internet. Often meant; worth a look.',
    '新たにインターネットに公開されるロードバランサー、API、ディストリビューション、インスタンス、サーバーなど。意図どおりのことも多いですが、一度確認する価値があります。',
  ),
  why: text('Each way in is one more to watch.', '入り口が増えるほど、見張るべき場所も増えます。'),
  remedy: text(
    'If it is for internal use, make it internal; otherwise put a WAF and authentication in front.',
    '社内用なら内部向けにしてください。公開するなら、WAF と認証を前段に置いてください。',
  ),
  check: (_plan, scene) => opened('internet-facing', scene),
};
