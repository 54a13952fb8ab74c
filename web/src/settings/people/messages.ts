import { messages as table } from '../../app/text.ts';

export const messages = table({
  people: { en: 'People', ja: '人' },
  peopleWhy: {
    en: 'Who may do what stands in sekisho.yaml; to add somebody, add them there.',
    ja: '誰が何をできるかは sekisho.yaml に書かれています。人を追加するには、そこに追加してください。',
  },
  person: { en: 'Person', ja: '名前' },
  inFile: { en: 'In sekisho.yaml', ja: 'sekisho.yaml の登録内容' },
  you: { en: 'You', ja: '自分' },
  team: { en: 'Team', ja: 'チーム' },
  teams: { en: 'Teams', ja: 'チーム' },
  roles: { en: 'Roles', ja: '役割' },
  administrator: { en: 'Administrator', ja: '管理者' },
  breakGlass: { en: 'Break the glass', ja: '緊急承認' },
  keys: { en: 'Keys in sekisho.yaml', ja: 'sekisho.yaml の鍵' },
  passkeysHere: { en: 'Passkeys', ja: 'パスキー' },
  passkeyUsed: { en: 'Last used ({zone})', ja: '最終使用({zone})' },
  never: { en: 'Never', ja: '未使用' },
  suspended: { en: '{count} suspended', ja: '停止中 {count}' },
  byLinkOf: { en: 'by a link of {who}', ja: '{who} さんのリンクで登録' },
  sshKeys: { en: '{count:SSH key|SSH keys}', ja: 'SSH 鍵 {count}' },
  passkeys: { en: '{count:passkey|passkeys}', ja: 'パスキー {count}' },
  noKeys: {
    en: 'None: signs only with passkeys of this server',
    ja: 'なし(このサーバーのパスキーだけで署名)',
  },
  accounts: { en: 'Accounts', ja: 'アカウント' },
  stacks: { en: 'Approves for the stacks', ja: '承認するスタック' },
  noTeamsWhy: {
    en: 'No teams. They approve changes: add one under teams in sekisho.yaml.',
    ja: 'チームがありません。変更を承認するのはチームです。sekisho.yaml の teams に追加してください。',
  },
  onGitHub: { en: 'also in {team} on GitHub', ja: 'GitHub の {team} にも所属' },
  unknown: { en: 'Nobody of this name', ja: 'この名前の人はいません' },
  unknownWhy: {
    en: 'There is no {name} under people in sekisho.yaml, or not any more.',
    ja: 'sekisho.yaml の people に {name} はいないか、すでに削除されています。',
  },
  all: { en: 'All people', ja: '人の一覧' },
  toMine: { en: 'Yours are under “Mine”', ja: '自分のものは「自分」にあります' },

  invite: { en: 'Invite', ja: '招待' },
  inviteTitle: { en: 'Invite {person} by a link', ja: '{person} さんをリンクで招待' },
  inviteWhy: {
    en: 'The link opens once, within 24 hours, to enrol a first passkey. A newer one ends it.',
    ja: 'リンクは 24 時間以内に 1 回だけ開け、最初のパスキーを登録できます。新しいリンクを発行すると、前のものは無効になります。',
  },
  recover: { en: 'Let back in', ja: '復旧' },
  recoverTitle: { en: 'Let {person} back in', ja: '{person} さんを復旧' },
  recoverWhy: {
    en: 'For lost passkeys. When the link is opened, every session of {person} ends; the passkey that is enrolled by it takes the place of all others. Everybody who gets alarms is told.',
    ja: 'パスキーを紛失した場合に使います。リンクを開くと {person} さんのセッションはすべて終了し、登録したパスキーが以前のものすべてに置き換わります。警報の宛先全員に通知されます。',
  },
  handOver: {
    en: 'Whoever opens it is {person} from then on: hand it over directly, and be sure who it is.',
    ja: '開いた人が {person} さんとして扱われます。本人であることを確かめ、直接渡してください。',
  },
  standsOn: {
    en: 'Approvals by a passkey of this link count as one person’s with yours, until sekisho.yaml lists it.',
    ja: 'このリンクで登録したパスキーによる承認は、sekisho.yaml に記載されるまで、あなたの承認と合わせて 1 人分として数えます。',
  },
  undo: {
    en: 'To undo it before it is opened, make a newer one. You sign this with a passkey of yours.',
    ja: '開かれる前に取り消すには、新しいリンクを発行してください。発行には自分のパスキーでの署名が必要です。',
  },
  make: { en: 'Make the link', ja: 'リンクを発行' },
  madeWhy: {
    en: 'The link for {person} is shown only now. It opens once, until {until}.',
    ja: '{person} さんのリンクです。表示されるのは今だけで、{until} まで 1 回だけ開けます。',
  },
  copy: { en: 'Copy', ja: 'コピー' },
  copied: { en: 'Copied', ja: 'コピーしました' },
  done: { en: 'Done', ja: '完了' },
  noPasskey: {
    en: 'Making a link here asks for a passkey of yours. Add one under “Mine”, or run sekisho people link with your SSH key.',
    ja: 'ここでリンクを発行するには、自分のパスキーが必要です。「自分」で追加するか、SSH 鍵で sekisho people link を実行してください。',
  },
});
