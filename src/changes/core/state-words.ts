import { type Language, type Text, text } from '#core-values';
import type { PlanState } from './life.ts';

const STATE_WORDS: Readonly<Record<PlanState, Text>> = {
  planned: text('planned', 'プラン作成済み'),
  reviewed: text('reviewed', 'レビュー済み'),
  'awaiting-approval': text('awaiting approval', '承認待ち'),
  approved: text('approved', '承認済み'),
  granted: text('granted', 'グラント発行済み'),
  applying: text('applying', '適用中'),
  applied: text('applied', '適用済み'),
  failed: text('failed', '失敗'),
  'no-changes': text('no changes', '変更なし'),
  superseded: text('superseded', '置き換え済み'),
  expired: text('expired', '期限切れ'),
  cancelled: text('cancelled', '取り消し済み'),
  refused: text('refused', '拒否'),
};

export const stateWords = (state: PlanState, language: Language): string => STATE_WORDS[state][language];
