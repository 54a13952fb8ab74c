import { messages as table } from '../app/text.ts';

export const messages = table({
  production: { en: 'Production', ja: '本番' },
  staging: { en: 'Staging', ja: 'ステージング' },
  development: { en: 'Development', ja: '開発' },
  sandbox: { en: 'Sandbox', ja: 'サンドボックス' },
  shared: { en: 'Shared', ja: '共用' },

  loading: { en: 'Loading', ja: '読み込み中' },
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
});
