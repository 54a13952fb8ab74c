import type { MessageDestination } from '#accounts/core';
import type { PlanAnswer, PlanDetails } from '#changes/core';
import type { Clock, Language, PlanId } from '#core-values';
import type { Db } from '#platform';
import type { StackFacts } from './core/index.ts';
import type { Sender } from './sender.ts';

/** What the use-cases of this room stand on; `main/` puts it together. */
export interface MessagesRoom {
  readonly db: Db;
  readonly clock: Clock;
  /** In [0, 1): pauses differ by it. */
  readonly dice: () => number;
  /** As configured now; `undefined` for a stack that is not there any more. */
  readonly stack: (name: string) => StackFacts | undefined;
  readonly destinations: readonly Reachable[];
  /** `undefined` for a plan that is not there. */
  readonly plan: (id: PlanId) => Promise<PlanAnswer | undefined>;
  /** As it is now; `undefined` where it cannot be shown. */
  readonly planDetails: (id: PlanId, language: Language) => Promise<PlanDetails | undefined>;
  /** What could not be delivered: for the server's own log. */
  readonly undelivered: (event: Undelivered) => void;
}

export interface Reachable {
  readonly destination: MessageDestination;
  readonly sender: Sender;
}

export interface Undelivered {
  readonly destination: string;
  readonly ending: 'refused' | 'too-old' | 'later';
  readonly why: string;
}
