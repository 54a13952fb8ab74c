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
  unreachable: {
    en: 'The server cannot be reached. Check your network or VPN; nothing was changed.',
    ja: 'サーバーに接続できません。ネットワークや VPN を確認してください。何も変更されていません。',
  },
  failed: {
    en: 'The server could not answer. Try again in a moment; its log says why.',
    ja: 'サーバーが応答できませんでした。しばらくして再試行してください。原因はサーバーのログにあります。',
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
