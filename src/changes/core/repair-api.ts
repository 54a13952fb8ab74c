import { z } from 'zod';

const time = z.iso.datetime();

/** A plan's mark as a repair, in force; whether it counts now is `counts`. */
export const repairAnswer = z
  .object({
    reason: z.string().describe('As it was signed'),
    by: z.string(),
    at: time,
    agreedBy: z.string().optional(),
    agreedAt: time.optional(),
    counts: z.boolean().describe('The policy is told that it is a repair, and agreed to'),
    why: z.string().optional().describe('Why the mark, or the agreement, does not count'),
  })
  .optional()
  .describe('Somebody marked the plan as a repair');

export type RepairAnswer = NonNullable<z.infer<typeof repairAnswer>>;
