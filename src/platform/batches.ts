interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (cause: unknown) => void;
}

/** More would make the first of a batch wait for the last for longer than it saves. */
const MOST_AT_ONCE = 32;

/**
 * Works on many items at once when many come at once: what arrives while a batch is under way waits for it and becomes
 * the next one. An item alone is worked on at once. `work` answers in the order of the items, or throws for all of them;
 * then each is tried by itself, so that one does not fail another. `work` must therefore undo what it did when it throws.
 * Items with the same `apart` never come into one batch.
 */
export function inBatches<Item, Answer>(
  work: (items: readonly Item[]) => Promise<readonly Answer[]>,
  apart?: (item: Item) => string,
): (item: Item) => Promise<Answer> {
  const waiting: Waiting<Item, Answer>[] = [];
  let isWorking = false;

  const settle = async (batch: readonly Waiting<Item, Answer>[]): Promise<void> => {
    try {
      const answers = await work(batch.map(({ item }) => item));
      if (answers.length !== batch.length) throw new Error('A batch was not answered item by item.');
      answers.forEach((answer, index) => {
        batch[index]?.resolve(answer);
      });
    } catch (cause) {
      if (batch.length === 1) batch[0]?.reject(cause);
      else for (const one of batch) await settle([one]);
    }
  };
  const drain = async (): Promise<void> => {
    isWorking = true;
    while (waiting.length > 0) await settle(takeBatch(waiting, apart));
    isWorking = false;
  };
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!isWorking) void drain();
    });
}

/** Takes the first of them, and leaves those that must stay apart from one that was taken. */
function takeBatch<Item, Answer>(
  waiting: Waiting<Item, Answer>[],
  apart: ((item: Item) => string) | undefined,
): readonly Waiting<Item, Answer>[] {
  if (apart === undefined) return waiting.splice(0, MOST_AT_ONCE);
  const batch = new Map<string, Waiting<Item, Answer>>();
  for (const one of waiting) {
    const key = apart(one.item);
    if (!batch.has(key)) batch.set(key, one);
    if (batch.size === MOST_AT_ONCE) break;
  }
  const taken = new Set(batch.values());
  waiting.splice(0, waiting.length, ...waiting.filter((one) => !taken.has(one)));
  return [...taken];
}
