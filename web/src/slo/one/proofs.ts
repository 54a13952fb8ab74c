import type { ObjectiveDetail } from '../queries.ts';
import { messages } from './messages.ts';

/** What so many events prove of an objective. */
export const PROOFS = {
  kept: messages.surelyKept,
  missed: messages.surelyMissed,
  open: messages.tooFew,
} as const satisfies Record<ObjectiveDetail['sli']['proof'], unknown>;
