import { z } from 'zod';
import { ENVIRONMENTS } from '#core-values';
import { planAnswer } from './api.ts';

const time = z.iso.datetime();
const planInOverview = planAnswer.extend({ stateWords: z.string() });

/** What a person sees first. */
export const overviewAnswer = z.object({
  waitsForMe: z.object({
    plans: z.array(planInOverview),
    more: z.boolean().describe('There is more: `GET /v1/plans?waitingFor=me`'),
  }),
  waiting: z.number().describe('Plans that wait for anybody’s approval'),
  running: z.array(planInOverview).describe('For which credentials may be out'),
  recent: z
    .array(
      z.object({
        at: time,
        what: z.enum(['plan-failed', 'plan-refused', 'request-refused']),
        words: z.string().describe('Why, where that was kept'),
        stack: z.string().optional(),
        plan: z.string().optional(),
        byWhom: z.string(),
        auditEntry: z.string().optional(),
      }),
    )
    .describe('What failed or was refused within a week, newest first'),
  accounts: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      environment: z.enum(ENVIRONMENTS),
      frozen: z.boolean(),
      stacks: z.number(),
      waiting: z.number(),
      running: z.number(),
      drifted: z.number(),
    }),
  ),
});

export type Overview = z.infer<typeof overviewAnswer>;
