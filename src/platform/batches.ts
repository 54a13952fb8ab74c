interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (cause: unknown) => void;
}

/** More would make the first of a batch wait for the last for longer than it saves. */
const MOST_AT_ONCE = 32;

/** While a batch waits for the database, the processor is free for another one; a third would only make all of them smaller. */
const MOST_BATCHES = 2;

/** Fewer are not worth a batch of their own beside the one that is under way. */
const LEAST_BESIDE = 12;

/**
 * Works on many items at once when many come at once: what arrives while a batch is under way waits for it and becomes
 * the next one, or the second one beside it when it is enough for one. An item alone is worked on at once. `work` answers in the order
 * of the items, or throws for all of them; then each is tried by itself, so that one does not fail another. `work` must therefore undo
 * what it did when it throws. Items with the same `apart` are never worked on at the same time.
 */
export function inBatches<Item, Answer>(
  work: (items: readonly Item[]) => Promise<readonly Answer[]>,
  apart?: (item: Item) => string,
): (item: Item) => Promise<Answer> {
  let waiting: readonly Waiting<Item, Answer>[] = [];
  const underWay = new Set<readonly Waiting<Item, Answer>[]>();

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
  const nextBatch = (): readonly Waiting<Item, Answer>[] => {
    if (apart === undefined) return waiting.slice(0, MOST_AT_ONCE);
    const taken = new Set([...underWay].flat().map(({ item }) => apart(item)));
    const batch: Waiting<Item, Answer>[] = [];
    for (const one of waiting) {
      if (batch.length === MOST_AT_ONCE) break;
      const key = apart(one.item);
      if (taken.has(key)) continue;
      taken.add(key);
      batch.push(one);
    }
    return batch;
  };
  const begin = (): void => {
    const least = underWay.size === 0 ? 1 : LEAST_BESIDE;
    if (underWay.size === MOST_BATCHES || waiting.length < least) return;
    const batch = nextBatch();
    if (batch.length < least) return;
    const taken = new Set(batch);
    waiting = waiting.filter((one) => !taken.has(one));
    underWay.add(batch);
    void settle(batch).then(() => {
      underWay.delete(batch);
      begin();
    });
    begin();
  };
  return (item) =>
    new Promise((resolve, reject) => {
      waiting = [...waiting, { item, resolve, reject }];
      begin();
    });
}
