import type { Result, Text } from '#core-values';
import type { Message, NewsFacts } from './core/index.ts';

/** One message on its way. */
export interface Outgoing {
  readonly facts: NewsFacts;
  readonly message: Message;
  /** The same each time that it is sent: receivers tell a repetition by it. Letters, digits, dots and hyphens. */
  readonly id: string;
  /** What belongs together, in our words. */
  readonly thread: string;
  /** What the other side called the thread when it began. */
  readonly threadReference?: string;
}

export interface Delivered {
  /** What the other side calls this message, where later ones of the thread can be put below it. */
  readonly reference?: string;
}

export interface NotDelivered {
  /** `never`: the same again would fail again. */
  readonly again: 'later' | 'never';
  /** Never a secret, a token in an address included. */
  readonly why: Text;
  /** Not before: what the other side asked for. */
  readonly afterMs?: number;
}

/** A way to reach people. At least once: what is sent as the process dies is sent again, with the same id. */
export interface Sender {
  send(outgoing: Outgoing): Promise<Result<Delivered, NotDelivered>>;
}
