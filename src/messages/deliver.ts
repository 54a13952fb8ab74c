import { findAuditEntry } from '#audit';
import { parseAuditEntryId, parsePlanId, type Result } from '#core-values';
import { inTransaction } from '#platform';
import { GIVE_UP_MS, isStillTrue, messageOf, type NewsFacts, newsOf, nextTry } from './core/index.ts';
import type { MessagesRoom, Reachable } from './room.ts';
import type { Delivered, NotDelivered } from './sender.ts';
import {
  countFailure,
  leaseDestination,
  prolongLease,
  releaseDestination,
  restDestination,
} from './store/destinations.ts';
import { endMessage, keepThread, nextMessage, type OpenMessage } from './store/messages.ts';

/** So that one destination with much to hear does not hold up the rest of the round for long. */
const AT_ONCE = 20;

/** Sends what is due; one replica at a time to each destination, side by side to different ones. */
export async function deliver(room: MessagesRoom): Promise<void> {
  await Promise.all(room.destinations.map((reachable) => deliverTo(room, reachable)));
}

async function deliverTo(room: MessagesRoom, reachable: Reachable): Promise<void> {
  const { name } = reachable.destination;
  const first = await nextMessage(room.db, name);
  if (first === undefined || !(await leaseDestination(room.db, name, room.clock.now()))) return;
  let goesOn = true;
  for (let count = 0; count < AT_ONCE && goesOn; count += 1) {
    // Looked for again: while the lease was another's, it may have been sent.
    const next = await nextMessage(room.db, name);
    goesOn = next !== undefined && (await handle(room, reachable, next));
  }
  await releaseDestination(room.db, name);
}

/** Whether the next one may be tried. */
async function handle(room: MessagesRoom, reachable: Reachable, open: OpenMessage): Promise<boolean> {
  const { destination, sender } = reachable;
  const now = room.clock.now();
  if (now - open.madeAt >= GIVE_UP_MS) {
    const why = 'It could not be delivered for a day.';
    await inTransaction(room.db, (tx) => endMessage(tx, open.id, { ending: 'too-old', at: now, why }));
    room.undelivered({ destination: destination.name, ending: 'too-old', why });
    return true;
  }
  const facts = await factsOf(room, reachable, open);
  if (facts === undefined || !isStillTrue(facts)) {
    await inTransaction(room.db, (tx) => endMessage(tx, open.id, { ending: 'no-longer-true', at: now }));
    return true;
  }
  const outcome = await sender.send({
    facts,
    message: messageOf(facts, destination.language),
    id: `${destination.name}.${open.position}`,
    thread: open.thread,
    ...(open.reference === undefined ? {} : { threadReference: open.reference }),
  });
  return settle(room, reachable, open, outcome);
}

async function settle(
  room: MessagesRoom,
  { destination: { name } }: Reachable,
  open: OpenMessage,
  outcome: Result<Delivered, NotDelivered>,
): Promise<boolean> {
  const at = room.clock.now();
  if (outcome.ok) {
    const { reference } = outcome.value;
    await inTransaction(room.db, async (tx) => {
      await endMessage(tx, open.id, { ending: 'sent', at });
      if (reference !== undefined)
        await keepThread(tx, { destination: name, thread: open.thread, reference });
      await prolongLease(tx, name, at);
    });
    return true;
  }
  const { again, why, afterMs } = outcome.error;
  room.undelivered({ destination: name, ending: again === 'never' ? 'refused' : 'later', why: why.en });
  if (again === 'never') {
    await inTransaction(room.db, (tx) => endMessage(tx, open.id, { ending: 'refused', at, why: why.en }));
    return true;
  }
  await inTransaction(room.db, async (tx) => {
    const attempts = await countFailure(tx, name);
    const until = nextTry(at, attempts, room.dice(), afterMs);
    await restDestination(tx, name, { attempts, until, why });
  });
  return false;
}

/** What the message says, as things are now. */
async function factsOf(
  room: MessagesRoom,
  { destination }: Reachable,
  { position }: OpenMessage,
): Promise<NewsFacts | undefined> {
  const id = parseAuditEntryId(String(position));
  const found = id === undefined ? undefined : await findAuditEntry(room.db, id);
  if (found === undefined || !found.ok) return undefined;
  const entry = found.value.record;
  const news = newsOf(entry);
  if (news === undefined) return undefined;
  const planId = news.plan === undefined ? undefined : parsePlanId(news.plan);
  const plan = planId === undefined ? undefined : await room.planDetails(planId, destination.language);
  const stack = news.stack === undefined ? undefined : room.stack(news.stack);
  return {
    news,
    entry,
    ...(plan === undefined ? {} : { plan }),
    ...(stack === undefined ? {} : { environment: stack.environment }),
  };
}
