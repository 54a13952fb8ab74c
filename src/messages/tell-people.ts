import { epochMs } from '#core-values';
import { collect } from './collect.ts';
import { deliver } from './deliver.ts';
import type { MessagesRoom } from './room.ts';
import { forgetMessages } from './store/messages.ts';

/** One round: what the log gained becomes messages, and what is due is sent. Safe to run on every replica, as often as wanted. */
export async function tellPeople(room: MessagesRoom): Promise<void> {
  let hasMore = true;
  while (hasMore) hasMore = await collect(room);
  await deliver(room);
}

/** Longer than "the same news" lasts. */
const KEPT_MS = 30 * 24 * 3_600_000;

export const forgetOldMessages = (room: MessagesRoom): Promise<void> =>
  forgetMessages(room.db, epochMs(room.clock.now() - KEPT_MS));
