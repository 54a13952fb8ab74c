import { z } from 'zod';
import { DENIERS, SESSION_VERDICTS } from '#credentials/core';

/** Text of others, of which everything can be seen. */
const visible = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^[^\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]+$/u);

/** A call that AWS refused, as the job read it from Terraform's output. */
export const deniedCall = z.strictObject({
  action: z
    .string()
    .regex(/^[a-z0-9-]{1,63}:[A-Za-z0-9]{1,128}$/)
    .exactOptional(),
  named: z.boolean(),
  service: z
    .string()
    .regex(/^[\w .-]{1,64}$/)
    .exactOptional(),
  operation: z
    .string()
    .regex(/^\w{1,128}$/)
    .exactOptional(),
  resource: visible(2_048).exactOptional(),
  address: visible(1_024).exactOptional(),
  by: z.enum(DENIERS),
  explicit: z.boolean(),
});

/** With a report of a failed apply; what is left out turns up in the next one. */
export const deniedCalls = z.array(deniedCall).min(1).max(20);

/** As kept with the plan's history: beside it, what the grant's own session policy says of the call. */
export const keptDenials = z.array(deniedCall.extend({ session: z.enum(SESSION_VERDICTS) }));

export type KeptDenial = z.infer<typeof keptDenials>[number];

/** For people, in their language. */
export const denialAnswer = z.object({
  action: z.string().optional(),
  named: z.boolean(),
  operation: z.string().optional(),
  resource: z.string().optional(),
  address: z.string().optional(),
  by: z.enum(DENIERS),
  diagnosis: z.string(),
  remedy: z.string(),
  /** Whether `sekisho needs add --plan` adds it. */
  addable: z.boolean(),
  /** Why not, where a wider session policy could have helped. */
  whyNot: z.string().optional(),
});

export type DenialAnswer = z.infer<typeof denialAnswer>;
