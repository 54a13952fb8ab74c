import { text } from '#core-values';
import reads from '../session-policy/plan-data-reads.json' with { type: 'json' };
import { serviceNames } from '../session-policy/service-names.ts';
import { LISTS, type RoleStatement } from './model.ts';

/** In any partition. */
const S3 = serviceNames(['s3.*'], 'aws-cn');

/** What the session of a plan is denied too (`session-policy/plan-policy.ts`), from the same lists: here it holds without any session policy. */
export const PLAN_POLICY: readonly RoleStatement[] = [
  {
    sid: 'NoSecrets',
    why: text(
      'A plan runs code that nobody has approved yet: it may see how things are set up, but no secret and no credentials.',
      'プランは、まだ誰も承認していないコードを実行します。設定は参照できますが、シークレットや認証情報は読めません。',
    ),
    effect: 'Deny',
    actions: { isNegated: false, patterns: reads.secrets },
    resources: { isNegated: false, patterns: ['*'] },
  },
  {
    sid: 'NoContents',
    why: text(
      'Nor what is in databases, queues, streams, logs and repositories.',
      'データベース、キュー、ストリーム、ログ、リポジトリの中身も読めません。',
    ),
    effect: 'Deny',
    actions: { isNegated: false, patterns: reads.contents },
    resources: { isNegated: false, patterns: ['*'] },
  },
  {
    sid: 'NoObjectsButStates',
    why: text(
      'Of all objects in S3 only Terraform’s states. Each session is narrowed to the one state of its stack.',
      'S3 のオブジェクトのうち読めるのは Terraform の state だけです。各セッションは、さらに自スタックの state だけに絞られます。',
    ),
    effect: 'Deny',
    actions: { isNegated: false, patterns: ['s3:GetObject*'] },
    resources: { isNegated: true, patterns: [LISTS.stateObjects] },
  },
  {
    sid: 'NoItemsButLocks',
    why: text(
      'Of all items in DynamoDB only those of the table that locks states.',
      'DynamoDB の項目のうち読めるのは、state のロックテーブルのものだけです。',
    ),
    effect: 'Deny',
    actions: { isNegated: false, patterns: ['dynamodb:GetItem'] },
    resources: { isNegated: true, patterns: [LISTS.lockTables] },
  },
  {
    sid: 'StatesMayBeEncrypted',
    why: text(
      'Keys serve to read states that are encrypted with a key of yours.',
      'カスタマー管理キーで暗号化された state を読むために、KMS キーでの復号を許可します。',
    ),
    effect: 'Allow',
    actions: { isNegated: false, patterns: ['kms:Decrypt'] },
    resources: { isNegated: false, patterns: ['*'] },
    conditions: { StringLike: { 'kms:ViaService': S3 } },
  },
  {
    sid: 'NothingElseIsDecrypted',
    why: text(
      'And nothing else: a parameter of type SecureString stays secret, although its key lets the whole account use it.',
      'それ以外の復号はできません。SecureString のパラメーターは、キーがアカウント全体に利用を許可していても読めません。',
    ),
    effect: 'Deny',
    actions: { isNegated: false, patterns: ['kms:Decrypt'] },
    resources: { isNegated: false, patterns: ['*'] },
    conditions: { StringNotLike: { 'kms:ViaService': S3 } },
  },
];
