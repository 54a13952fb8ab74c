import { messages as table } from '../../app/text.ts';

export const messages = table({
  title: { en: 'Your first approval', ja: 'はじめての承認' },
  hide: { en: 'Hide the guide', ja: 'ガイドを閉じる' },
  read: { en: 'Read what was found', ja: '指摘事項を読む' },
  readWhy: {
    en: 'Each finding says what could go wrong, and what to do about it.',
    ja: '何が問題になりうるか、どうすればよいかが書かれています。',
  },
  look: { en: 'Look at what changes', ja: '変更内容を見る' },
  lookWhy: {
    en: 'Open a row: before and after, line by line. Hidden values stay hidden.',
    ja: '行を開くと、変更前と変更後を比べられます。機密の値は表示されません。',
  },
  decide: { en: 'Approve with your passkey', ja: 'パスキーで承認する' },
  decideWhy: {
    en: 'The buttons are at the bottom of the page. You sign this plan and nothing else.',
    ja: 'ボタンはページの下端にあります。署名の対象は、このプランだけです。',
  },
  watch: { en: 'Watch it being applied', ja: '適用を見届ける' },
  watchWhy: {
    en: 'A CI job waits for you. It gets credentials for this plan alone; this page follows by itself.',
    ja: 'CI ジョブが待っています。このプラン専用の認証情報で適用し、画面は自動で更新されます。',
  },
  applied: {
    en: 'It is applied. Its grant tells what it could do and did, the audit log every step.',
    ja: '適用されました。使われた権限はグラントで、すべての記録は監査ログで確認できます。',
  },
  failed: {
    en: 'The apply failed. The time line and what AWS denied tell why.',
    ja: '適用に失敗しました。原因は、経過と「AWS が拒否した操作」を確認してください。',
  },
  over: {
    en: 'This plan goes no further: its job gets no credentials, and nothing changes.',
    ja: 'このプランはここで終わりです。ジョブに認証情報は渡らず、何も変わりません。',
  },
  toGrants: { en: 'Grants', ja: 'グラント' },
  toAudit: { en: 'Audit log', ja: '監査ログ' },
});
