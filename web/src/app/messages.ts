import { messages as table } from './text.ts';

export const messages = table({
  skip: { en: 'Skip to the content', ja: '本文へ移動' },
  navigation: { en: 'Main navigation', ja: 'メインナビゲーション' },
  openNavigation: { en: 'Open the navigation', ja: 'ナビゲーションを開く' },
  closeNavigation: { en: 'Close the navigation', ja: 'ナビゲーションを閉じる' },
  overview: { en: 'Overview', ja: '概要' },
  changes: { en: 'Changes', ja: '変更' },
  accounts: { en: 'Accounts', ja: 'アカウント' },
  slos: { en: 'Service levels', ja: 'サービスレベル' },
  grants: { en: 'Grants', ja: 'グラント' },
  policy: { en: 'Policy', ja: 'ポリシー' },
  audit: { en: 'Audit log', ja: '監査ログ' },
  settings: { en: 'Settings', ja: '設定' },
  language: { en: 'Language', ja: '言語' },
  theme: { en: 'Theme', ja: '配色' },
  system: { en: 'System', ja: '自動' },
  light: { en: 'Light', ja: 'ライト' },
  dark: { en: 'Dark', ja: 'ダーク' },
  signOut: { en: 'Sign out', ja: 'サインアウト' },
  signOutFailed: {
    en: 'You are still signed in: the server could not be reached. Try again.',
    ja: 'サインアウトできませんでした。サーバーに接続できません。もう一度お試しください。',
  },
  administrator: { en: 'Administrator', ja: '管理者' },
  offline: {
    en: 'You are offline. What you see may be old.',
    ja: 'オフラインです。表示中の情報は古い可能性があります。',
  },
});
