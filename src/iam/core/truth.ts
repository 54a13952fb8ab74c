/**
 * Kleene's three values. `yes` and `no` hold whatever the missing facts turn out to be; `unknown` waits for them.
 * Sound but not complete: `unknown` may stand where every filling-in would lead to the same answer.
 */
export type Truth = 'yes' | 'no' | 'unknown';

export const truth = (value: boolean): Truth => (value ? 'yes' : 'no');

export const not = (value: Truth): Truth => (value === 'yes' ? 'no' : value === 'no' ? 'yes' : 'unknown');

export function and(...values: readonly Truth[]): Truth {
  let result: Truth = 'yes';
  for (const value of values) {
    if (value === 'no') return 'no';
    if (value === 'unknown') result = 'unknown';
  }
  return result;
}

export function or(...values: readonly Truth[]): Truth {
  let result: Truth = 'no';
  for (const value of values) {
    if (value === 'yes') return 'yes';
    if (value === 'unknown') result = 'unknown';
  }
  return result;
}

/** `or` over a list, asked only as long as needed. */
export function anyOf<T>(items: Iterable<T>, ask: (item: T) => Truth): Truth {
  let result: Truth = 'no';
  for (const item of items) {
    const answer = ask(item);
    if (answer === 'yes') return 'yes';
    if (answer === 'unknown') result = 'unknown';
  }
  return result;
}

/** `and` over a list, asked only as long as needed. */
export function allOf<T>(items: Iterable<T>, ask: (item: T) => Truth): Truth {
  let result: Truth = 'yes';
  for (const item of items) {
    const answer = ask(item);
    if (answer === 'no') return 'no';
    if (answer === 'unknown') result = 'unknown';
  }
  return result;
}

/** The common answer of two ways that things may be, or `unknown`. */
export const agreed = (one: Truth, other: Truth): Truth => (one === other ? one : 'unknown');
