import { z } from 'zod';
import type { StepOrder } from './inputs.ts';

/*
 * What the step and the process that does its work say to each other, on a channel that no child of theirs has. `at` is the length of
 * what was printed before, in bytes: so everything stands in its order, and nothing printed can pass for a message.
 */

const at = z.int().nonnegative();

export const said = z.discriminatedUnion('kind', [
  /** To be masked before anything else happens; answered by `masked`. */
  z.object({ kind: z.literal('secret'), id: z.int(), value: z.string() }),
  z.object({ kind: z.literal('begins'), at, verb: z.string(), directory: z.string() }),
  z.object({ kind: z.literal('ended'), at }),
  z.object({
    kind: z.literal('problem'),
    at,
    title: z.string(),
    message: z.string(),
    file: z.string().optional(),
    line: z.int().optional(),
  }),
  z.object({ kind: z.literal('notice'), at, title: z.string(), message: z.string() }),
]);

export type Said = z.infer<typeof said>;

export type Told =
  | { readonly kind: 'order'; readonly order: StepOrder; readonly folder: string }
  | { readonly kind: 'masked'; readonly id: number };
