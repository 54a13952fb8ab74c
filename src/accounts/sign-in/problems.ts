import { type Problem, problem, text } from '#core-values';

const AGAIN = text('Run `sekisho people link` again.', '`sekisho people link` をもう一度実行してください。');

const ASK_AGAIN = text(
  'Ask whoever sent it for a new one, or sign in by a passkey.',
  '送り主に新しいリンクを発行してもらうか、パスキーでサインインしてください。',
);

export const BAD_SIGNATURE: Problem = problem('unauthenticated', {
  rule: 'sign-in-link.bad-signature',
  message: text(
    'Nobody in sekisho.yaml has signed this request for a link.',
    'このリンク発行文には、sekisho.yaml にある人の署名がありません。',
  ),
  remedy: text(
    'Sign with a key that stands under `people` in sekisho.yaml (SEKISHO_SSH_KEY).',
    'sekisho.yaml の `people` に登録された鍵で署名してください(SEKISHO_SSH_KEY)。',
  ),
});

export const STALE: Problem = problem('unauthenticated', {
  rule: 'sign-in-link.statement-stale',
  message: text(
    'The request was signed more than five minutes from now, by the server’s clock.',
    '署名の時刻が、サーバーの時刻と 5 分以上ずれています。',
  ),
  remedy: text(
    'Check the clock of your machine, then try again.',
    '手元のマシンの時計を確認してから、もう一度お試しください。',
  ),
});

export const USED_STATEMENT: Problem = problem('conflict', {
  rule: 'sign-in-link.statement-used',
  message: text(
    'This signed request has made a link before.',
    'この署名された発行文は、すでにリンクの発行に使われています。',
  ),
  remedy: AGAIN,
});

export const otherServer = (publicUrl: string): Problem =>
  problem('unauthenticated', {
    rule: 'sign-in-link.other-server',
    message: text(
      'The request was signed for another server.',
      'この発行文は、別のサーバー向けに署名されています。',
    ),
    remedy: text(`Use ${publicUrl} as SEKISHO_URL.`, `SEKISHO_URL に ${publicUrl} を指定してください。`),
  });

export const ONLY_ADMINISTRATORS: Problem = problem('denied', {
  rule: 'sign-in-link.only-administrators',
  message: text(
    'Only administrators make links for others; for yourself you sign with an SSH key of yours.',
    '他の人のリンクを発行できるのは管理者だけです。自分のリンクは、自分の SSH 鍵で署名して発行します。',
  ),
  remedy: text('Ask an administrator.', '管理者に依頼してください。'),
});

export const unknownPerson = (name: string): Problem =>
  problem('not-found', {
    rule: 'sign-in-link.person-unknown',
    message: text(`There is no person named ${name}.`, `${name} という人は登録されていません。`),
    remedy: text(
      'Add them to `people` in sekisho.yaml first.',
      '先に sekisho.yaml の `people` に追加してください。',
    ),
  });

export const hasOne = (name: string): Problem =>
  problem('conflict', {
    rule: 'sign-in-link.has-passkey',
    message: text(`${name} has a passkey.`, `${name} にはすでにパスキーがあります。`),
    remedy: text(
      'They enrol more by themselves. If it is lost: `sekisho people link NAME --recover --reason "…"`.',
      '追加は本人が行えます。紛失した場合は `sekisho people link NAME --recover --reason "…"` を使ってください。',
    ),
  });

export const SPENT: Problem = problem('unauthenticated', {
  rule: 'sign-in-link.spent',
  message: text(
    'This link was opened before, has run out, or is none.',
    'このリンクは使用済みか、期限切れか、正しくありません。',
  ),
  remedy: text(
    'Ask whoever sent it for a new one. If you never opened it, tell them: somebody else did.',
    '送り主に新しいリンクを発行してもらってください。開いた覚えがなければ、他の誰かが使った恐れがあると伝えてください。',
  ),
});

export const NO_LONGER: Problem = problem('denied', {
  rule: 'sign-in-link.no-longer',
  message: text(
    'What this link was made for no longer holds: the person or whoever made it left, or a passkey was enrolled since.',
    'このリンクは無効になりました。本人か発行者が登録から外れたか、その後パスキーが登録されています。',
  ),
  remedy: ASK_AGAIN,
});

const TRY_AGAIN = text('Begin again at the sign-in page.', 'サインインのページからやり直してください。');

export const NO_SUCH_PROVIDER: Problem = problem('not-found', {
  rule: 'sign-in.provider-unknown',
  message: text(
    'There is no provider of this name in `server.signIn`.',
    'この名前のプロバイダーは `server.signIn` にありません。',
  ),
  remedy: TRY_AGAIN,
});

export const UNREACHABLE: Problem = problem('outside-failed', {
  rule: 'sign-in.provider-failed',
  message: text(
    'The provider could not be reached, or did not answer as it must.',
    'プロバイダーに接続できないか、応答が正しくありません。',
  ),
  remedy: text(
    'Try again later, or sign in by a passkey; the server’s log has the cause.',
    '時間をおいて再試行するか、パスキーでサインインしてください。原因はサーバーのログにあります。',
  ),
});

export const BAD_STATE: Problem = problem('unauthenticated', {
  rule: 'sign-in.not-begun-here',
  message: text(
    'This browser did not begin this sign-in, it took longer than ten minutes, or it was finished before.',
    'このサインインは、このブラウザーで始めたものではないか、10 分を過ぎたか、すでに完了しています。',
  ),
  remedy: TRY_AGAIN,
});

export const REFUSED_THERE: Problem = problem('denied', {
  rule: 'sign-in.refused-by-provider',
  message: text('The provider did not sign you in.', 'プロバイダーでサインインできませんでした。'),
  remedy: TRY_AGAIN,
});

export const NOT_KNOWN: Problem = problem('denied', {
  rule: 'sign-in.account-unknown',
  message: text(
    'The provider knows you, but nobody in sekisho.yaml has this account.',
    'プロバイダーでは認証されましたが、このアカウントは sekisho.yaml の誰のものでもありません。',
  ),
  remedy: text(
    'Have it added to `people[].signIn` in sekisho.yaml: the audit log has its id.',
    'sekisho.yaml の `people[].signIn` に追加してもらってください。ID は監査ログにあります。',
  ),
});

export const TOO_MANY: Problem = problem('too-many-requests', {
  rule: 'sign-in.too-many',
  message: text(
    'Too many people are signing in at providers right now.',
    'プロバイダーでのサインインが集中しています。',
  ),
  remedy: text(
    'Try again in ten minutes, or sign in by a passkey.',
    '10 分ほど待って再試行するか、パスキーでサインインしてください。',
  ),
});
