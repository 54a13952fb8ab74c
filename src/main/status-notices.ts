import { type Text, text } from '#core-values';

/** What `GET /v1/status` looks at, in the order it is shown. */
export const CHECKS = [
  'policies',
  'configuration',
  'audit-log',
  'messages',
  'trail',
  'trail-findings',
] as const;
export type Check = (typeof CHECKS)[number];

export const TITLES: Readonly<Record<Check, Text>> = {
  policies: text('Policies', 'ポリシー'),
  configuration: text('Configuration', '設定ファイル'),
  'audit-log': text('Audit log', '監査ログ'),
  messages: text('Messages', '通知'),
  trail: text('Reading of CloudTrail', 'CloudTrail の読み取り'),
  'trail-findings': text('Findings in CloudTrail', 'CloudTrail での検出'),
};

/** What is not fine, and what to do about it. */
export interface Notice {
  readonly words: Text;
  readonly remedy: Text;
}

const nameList = (names: readonly string[]): Text => text(names.join(', '), names.join('、'));

const KEEP_AND_VERIFY = text(
  'Treat it as tampering: keep the database as it is, and run `sekisho audit verify --checkpoint` with a checkpoint kept elsewhere.',
  '改ざんの可能性があります。データベースを現状のまま保全し、別の場所に保管したチェックポイントを使って `sekisho audit verify --checkpoint` を実行してください。',
);

export const notices = {
  configurationRefused: {
    words: text(
      'The newest version of sekisho.yaml or the policies is bad; the one before stays in force.',
      'sekisho.yaml またはポリシーの最新版に誤りがあるため、1 つ前のものを使い続けています。',
    ),
    remedy: text(
      'The audit log has the reasons (`config.refused`); check it with `sekisho config check`.',
      '理由は監査ログ(`config.refused`)にあります。`sekisho config check` で確認してください。',
    ),
  },
  forked: {
    words: text(
      'The audit log does not continue its last signed checkpoint.',
      '監査ログが、最後に署名したチェックポイントと連続していません。',
    ),
    remedy: KEEP_AND_VERIFY,
  },
  tampered: {
    words: text('Verifying the audit log found it tampered with.', '監査ログの検証で改ざんを検出しました。'),
    remedy: KEEP_AND_VERIFY,
  },
  unsigned: {
    words: text(
      'Entries of the audit log wait for a signed checkpoint since more than an hour.',
      '監査ログに、1 時間以上チェックポイントで署名されていないエントリがあります。',
    ),
    remedy: text(
      'The audit log (`audit.checkpoint-failed`) and the server’s log say what keeps it from signing.',
      '署名できない理由を、監査ログ(`audit.checkpoint-failed`)とサーバーのログで確認してください。',
    ),
  },
  noCheckpoint: {
    words: text(
      'No checkpoint of the audit log has been signed yet.',
      '監査ログのチェックポイントはまだ署名されていません。',
    ),
    remedy: text(
      'The first one is signed within ten minutes of the first entry.',
      '最初のエントリから 10 分以内に署名されます。',
    ),
  },
  noDestination: {
    words: text('Nobody is told what happens.', '通知先が設定されていません。'),
    remedy: text(
      'Name a destination under `server.messages` in sekisho.yaml (docs/messages.md) and restart the server.',
      'sekisho.yaml の `server.messages` に通知先を設定し(docs/messages.ja.md)、サーバーを再起動してください。',
    ),
  },
  undelivered: (names: readonly string[]): Notice => ({
    words: text(
      `Messages do not arrive: ${nameList(names).en}.`,
      `メッセージが届いていません: ${nameList(names).ja}`,
    ),
    remedy: text(
      'See why with `sekisho messages list`, and send a test with `sekisho messages test`.',
      '`sekisho messages list` で原因を確認し、`sekisho messages test` でテスト送信してください。',
    ),
  }),
  untried: (names: readonly string[]): Notice => ({
    words: text(
      `Nothing has been sent yet to ${nameList(names).en}.`,
      `まだ何も送信していない通知先があります: ${nameList(names).ja}`,
    ),
    remedy: text(
      'Send a test with `sekisho messages test`.',
      '`sekisho messages test` でテスト送信してください。',
    ),
  }),
  noTrail: {
    words: text(
      'What happens in AWS is not compared with what was approved.',
      'AWS での実際の呼び出しと、承認した内容とを照合していません。',
    ),
    remedy: text(
      'Name the bucket of your trail under `server.trail` in sekisho.yaml (docs/reconcile.md) and restart the server.',
      'sekisho.yaml の `server.trail` に証跡のバケットを設定し(docs/reconcile.ja.md)、サーバーを再起動してください。',
    ),
  },
  noFindings: {
    words: text('Without CloudTrail nothing is found.', 'CloudTrail を読み取らないため、検出できません。'),
    remedy: text(
      'Set `server.trail` up (docs/reconcile.md).',
      '`server.trail` を設定してください(docs/reconcile.ja.md)。',
    ),
  },
  trailUnread: {
    words: text('CloudTrail has not been read yet.', 'CloudTrail をまだ読み取っていません。'),
    remedy: text(
      'It is read every 15 minutes; `sekisho audit reconcile` reads it now.',
      '15 分ごとに読み取ります。`sekisho audit reconcile` ですぐに読み取れます。',
    ),
  },
  trailBehind: {
    words: text(
      'CloudTrail was not read to its end within the last hour.',
      '直近 1 時間以内に CloudTrail を最後まで読み取れていません。',
    ),
    remedy: text(
      'Run `sekisho audit reconcile`, and look at the server’s log for why it stopped.',
      '`sekisho audit reconcile` を実行し、止まった理由をサーバーのログで確認してください。',
    ),
  },
  findings: (count: number): Notice => ({
    words: text(
      `CloudTrail showed ${count} critical or high finding${count === 1 ? '' : 's'} within a week.`,
      `直近 1 週間の CloudTrail との照合で、重大または高の指摘が ${count} 件あります。`,
    ),
    remedy: text(
      'An administrator reads them with `sekisho audit reconcile`.',
      '管理者が `sekisho audit reconcile` で内容を確認してください。',
    ),
  }),
} as const;
