import type { Transaction } from 'kysely';
import type { Result } from '#core-values';
import { inBatches } from '#platform';
import type { ChangesRoom } from './room.ts';

type Work<Item, Answer> = (
  room: ChangesRoom,
  tx: Transaction<object>,
  items: readonly Item[],
) => Promise<readonly Answer[]>;

/**
 * What comes at the same time is worked on in one transaction of the room: a few statements, one commit and one turn at the log
 * for all of it. `work` must do nothing outside the database.
 */
export function inRoomBatches<Item, Answer>(
  work: Work<Item, Answer>,
  apart?: (item: Item) => string,
): (room: ChangesRoom, item: Item) => Promise<Answer> {
  const queues = new WeakMap<ChangesRoom, (item: Item) => Promise<Answer>>();
  const queueOf = (room: ChangesRoom): ((item: Item) => Promise<Answer>) => {
    const known = queues.get(room);
    if (known !== undefined) return known;
    const queue = inBatches(
      (items: readonly Item[]) => room.inTransaction((tx) => work(room, tx, items)),
      apart,
    );
    queues.set(room, queue);
    return queue;
  };
  return (room, item) => queueOf(room)(item);
}

/** Goes on with what went well so far, all of it at once; what did not stays as it is, in its place. */
export async function goOnTogether<Before, After, Failure>(
  results: readonly Result<Before, Failure>[],
  work: (values: readonly Before[]) => Promise<readonly Result<After, Failure>[]>,
): Promise<readonly Result<After, Failure>[]> {
  const values = results.flatMap((result) => (result.ok ? [result.value] : []));
  const answers = (values.length === 0 ? [] : await work(values)).values();
  return results.map((result) => {
    if (!result.ok) return result;
    const answer = answers.next();
    if (answer.done === true) throw new Error('Not everything was answered.');
    return answer.value;
  });
}
