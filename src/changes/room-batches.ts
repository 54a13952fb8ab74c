import type { Result } from '#core-values';
import { inBatches } from '#platform';
import type { ChangesRoom } from './room.ts';

/**
 * What comes to a room at the same time is worked on together: a few statements, one commit and one turn at the log for all of it.
 * `work` must be one transaction or only read, for what fails together is tried again one by one.
 */
export function inRoomBatches<Item, Answer>(
  work: (room: ChangesRoom, items: readonly Item[]) => Promise<readonly Answer[]>,
  apart?: (item: Item) => string,
): (room: ChangesRoom, item: Item) => Promise<Answer> {
  const queues = new WeakMap<ChangesRoom, (item: Item) => Promise<Answer>>();
  const queueOf = (room: ChangesRoom): ((item: Item) => Promise<Answer>) => {
    const known = queues.get(room);
    if (known !== undefined) return known;
    const queue = inBatches((items: readonly Item[]) => work(room, items), apart);
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
