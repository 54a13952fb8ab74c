/** Lets at most so many work at once; who comes later waits for its turn, in order. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>;

export function turns(most: number): Turns {
  let busy = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    // The turn is handed over by who ends, so nobody slips in between.
    if (busy >= most) await new Promise<void>((go) => waiting.push(go));
    else busy += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) busy -= 1;
      else next();
    }
  };
}
