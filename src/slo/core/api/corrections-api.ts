import { z } from 'zod';
import * as part from './parts.ts';

/** Time that is left out of budgets, good and bad alike: an announced maintenance. Never changed; undone by a second entry. */
export const correctionAnswer = z.object({
  id: z.string(),
  of: z.object({ kind: z.enum(['slo', 'service']), name: z.string() }).describe('A service: all its SLOs'),
  from: part.time.describe('Whole minutes'),
  to: part.time,
  reason: z.string(),
  at: part.time.describe('When it was made'),
  byWhom: z.string(),
  undone: z.object({ at: part.time, byWhom: z.string(), reason: z.string() }).optional(),
});

/** `GET /v1/slo/corrections?slo`: newest first. */
export const correctionsQuery = z.object({ slo: part.sloName.optional() });

export const correctionsAnswer = z.object({
  corrections: z.array(correctionAnswer).describe('500 at most'),
  mayCorrect: z.boolean().describe('The policy lets you make and undo corrections'),
});

/** `POST /v1/slo/corrections` */
export const correctionRequest = z.strictObject({
  of: z.strictObject({ kind: z.enum(['slo', 'service']), name: part.sloName }),
  from: part.time.describe('On a whole minute'),
  to: part.time.describe('On a whole minute'),
  reason: part.reasonGiven,
});

/** `POST /v1/slo/corrections/{id}/undo`, as other removals of this API: a reason does not belong into an address. */
export const undoRequest = z.strictObject({ reason: part.reasonGiven });

export const correctionChanged = z.object({ correction: correctionAnswer });

export type CorrectionAnswer = z.infer<typeof correctionAnswer>;
