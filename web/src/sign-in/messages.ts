import { messages as table } from '../app/text.ts';

export const messages = table({
  title: { en: 'Sign in', ja: 'サインイン' },
  lead: {
    en: 'With the passkey on your phone, your computer or your security key.',
    ja: 'スマートフォン、パソコン、セキュリティキーのパスキーを使います。',
  },
  byPasskey: { en: 'Sign in with a passkey', ja: 'パスキーでサインイン' },
  or: { en: 'or', ja: 'または' },
  byProvider: { en: 'Continue with {label}', ja: '{label} で続ける' },
  waiting: { en: 'Waiting for your passkey…', ja: 'パスキーの応答を待っています…' },

  signedIn: { en: 'You are signed in as {person}', ja: '{person} としてサインインしています' },
  goOn: { en: 'Go on', ja: '続ける' },

  help: { en: 'No passkey yet, or lost it?', ja: 'パスキーがない・紛失した場合' },
  helpInvited: {
    en: 'You were invited: open the link that an administrator sent you, in the browser that you work in.',
    ja: '招待された方: 管理者から届いたリンクを、普段使うブラウザーで開いてください。',
  },
  helpFirst: {
    en: 'You are the first administrator: the server prints a link on its terminal when it starts.',
    ja: '最初の管理者の方: サーバーの起動時に、端末へリンクが表示されます。',
  },
  helpKey: {
    en: 'Your SSH key is in sekisho.yaml: make a link for yourself with',
    ja: 'SSH 鍵が sekisho.yaml にある方: 次のコマンドで自分用のリンクを発行できます。',
  },
  helpLost: {
    en: 'Your passkey is lost: ask an administrator for a recovery link.',
    ja: 'パスキーを紛失した方: 管理者に再登録用のリンクを依頼してください。',
  },

  refusedThere: {
    en: 'The provider did not sign you in. Begin again, or use a passkey.',
    ja: 'プロバイダーでサインインできませんでした。やり直すか、パスキーを使ってください。',
  },
  refusedUnknown: {
    en: 'The provider knows you, but nobody in sekisho.yaml has this account. Ask an administrator to add it to people[].signIn: the audit log has its id.',
    ja: 'プロバイダーでは認証されましたが、このアカウントは sekisho.yaml の誰のものでもありません。people[].signIn への追加を管理者に依頼してください。ID は監査ログにあります。',
  },
  refusedNotBegun: {
    en: 'That sign-in was not begun in this browser, took longer than ten minutes, or was finished before. Begin again here.',
    ja: 'このサインインは、このブラウザーで始めたものではないか、10 分を過ぎたか、すでに完了しています。ここからやり直してください。',
  },
  refusedUnreachable: {
    en: 'The provider could not be reached, or did not answer as it must. Try again later, or use a passkey.',
    ja: 'プロバイダーに接続できないか、応答が正しくありません。時間をおいて再試行するか、パスキーを使ってください。',
  },
  refusedOther: {
    en: 'Signing in was refused ({rule}). Begin again, or use a passkey.',
    ja: 'サインインできませんでした({rule})。やり直すか、パスキーを使ってください。',
  },
});
