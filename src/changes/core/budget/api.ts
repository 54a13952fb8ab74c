import { z } from 'zod';
import { formatTime, type JsonObject } from '#core-values';
import type { BudgetStand } from './stand.ts';

/** An SLO that the change could hurt. */
export const budgetAnswer = z.object({
  slo: z.string(),
  service: z.string(),
  stand: z
    .enum(['left', 'spent', 'stale', 'not-measured'])
    .describe('stale: its figures are too old to say anything; not-measured: nothing was ever counted'),
  remainingPpm: z.number().optional().describe('Of the whole budget; below 0 when overspent'),
  burning: z.boolean().describe('An alert that pages fires'),
  upTo: z.iso.datetime().optional().describe('Until when everything was counted'),
});

/** Worst first; absent where the stack names no services, or nothing can be decided any more. */
export const budgetsAnswer = z
  .object({
    services: z.array(z.string()).describe('As sekisho.yaml names them for the stack'),
    slos: z.array(budgetAnswer),
    unread: z.string().optional().describe('Why they could not be read: nothing is applied until they can'),
  })
  .optional()
  .describe('The error budgets that the change could hurt, worst first');

export type BudgetsAnswer = NonNullable<z.infer<typeof budgetsAnswer>>;

export const budgetAnswerOf = (stand: BudgetStand) => ({
  ...{ slo: stand.slo, service: stand.service, stand: stand.stand, burning: stand.burning },
  ...('ppm' in stand ? { remainingPpm: stand.ppm } : {}),
  ...(stand.upTo === undefined ? {} : { upTo: formatTime(stand.upTo) }),
});

/** As the audit log keeps them with a decision. */
export const budgetEvidence = (stands: readonly BudgetStand[]): JsonObject =>
  stands.length === 0 ? {} : { budgets: stands.slice(0, MOST_KEPT).map(budgetAnswerOf) };

const MOST_KEPT = 50;
