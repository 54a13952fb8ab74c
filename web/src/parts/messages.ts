import { messages as table } from '../app/text.ts';

export const messages = table({
  production: { en: 'Production', ja: '本番' },
  staging: { en: 'Staging', ja: 'ステージング' },
  development: { en: 'Development', ja: '開発' },
  sandbox: { en: 'Sandbox', ja: 'サンドボックス' },
  shared: { en: 'Shared', ja: '共用' },

  loading: { en: 'Loading', ja: '読み込み中' },
  noNextPage: {
    en: 'What follows could not be loaded. Try again.',
    ja: '続きを読み込めませんでした。再試行してください。',
  },
  tryAgain: { en: 'Try again', ja: '再試行' },
  signIn: { en: 'Sign in', ja: 'サインイン' },
  signedOut: { en: 'You are not signed in', ja: 'サインインしていません' },
  signedOutWhy: {
    en: 'Sign in to see what waits for you. If you were signed in before, your session has ended.',
    ja: 'サインインすると、対応待ちの変更を確認できます。以前サインインしていた場合は、セッションが終了しています。',
  },
  denied: { en: 'You may not see this', ja: '閲覧する権限がありません' },
  notFound: { en: 'There is nothing here', ja: '見つかりません' },
  notFoundWhy: {
    en: 'The address may be mistyped, or what was here is gone.',
    ja: 'アドレスが間違っているか、すでに削除されています。',
  },
  toChanges: { en: 'Go to the changes', ja: '変更の一覧へ' },
  failed: { en: 'The server could not answer', ja: 'サーバーが応答できませんでした' },
  failedWhy: {
    en: 'Try again in a moment. If it goes on, the log of the server says why.',
    ja: 'しばらくしてから再試行してください。続く場合は、サーバーのログで原因を確認してください。',
  },
  requestId: { en: 'Request {id}', ja: 'リクエスト {id}' },
  offline: { en: 'You are offline', ja: 'オフラインです' },
  offlineWhy: {
    en: 'What you see may be old. It is read again as soon as the connection is back.',
    ja: '表示中の情報は古い可能性があります。接続が戻りしだい読み込み直します。',
  },
  unreachable: { en: 'The server cannot be reached', ja: 'サーバーに接続できません' },
  unreachableWhy: {
    en: 'Check your network or VPN. Nothing was changed.',
    ja: 'ネットワークや VPN を確認してください。何も変更されていません。',
  },
  broken: { en: 'This page broke', ja: 'ページを表示できませんでした' },
  brokenWhy: {
    en: 'That is a bug of ours. Load it again; what you did before is safe on the server.',
    ja: 'Sekisho の不具合です。ページを読み込み直してください。これまでの操作はサーバーに保存されています。',
  },
  reload: { en: 'Load again', ja: '再読み込み' },

  close: { en: 'Close', ja: '閉じる' },
  cancel: { en: 'Cancel', ja: 'キャンセル' },

  cancelled: {
    en: 'The passkey gave no answer: it was cancelled, it took too long, or there is none for this site on this device. Nothing was changed. Try again, or use another device.',
    ja: 'パスキーの応答がありませんでした。取り消し、時間切れ、またはこの端末にこのサイトのパスキーがない可能性があります。何も変更されていません。もう一度試すか、別の端末を使ってください。',
  },
  knownAlready: {
    en: 'This device has a passkey of yours already. Use another device or a security key for one more.',
    ja: 'この端末にはすでにあなたのパスキーがあります。追加するには、別の端末かセキュリティキーを使ってください。',
  },
  otherAddress: {
    en: 'Passkeys belong to one address. Open Sekisho at the address in server.publicUrl of sekisho.yaml; this is {host}.',
    ja: 'パスキーは 1 つのアドレスに結び付いています。sekisho.yaml の server.publicUrl のアドレスで Sekisho を開いてください。現在のアドレスは {host} です。',
  },
  unsupported: {
    en: 'This browser gives no passkeys here. They need https (or localhost), a current browser, and a PIN, fingerprint or face on the device.',
    ja: 'このブラウザーではパスキーを使えません。https(または localhost)、最新のブラウザー、端末の PIN・指紋・顔認証のいずれかが必要です。',
  },
});
