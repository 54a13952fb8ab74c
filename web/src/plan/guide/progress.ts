import type { PlanSummary } from '../queries.ts';

/** How far a first approval has come: which steps are done, which is next, and how it ended. */
export interface Progress {
  readonly done: number;
  readonly end?: 'applied' | 'failed' | 'over';
}

const DECIDED = 3;
const ALL = 4;

const PROGRESS: Readonly<Record<PlanSummary['state'], Progress>> = {
  planned: { done: 0 },
  reviewed: { done: 0 },
  'awaiting-approval': { done: 0 },
  approved: { done: DECIDED },
  granted: { done: DECIDED },
  applying: { done: DECIDED },
  applied: { done: ALL, end: 'applied' },
  failed: { done: DECIDED, end: 'failed' },
  refused: { done: 0, end: 'over' },
  'no-changes': { done: 0, end: 'over' },
  superseded: { done: 0, end: 'over' },
  expired: { done: 0, end: 'over' },
  cancelled: { done: 0, end: 'over' },
};

export const progressOf = (state: PlanSummary['state']): Progress => PROGRESS[state];
