import type { Json } from '../src/core-values/index.ts';

/** Every string in a value, keys left out. */
export function* stringsIn(value: Json | undefined): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (value !== null && typeof value === 'object') {
    for (const one of Object.values(value)) yield* stringsIn(one);
  }
}
