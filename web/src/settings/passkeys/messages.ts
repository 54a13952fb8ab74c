import { messages as table } from '../../app/text.ts';

export const messages = table({
  title: { en: 'Passkeys', ja: 'パスキー' },
  why: {
    en: 'You sign in and approve with any of them. Have two, on different devices.',
    ja: 'サインインと承認に使います。別々の端末に 2 つ登録しておくと安心です。',
  },
  onlyOne: {
    en: 'You have one passkey. If it gets lost, only an administrator lets you back in: add a second one on another device.',
    ja: 'パスキーが 1 つしかありません。紛失すると管理者による復旧が必要になります。別の端末に 2 つ目を追加してください。',
  },
  emptyOwn: {
    en: 'With a passkey you sign in and approve here. Add one.',
    ja: 'パスキーがあれば、ここでサインインと承認ができます。追加してください。',
  },
  emptyOther: {
    en: '{person} has none: an administrator invites them by a link.',
    ja: '{person} さんのパスキーはありません。管理者がリンクで招待します。',
  },

  passkey: { en: 'Passkey', ja: 'パスキー' },
  state: { en: 'State', ja: '状態' },
  added: { en: 'Added ({zone})', ja: '追加日時({zone})' },
  used: { en: 'Last used ({zone})', ja: '最終使用({zone})' },
  never: { en: 'Never', ja: '未使用' },
  word: { en: 'Counts as', ja: '承認での扱い' },
  active: { en: 'Works', ja: '有効' },
  suspended: { en: 'Suspended', ja: '停止中' },
  suspendedWhy: {
    en: 'Its counter went back: a copy of it may be in use. Remove it, enrol another, and look for what it did in the audit log.',
    ja: 'カウンターが後退しており、複製が使われているおそれがあります。削除して別のパスキーを登録し、監査ログで使用履歴を確認してください。',
  },
  byTerminal: { en: 'by the link of the terminal', ja: '端末に表示されたリンクから' },
  byLink: { en: 'by a link', ja: 'リンクから' },
  byProvider: { en: 'after signing in at a provider', ja: 'プロバイダーでのサインイン後' },
  byPasskey: { en: 'confirmed with another passkey', ja: '別のパスキーで確認して' },
  own: { en: 'its owner', ja: '本人' },
  listed: { en: 'its owner (listed in sekisho.yaml)', ja: '本人(sekisho.yaml に記載)' },
  standsOn: { en: 'one person with {who}', ja: '{who} さんと同一人物' },
  standsOnWhy: {
    en: 'Enrolled by a link, so whoever made the link could hold it. Once its owner has confirmed the fingerprint in person or on a call, list it in sekisho.yaml (people[].keys: passkey) and it counts for itself.',
    ja: 'リンクで登録されたため、リンクの発行者が持っている可能性があります。本人とフィンガープリントを対面か通話で確認し、sekisho.yaml の people[].keys に passkey として記載すると、本人のものとして数えます。',
  },

  add: { en: 'Add a passkey', ja: 'パスキーを追加' },
  stepConfirm: { en: 'Confirm with a passkey that you have', ja: '登録済みのパスキーで確認する' },
  stepCreate: {
    en: 'Make the new one, on the device or security key where it shall live',
    ja: '新しいパスキーを、使いたい端末やセキュリティキーに作成する',
  },
  confirm: { en: 'Confirm', ja: '確認' },
  create: { en: 'Make the passkey', ja: 'パスキーを作成' },
  nameLabel: { en: 'Name, to tell your devices apart', ja: '名前(端末を見分けるため)' },
  addUndo: { en: 'You can remove it at any time.', ja: 'いつでも削除できます。' },

  rename: { en: 'Rename', ja: '名前を変更' },
  renameTitle: { en: 'Rename the passkey “{name}”', ja: 'パスキー「{name}」の名前を変更' },
  save: { en: 'Save', ja: '保存' },
  saving: { en: 'Saving…', ja: '保存しています…' },

  remove: { en: 'Remove', ja: '削除' },
  removeTitle: { en: 'Remove the passkey “{name}”?', ja: 'パスキー「{name}」を削除しますか?' },
  removeOf: { en: 'It is one of {person}’s.', ja: '{person} さんのパスキーです。' },
  removeWhy: {
    en: 'Sessions that it opened end. What it approved and was not applied yet is to be approved anew; what it rejected stays rejected.',
    ja: 'このパスキーで始めたセッションは終了します。承認済みで未適用のものは改めて承認が必要です。却下は有効なままです。',
  },
  removeUndo: {
    en: 'This cannot be undone: the device would be enrolled anew. You confirm with a passkey of yours.',
    ja: '元に戻せません。再び使うには登録し直します。実行には自分のパスキーでの確認が必要です。',
  },
  evenLast: {
    en: 'It is the last one that works: without it there is no signing in and no approving by passkey, until an administrator lets you back in. Remove it all the same.',
    ja: '最後の 1 つです。削除すると、管理者が復旧するまでパスキーでのサインインも承認もできません。それでも削除します。',
  },
});
