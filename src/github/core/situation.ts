import type { PlanDetails, PlanState } from '#changes/core';
import { type Text, text } from '#core-values';
import type { PullRequestFacts, StackFacts } from './facts.ts';

/** How a stack stands in a pull request, from the one that most needs somebody to the one that needs nobody. */
export const SITUATIONS = [
  'unreadable',
  'deleted',
  'moved',
  'fork',
  'refused',
  'failed',
  'plan-again',
  'held',
  'changes-requested',
  'waits',
  'ready',
  'unplanned',
  'planning',
  'applying',
  'approved',
  'applied',
  'overtaken',
  'no-changes',
] as const;

export type Situation = (typeof SITUATIONS)[number];

/** Of the plan's state; `approved` depends on when the stack is applied, and is told apart in `situationOf`. */
const OF_STATE: Readonly<Record<PlanState, Situation>> = {
  planned: 'planning',
  reviewed: 'planning',
  'awaiting-approval': 'waits',
  approved: 'approved',
  granted: 'applying',
  applying: 'applying',
  applied: 'applied',
  failed: 'failed',
  'no-changes': 'no-changes',
  superseded: 'plan-again',
  expired: 'plan-again',
  cancelled: 'plan-again',
  refused: 'refused',
};

export function situationOf(
  stack: StackFacts,
  { fork, status, failedLookups }: Pick<PullRequestFacts, 'fork' | 'status' | 'failedLookups'>,
): Situation {
  if (failedLookups.length > 0 || stack.unreadable !== undefined) return 'unreadable';
  if (stack.touched.kind === 'deleted') return 'deleted';
  if (stack.touched.kind === 'moved') return 'moved';
  if (fork && status !== 'merged') return 'fork';
  if (stack.plan === undefined) return 'unplanned';
  const situation = OF_STATE[stack.plan.details.state];
  // What was merged later was planned together with it.
  if (status === 'merged' && stack.plan.details.state === 'superseded') return 'overtaken';
  const isOpen = situation === 'waits' || situation === 'approved';
  if (isOpen && stack.heldBy !== undefined) return 'held';
  if (situation === 'waits' && askedForChanges(stack).length > 0) return 'changes-requested';
  return situation === 'approved' && stack.applies === 'before-merge' ? 'ready' : situation;
}

/** Reviews that hold the stack up, where it accepts reviews: one voids what everybody else approved. */
export const askedForChanges = ({ plan }: StackFacts): PlanDetails['approvals'] =>
  (plan?.details.approvals ?? []).filter(
    ({ by, decision, counts }) => by === 'review' && decision === 'reject' && counts,
  );

interface SituationWords {
  readonly mark: string;
  /** In a table; short. */
  readonly words: Text;
}

export const SITUATION_WORDS: Readonly<Record<Situation, SituationWords>> = {
  unreadable: { mark: '⛔', words: text('cannot be read', '読み取り不可') },
  deleted: { mark: '⛔', words: text('folder deleted', 'フォルダ削除') },
  moved: { mark: '⛔', words: text('folder moved', 'フォルダ移動') },
  fork: { mark: '🚫', words: text('fork: no plan', 'フォーク(プランなし)') },
  refused: { mark: '🛑', words: text('refused', '拒否') },
  failed: { mark: '❌', words: text('apply failed', '適用失敗') },
  'plan-again': { mark: '🔁', words: text('plan again', '再プランが必要') },
  held: { mark: '🔒', words: text('held by another', '他で使用中') },
  'changes-requested': { mark: '✋', words: text('changes requested', '変更依頼あり') },
  waits: { mark: '✋', words: text('waits for approval', '承認待ち') },
  ready: { mark: '▶️', words: text('approved, to be applied', '承認済み・適用待ち') },
  unplanned: { mark: '⏳', words: text('waits for its plan', 'プラン待ち') },
  planning: { mark: '⏳', words: text('being judged', '判定中') },
  applying: { mark: '⏳', words: text('being applied', '適用中') },
  approved: { mark: '✅', words: text('approved', '承認済み') },
  applied: { mark: '✅', words: text('applied', '適用済み') },
  overtaken: { mark: '✅', words: text('in a newer plan', '新しいプランに統合') },
  'no-changes': { mark: '➖', words: text('no changes', '変更なし') },
};
