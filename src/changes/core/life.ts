import { err, ok, type Problem, problem, type Result, text } from '#core-values';

/** Where a plan is on its way from CI to AWS. */
export const PLAN_STATES = [
  'planned',
  'reviewed',
  'awaiting-approval',
  'approved',
  'granted',
  'applying',
  'applied',
  'failed',
  'no-changes',
  'superseded',
  'expired',
  'cancelled',
  'refused',
] as const;

export type PlanState = (typeof PLAN_STATES)[number];

/** What can happen to a plan. The name says what happened, not what should become of it. */
export type PlanEvent =
  | { readonly kind: 'reviewed' }
  | { readonly kind: 'found-empty' }
  | { readonly kind: 'decided'; readonly verdict: 'allowed' | 'waits' | 'never' }
  | { readonly kind: 'rejected' }
  | { readonly kind: 'grant-begun' }
  /** AWS issued nothing. */
  | { readonly kind: 'grant-failed' }
  /** AWS may have issued something, but nobody received it. */
  | { readonly kind: 'grant-abandoned' }
  /** The credentials ran out, or were revoked, before the job reported. */
  | { readonly kind: 'grant-ended' }
  | { readonly kind: 'file-fetched' }
  | { readonly kind: 'apply-succeeded' }
  | { readonly kind: 'apply-failed' }
  | { readonly kind: 'superseded' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'cancelled' };

type Transitions = Readonly<Partial<Record<TransitionKey, PlanState>>>;

type TransitionKey =
  | Exclude<PlanEvent['kind'], 'decided'>
  | 'decided:allowed'
  | 'decided:waits'
  | 'decided:never';

const WAITING: Transitions = {
  'decided:allowed': 'approved',
  'decided:waits': 'awaiting-approval',
  'decided:never': 'refused',
  rejected: 'refused',
  superseded: 'superseded',
  expired: 'expired',
  cancelled: 'cancelled',
};

/**
 * Every transition there is; what is not here cannot happen. `granted` and `applying` cannot be superseded
 * or cancelled: credentials are out, and what they do must be reported.
 */
const TRANSITIONS: Readonly<Record<PlanState, Transitions>> = {
  planned: { reviewed: 'reviewed', 'decided:never': 'refused', superseded: 'superseded', expired: 'expired' },
  reviewed: { ...WAITING, 'found-empty': 'no-changes' },
  'awaiting-approval': WAITING,
  approved: { ...WAITING, 'grant-begun': 'granted' },
  granted: {
    'grant-failed': 'approved',
    'grant-abandoned': 'failed',
    'grant-ended': 'failed',
    'file-fetched': 'applying',
    'apply-failed': 'failed',
    'apply-succeeded': 'applied',
  },
  applying: { 'apply-succeeded': 'applied', 'apply-failed': 'failed', 'grant-ended': 'failed' },
  applied: {},
  failed: {},
  'no-changes': {},
  superseded: {},
  expired: {},
  cancelled: {},
  refused: {},
};

const keyOf = (event: PlanEvent): TransitionKey =>
  event.kind === 'decided' ? `decided:${event.verdict}` : event.kind;

/** The state after `event`, or a `conflict` that names both. */
export function advance(state: PlanState, event: PlanEvent): Result<PlanState, Problem> {
  const next = TRANSITIONS[state][keyOf(event)];
  return next === undefined ? err(impossible(state, event)) : ok(next);
}

/** Whether nothing can happen to the plan any more. */
export const isFinal = (state: PlanState): boolean => Object.keys(TRANSITIONS[state]).length === 0;

/** Whether credentials for this plan may be out in the world. */
export const isInFlight = (state: PlanState): boolean => state === 'granted' || state === 'applying';

/** States in which an approval or a rejection still means something. */
export const isOpenForDecision = (state: PlanState): boolean =>
  state === 'reviewed' || state === 'awaiting-approval' || state === 'approved';

/** What happens to a plan, as the end of a sentence. */
const HAPPENING: Readonly<Record<PlanEvent['kind'], { readonly en: string; readonly ja: string }>> = {
  reviewed: text('reviewed', 'レビュー'),
  'found-empty': text('found to change nothing', '変更なしと判定'),
  decided: text('decided about', '判定'),
  rejected: text('rejected', '却下'),
  'grant-begun': text('granted', 'グラントの発行を開始'),
  'grant-failed': text('given back by a failed grant', 'グラントの失敗を記録'),
  'grant-abandoned': text('given up with its grant', 'グラントの放棄を記録'),
  'grant-ended': text('ended with its grant', 'グラントの終了を記録'),
  'file-fetched': text('fetched', 'プランファイルを取得'),
  'apply-succeeded': text('reported as applied', '適用の成功を報告'),
  'apply-failed': text('reported as failed', '適用の失敗を報告'),
  superseded: text('superseded', '新しいプランで置き換え'),
  expired: text('expired', '期限切れに'),
  cancelled: text('cancelled', 'キャンセル'),
};

const impossible = (state: PlanState, event: PlanEvent): Problem =>
  problem('conflict', {
    rule: 'plan.state',
    message: text(
      `The plan is ${state}: it can no longer be ${HAPPENING[event.kind].en}.`,
      `プランの状態は ${state} です。この状態では${HAPPENING[event.kind].ja}できません。`,
    ),
    remedy: isFinal(state)
      ? text(
          'Make a new plan: an approval of the same meaning stays valid until it is used.',
          '新しくプランを作成してください。同じ内容への承認は、使われるまで有効です。',
        )
      : text('Look at the plan’s history with `sekisho show`.', '`sekisho show` で履歴を確認してください。'),
  });
