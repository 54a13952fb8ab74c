import { type Language, type Text, text } from '#core-values';
import type { AskingEvent } from './again.ts';
import type { PlanEvent, PlanState } from './life.ts';

const EVENT_WORDS: Readonly<Record<PlanEvent['kind'] | AskingEvent | 'uploaded', Text>> = {
  uploaded: text('The plan came in', 'プランを受け付けました'),
  reviewed: text('Reviewed', 'レビューしました'),
  'found-empty': text('Found to change nothing', '変更なしと判定しました'),
  decided: text('Decided by the policy', 'ポリシーで判定しました'),
  rejected: text('Rejected', '却下されました'),
  'grant-begun': text('A grant was begun', 'グラントの発行を始めました'),
  'grant-failed': text('AWS issued nothing', 'AWS が認証情報を発行しませんでした'),
  'grant-abandoned': text('The grant was given up', 'グラントを破棄しました'),
  'grant-ended': text('The grant ended without a report', '報告のないままグラントが終了しました'),
  'file-fetched': text('The job fetched the plan file', 'ジョブがプランファイルを取得しました'),
  'apply-succeeded': text('The job reported: applied', 'ジョブが適用の成功を報告しました'),
  'apply-failed': text('The job reported: failed', 'ジョブが適用の失敗を報告しました'),
  superseded: text('A newer plan took its place', '新しいプランに置き換えられました'),
  expired: text('Its time was over', '有効期限が切れました'),
  cancelled: text('Cancelled', '取り消されました'),
  'asked-again': text('Asked for a new plan', '新しいプランの作成を求めました'),
  'not-started': text('GitHub started no run', 'GitHub で実行を開始できませんでした'),
};

/** What happened to a plan; an event of a later version is told by its name. */
export const eventWords = (event: string, language: Language): string =>
  Object.hasOwn(EVENT_WORDS, event) ? EVENT_WORDS[event as keyof typeof EVENT_WORDS][language] : event;

const ROAD: readonly PlanState[] = [
  'planned',
  'reviewed',
  'awaiting-approval',
  'approved',
  'granted',
  'applying',
  'applied',
];

/** What lies ahead of a plan if all goes well; nothing once something else became of it. */
export function statesAhead(state: PlanState): readonly PlanState[] {
  const place = ROAD.indexOf(state);
  return place < 0 ? [] : ROAD.slice(place + 1);
}
