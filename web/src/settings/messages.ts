import { messages as table } from '../app/text.ts';

export const messages = table({
  settings: { en: 'Settings', ja: '設定' },
  sections: { en: 'Sections of the settings', ja: '設定の項目' },
  mine: { en: 'Mine', ja: '自分' },
  people: { en: 'People and teams', ja: '人とチーム' },
  system: { en: 'System', ja: 'システム' },
  none: { en: 'None', ja: 'なし' },
  acts: { en: 'Actions', ja: '操作' },
  name: { en: 'Name', ja: '名前' },
  reason: { en: 'Reason, for the audit log', ja: '理由(監査ログに残ります)' },
  waiting: { en: 'Waiting for your passkey…', ja: 'パスキーの応答を待っています…' },

  appearance: { en: 'Language and colours', ja: '言語と配色' },
  appearanceWhy: {
    en: 'For this browser only. Times are shown in {zone}.',
    ja: 'このブラウザーだけの設定です。時刻は {zone} で表示します。',
  },
});
