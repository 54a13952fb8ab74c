import { messages as table } from '../../app/text.ts';

export const messages = table({
  title: { en: 'Sessions', ja: 'セッション' },
  why: {
    en: 'Where you are signed in. End what you do not know, and then look at the audit log.',
    ja: 'サインイン中の場所です。心当たりのないものは終了し、監査ログを確認してください。',
  },
  emptyWhy: { en: '{person} is signed in nowhere.', ja: '{person} さんはどこにもサインインしていません。' },
  device: { en: 'Where', ja: '場所' },
  unknown: { en: 'Unknown browser', ja: '不明なブラウザー' },
  on: { en: '{browser} on {system}', ja: '{system} の {browser}' },
  commandLine: { en: 'Command line', ja: 'コマンドライン' },
  current: { en: 'This browser', ja: 'このブラウザー' },
  by: { en: 'Signed in by', ja: 'サインイン方法' },
  byLink: { en: 'Link', ja: 'リンク' },
  byPasskey: { en: 'Passkey', ja: 'パスキー' },
  bySshKey: { en: 'SSH key', ja: 'SSH 鍵' },
  byProvider: { en: 'Provider', ja: 'プロバイダー' },
  opened: { en: 'Began ({zone})', ja: '開始({zone})' },
  used: { en: 'Last used ({zone})', ja: '最終使用({zone})' },
  ends: { en: 'Ends at the latest ({zone})', ja: '終了期限({zone})' },
  end: { en: 'End', ja: '終了' },
  ending: { en: 'Ending…', ja: '終了しています…' },
  endTitle: { en: 'End the session “{where}”?', ja: '「{where}」のセッションを終了しますか?' },
  endOwn: {
    en: 'Whoever uses it is signed out at once.',
    ja: '使用中の人は、すぐにサインアウトされます。',
  },
  endThis: {
    en: 'It is this one: you are signed out here.',
    ja: 'いま使っているセッションです。ここからサインアウトします。',
  },
  endOf: {
    en: '{person} is signed out there at once.',
    ja: '{person} さんは、そこからすぐにサインアウトされます。',
  },
  endUndo: {
    en: 'Signing in again there undoes it. What was begun goes on: approvals and grants stay.',
    ja: '再びサインインすれば元に戻ります。承認や権限付与は取り消されません。',
  },
  endOthers: { en: 'End all others', ja: 'ほかをすべて終了' },
  endOthersTitle: { en: 'End all other sessions?', ja: 'ほかのセッションをすべて終了しますか?' },
  endOthersWhy: {
    en: '{count:session|sessions} end at once, those of your command lines too. This one stays.',
    ja: '{count} 件のセッションを、コマンドラインも含めてすぐに終了します。このブラウザーは続きます。',
  },
});
