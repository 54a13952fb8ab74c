import { z } from 'zod';
import type { Text } from '#core-values';
import { text } from '#core-values';

export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Names, ids and counts that a finding's words are made of; kept, so that it can be told in any language later. */
export type FindingFacts = Readonly<Record<string, string>>;

export interface TrailFinding {
  readonly rule: FindingRule;
  readonly severity: Severity;
  readonly facts: FindingFacts;
}

interface FindingWords {
  readonly message: (facts: FindingFacts) => Text;
  readonly remedy: Text;
}

const LOOK = text(
  'Find out who ran it: revoke the grant if it lives (`sekisho grants revoke`), read the job’s log, and undo what the call did.',
  '誰が実行したのかを確認してください。グラントがまだ有効なら取り消し(`sekisho grants revoke`)、ジョブのログを調べ、呼び出しの結果を元に戻してください。',
);

const TRUST = text(
  'Look at who can assume the role: only Sekisho may be in its trust policy. Revoke the role’s older sessions in IAM.',
  'ロールの信頼ポリシーを確認してください。引き受けられるのは Sekisho だけでなければなりません。IAM で既存のセッションも無効化してください。',
);

const BUCKET = text(
  'Find out who wrote to the bucket (its server access log or data events), and restore the file from a replica. Until then treat the log of that time as incomplete.',
  'バケットに書き込んだのが誰かを(サーバーアクセスログやデータイベントで)調べ、ファイルをレプリカから復元してください。それまで、その時間帯のログは不完全なものとして扱ってください。',
);

const on = ({ resource }: FindingFacts): Text =>
  resource === undefined ? text('', '') : text(` on ${resource}`, `(対象: ${resource})`);

const WORDS = {
  'trail.unexplained-call': {
    message: (f: FindingFacts) =>
      text(
        `${f.grant} (${f.stack}) called ${f.action}${on(f).en}, which the approved plan does not explain: ${f.whyEn}.`,
        `${f.grant}(${f.stack})が、承認されたプランでは説明できない ${f.action} を呼び出しました${on(f).ja}。${f.whyJa}。`,
      ),
    remedy: LOOK,
  },
  'trail.call-outside-policy': {
    message: (f: FindingFacts) =>
      text(
        `${f.grant} (${f.stack}) called ${f.action}${on(f).en} and AWS let it pass, though its session policy does not allow it.`,
        `${f.grant}(${f.stack})の ${f.action}${on(f).ja}は、セッションポリシーで許可されていないにもかかわらず AWS で成功しました。`,
      ),
    remedy: text(
      'Look for a resource policy that names the session itself, then treat the call as one that was not approved.',
      'セッションを直接許可しているリソースポリシーがないか調べ、承認されていない呼び出しとして対処してください。',
    ),
  },
  'trail.call-denied': {
    message: (f: FindingFacts) =>
      text(
        `${f.grant} (${f.stack}) was denied ${f.action}${on(f).en} (${f.error}).`,
        `${f.grant}(${f.stack})の ${f.action} は拒否されました${on(f).ja}(${f.error})。`,
      ),
    remedy: text(
      'If the apply needed it, the plan’s permissions lack it. If not, somebody tried what was not approved: read the job’s log.',
      '適用に必要な操作なら、プランの権限に不足があります。そうでなければ、承認されていない操作が試みられています。ジョブのログを確認してください。',
    ),
  },
  'trail.call-outside-time': {
    message: (f: FindingFacts) =>
      text(
        `${f.grant} (${f.stack}) was used for ${f.action}${on(f).en} at ${f.at}, outside its job’s time (${f.from} to ${f.until}).`,
        `${f.grant}(${f.stack})が、ジョブの時間(${f.from} ~ ${f.until})の外である ${f.at} に ${f.action} に使われました${on(f).ja}。`,
      ),
    remedy: LOOK,
  },
  'trail.undelivered-session-used': {
    message: (f: FindingFacts) =>
      text(
        `${f.action}${on(f).en} was called with a session of ${f.grant} (${f.stack}), whose credentials Sekisho gave to nobody.`,
        `Sekisho が誰にも渡していない ${f.grant}(${f.stack})のセッションで ${f.action} が呼び出されました${on(f).ja}。`,
      ),
    remedy: TRUST,
  },
  'trail.session-forged': {
    message: (f: FindingFacts) =>
      text(
        `A session of ${f.role} carries the name of ${f.grant}, but is not the one that was issued for it: ${f.whyEn} (${f.action}).`,
        `${f.role} のセッションが ${f.grant} を名乗っていますが、発行されたものではありません。${f.whyJa}(${f.action})。`,
      ),
    remedy: TRUST,
  },
  'trail.role-without-grant': {
    message: (f: FindingFacts) =>
      text(
        `${f.role} was used without a grant: session ${f.session}, ${f.action}${on(f).en}, from ${f.ip}.`,
        `${f.role} がグラントなしで使われました。セッション ${f.session}、${f.action}${on(f).ja}、送信元 ${f.ip}。`,
      ),
    remedy: TRUST,
  },
  'trail.record-unreadable': {
    message: (f: FindingFacts) =>
      text(
        `${f.count} records of ${f.file} are not as CloudTrail documents them, and were not compared.`,
        `${f.file} のうち ${f.count} 件のレコードが CloudTrail の形式と異なるため、照合していません。`,
      ),
    remedy: text(
      'Compare the file with its digest; if it is genuine, update Sekisho.',
      'ファイルをダイジェストと照合してください。正規のものであれば Sekisho を更新してください。',
    ),
  },
  'trail.file-unreadable': {
    message: (f: FindingFacts) =>
      text(
        `${f.file} cannot be read as a delivered file: ${f.whyEn}.`,
        `${f.file} を配信ファイルとして読み取れません。${f.whyJa}。`,
      ),
    remedy: BUCKET,
  },
  'trail.file-altered': {
    message: (f: FindingFacts) =>
      text(
        `${f.file} is not what CloudTrail delivered: its SHA-256 differs from the one in ${f.digest}.`,
        `${f.file} は CloudTrail が配信した内容と異なります(SHA-256 が ${f.digest} と一致しません)。`,
      ),
    remedy: BUCKET,
  },
  'trail.file-missing': {
    message: (f: FindingFacts) =>
      text(
        `${f.file} was delivered, as ${f.digest} says, and is gone.`,
        `${f.digest} に記載されている ${f.file} がありません。`,
      ),
    remedy: BUCKET,
  },
  'trail.file-unsigned': {
    message: (f: FindingFacts) =>
      text(
        `No digest names ${f.file}, though digests of its time are there: CloudTrail may not have delivered it.`,
        `${f.file} を記載したダイジェストがありません。同じ時間帯のダイジェストはあるため、CloudTrail が配信したファイルではないおそれがあります。`,
      ),
    remedy: BUCKET,
  },
  'trail.digest-invalid': {
    message: (f: FindingFacts) =>
      text(
        `The digest ${f.file} is not proven to be CloudTrail’s: ${f.whyEn}.`,
        `ダイジェスト ${f.file} が CloudTrail のものだと確認できません。${f.whyJa}。`,
      ),
    remedy: BUCKET,
  },
  'trail.chain-broken': {
    message: (f: FindingFacts) =>
      text(
        `The digest ${f.file} does not continue the chain: ${f.whyEn}.`,
        `ダイジェスト ${f.file} がチェーンにつながりません。${f.whyJa}。`,
      ),
    remedy: text(
      'If somebody switched the trail or its log file validation off and on, find out who and why; else see who wrote to the bucket.',
      '証跡またはログファイルの検証が無効化・再有効化された場合は、誰がなぜ行ったのかを確認してください。そうでなければ、バケットに書き込んだのが誰かを調べてください。',
    ),
  },
  'trail.digests-stopped': {
    message: (f: FindingFacts) =>
      text(
        `No digest of ${f.chain} has come since ${f.at}; CloudTrail delivers one every hour.`,
        `${f.at} 以降、${f.chain} のダイジェストが届いていません。CloudTrail は 1 時間ごとに配信します。`,
      ),
    remedy: text(
      'See whether the trail still logs (`aws cloudtrail get-trail-status`) and who stopped it.',
      '証跡が記録を続けているか(`aws cloudtrail get-trail-status`)、誰が止めたのかを確認してください。',
    ),
  },
  'trail.no-digests': {
    message: (f: FindingFacts) =>
      text(
        `Log files of account ${f.account} come without digests: nobody can tell whether they were altered.`,
        `アカウント ${f.account} のログファイルにダイジェストがなく、改ざんを検出できません。`,
      ),
    remedy: text(
      'Turn log file validation on: `aws cloudtrail update-trail --enable-log-file-validation`.',
      'ログファイルの検証を有効にしてください: `aws cloudtrail update-trail --enable-log-file-validation`',
    ),
  },
} as const satisfies Record<string, FindingWords>;

export type FindingRule = keyof typeof WORDS;

export const findingMessage = ({ rule, facts }: Pick<TrailFinding, 'rule' | 'facts'>): Text =>
  WORDS[rule].message(facts);

const isRule = (words: string): words is FindingRule => Object.hasOwn(WORDS, words);
const recordedFacts = z.record(z.string(), z.string());

/** What the audit log says of a finding in English alone, in every language; `undefined` where its rule or facts are not ours. */
export function recordedFinding(rule: string, facts: unknown): Text | undefined {
  const parsed = recordedFacts.safeParse(facts);
  return isRule(rule) && parsed.success ? findingMessage({ rule, facts: parsed.data }) : undefined;
}

export const findingRemedy = (rule: FindingRule): Text => WORDS[rule].remedy;
