import { messages as table } from '../../app/text.ts';

export const messages = table({
  moment: { en: 'Moment in “{chart}”', ja: '「{chart}」の時点' },
  place: { en: 'Bar of “{chart}”', ja: '「{chart}」の棒' },
  time: { en: 'Until ({zone})', ja: '終了時刻({zone})' },
  values: { en: 'The values as a table', ja: '値を表で見る' },
  unknown: { en: 'not known', ja: '不明' },
  upTo: { en: 'Up to', ja: '以下' },
  requests: { en: 'Requests', ja: 'リクエスト数' },
  share: { en: 'Share', ja: '割合' },
  readTime: { en: '{from} – {to}: {count} requests, {share}', ja: '{from}〜{to}: {count} 件、{share}' },
  fast: { en: 'Counts fully: up to {threshold}', ja: '満点: {threshold} 以下' },
  slow: { en: 'Counts half: up to {threshold}', ja: '半分: {threshold} 以下' },
  tooSlow: { en: 'Counts as nothing: slower', ja: '0 点: それより遅い' },
});
