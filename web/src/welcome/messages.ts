import { messages as table } from '../app/text.ts';

export const messages = table({
  title: { en: 'Welcome to Sekisho', ja: 'Sekisho へようこそ' },
  openWhy: {
    en: 'This link lets you in once, to enrol a passkey. Go on only if it was sent to you, and in the browser that you will work in.',
    ja: 'このリンクは、パスキーを登録するために 1 回だけ使えます。あなた宛てに届いたリンクであることを確かめ、普段使うブラウザーで続けてください。',
  },
  openAs: {
    en: 'You are signed in as {person} in this browser. Opening the link ends that.',
    ja: 'このブラウザーでは {person} としてサインインしています。リンクを開くと、そのサインインは終了します。',
  },
  open: { en: 'Open the link', ja: 'リンクを開く' },
  opening: { en: 'Opening…', ja: '開いています…' },

  hello: { en: 'Welcome, {person}', ja: '{person} さん、ようこそ' },
  byTerminal: {
    en: 'You are the first administrator: this link came from the terminal of the server.',
    ja: 'サーバーの端末に表示されたリンクから、最初の管理者として登録します。',
  },
  byPerson: { en: '{who} invited you.', ja: '{who} さんからの招待です。' },
  byYourself: { en: 'You made this link with your SSH key.', ja: 'あなたの SSH 鍵で発行したリンクです。' },
  recovery: {
    en: '{who} lets you back in. The passkey that you enrol now takes the place of all your others, and you were signed out everywhere.',
    ja: '{who} さんによる復旧です。ここで登録するパスキーが以前のものすべてに置き換わります。ほかのサインインはすべて終了しました。',
  },
  notYou: {
    en: 'You are not {person}? Stop here and tell whoever sent the link.',
    ja: '{person} さん本人でない場合は、ここで中止し、送り主に連絡してください。',
  },
  enrolWhy: {
    en: 'With a passkey you sign in and approve: your device asks for its PIN, fingerprint or face each time. No password, nothing to type.',
    ja: 'サインインと承認にはパスキーを使います。そのつど端末が PIN・指紋・顔のいずれかで本人確認します。パスワードは使いません。',
  },
  name: { en: 'Name of this passkey', ja: 'パスキーの名前' },
  nameHint: {
    en: 'So that you can tell your devices apart.',
    ja: '端末を見分けるための名前です。',
  },
  enrol: { en: 'Enrol a passkey', ja: 'パスキーを登録' },
  waiting: { en: 'Waiting for your device…', ja: '端末の応答を待っています…' },

  done: { en: 'Your passkey is enrolled', ja: 'パスキーを登録しました' },
  doneWhy: {
    en: 'You are signed in. Add a second one on another device, so that a lost one is no emergency.',
    ja: 'サインインしました。紛失に備えて、別の端末にも 2 つ目を登録しておくと安心です。',
  },
  standsOn: {
    en: 'It was enrolled by {who}’s link, so approvals of you two count as one person’s until sekisho.yaml lists it. Tell {who} its fingerprint in person or on a call:',
    ja: '{who} さんのリンクで登録したため、sekisho.yaml に記載されるまで、お二人の承認は 1 人分として数えます。次のフィンガープリントを、対面か通話で {who} さんに伝えてください。',
  },
  goOn: { en: 'Go on', ja: '続ける' },
  second: { en: 'Add a second passkey', ja: '2 つ目のパスキーを追加' },

  spent: { en: 'This link opens nothing', ja: 'このリンクは使えません' },
  noToken: { en: 'The link is not whole', ja: 'リンクが完全ではありません' },
  noTokenWhy: {
    en: 'Something is missing behind #. Copy the whole link from the message, or ask whoever sent it for a new one.',
    ja: '# より後ろの部分が欠けています。届いたリンク全体をコピーするか、送り主に新しいリンクを依頼してください。',
  },
  already: { en: 'You are signed in as {person}', ja: '{person} としてサインインしています' },
  toSignIn: { en: 'Sign in', ja: 'サインイン' },
});
