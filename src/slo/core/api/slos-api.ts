import { z } from 'zod';
import { correctionAnswer } from './corrections-api.ts';
import { incidentAnswer } from './incidents-api.ts';
import * as part from './parts.ts';

/** One objective of an SLO; most SLOs have one. */
const objectiveAnswer = z.object({
  displayName: z.string().optional(),
  targetPpm: z.number(),
  compared: z
    .object({ op: z.enum(['lte', 'gte', 'lt', 'gt']), value: z.number() })
    .optional()
    .describe('Of metrics of other systems: good when they compare so'),
  window: z.object({
    kind: z.enum(['rolling', 'calendar']),
    minutes: z.number().describe('Its length; a calendar’s nominal one, a month as 30 days'),
    every: z
      .object({ unit: z.enum(['day', 'week', 'month', 'quarter', 'year']), count: z.number() })
      .optional()
      .describe('Only of calendars'),
    timeZone: z.string().optional().describe('Only of calendars'),
    from: part.time.describe('Of the window that counts now'),
    to: part.time.describe('A calendar’s end lies ahead'),
  }),
  slices: z
    .object({
      minutes: z.number(),
      targetPpm: z.number().describe('The share of a slice’s events that makes it good'),
      empty: z.enum(['good', 'bad', 'not-judged']).describe('What a slice without events counts as'),
      numbers: z
        .object({ good: z.number(), bad: z.number(), empty: z.number(), leftOut: z.number() })
        .describe('Slices of the window so far'),
    })
    .optional()
    .describe('Slices of time are judged instead of events'),
  sli: part.counts.extend({
    ppm: z.number().optional().describe('good of total, rounded down; missing without events'),
    proof: part.proof,
  }),
  budget: part.budget,
  burns: z
    .array(
      z.object({
        minutes: z.number(),
        burn: part.burn,
        corrected: part.burn.describe('As if the traffic had come evenly'),
      }),
    )
    .describe('Over the windows of the alerts, the shortest first'),
  alerts: z.array(part.alert),
  eventsToProve: z
    .number()
    .optional()
    .describe(
      'So many events without more bad ones would prove the objective at 95 %; missing where none would',
    ),
});

const sloAnswer = z.object({
  name: z.string(),
  displayName: z.string().optional(),
  description: z.string().optional(),
  service: z.string(),
  indicator: z.object({
    kind: z.enum(['requests', 'screen', 'freshness', 'downtime', 'queries']),
    screen: z.string().optional(),
    routes: z.array(z.string()).optional().describe('None: all requests'),
    system: z.string().optional().describe('Prometheus, CloudWatch, Mackerel …'),
    dataset: z.string().optional(),
  }),
  data: part.dataState,
  burning: z.boolean().describe('An alert of it fires now'),
  incident: incidentAnswer.optional().describe('The one that is open'),
  objectives: z.array(objectiveAnswer.extend({ sparkline: part.budgetLine })),
});

/** `GET /v1/slos` */
export const slosAnswer = z.object({
  state: z
    .enum(['ok', 'no-definitions', 'not-kept'])
    .describe('no-definitions: no SLO is defined; not-kept: this server keeps no SLOs'),
  folder: z.string().optional().describe('Where definitions are read from'),
  problem: z
    .object({ message: z.string(), remedy: z.string() })
    .optional()
    .describe('The newest definitions are wrong; those before still hold'),
  at: part.time,
  services: z.array(
    z.object({
      name: z.string(),
      displayName: z.string().optional(),
      description: z.string().optional(),
      stacks: z.array(z.string()).describe('Of sekisho.yaml, that name this service'),
      worstRemainingPpm: z.number().optional().describe('Of all objectives; missing where none is known'),
      burning: z.boolean(),
      slos: z.array(sloAnswer),
    }),
  ),
});

export const sloQuery = z.object({
  from: part.time.optional().describe('Default: the begin of the window'),
  to: part.time.optional().describe('Default: now'),
});

const changeOnTimeLine = z.object({
  at: part.time,
  stack: z.string(),
  plan: z.string(),
  outcome: z.enum(['applied', 'failed']),
});

/** `GET /v1/slos/{name}?from&to`; 404 `slo.unknown`. */
export const sloDetailAnswer = z.object({
  slo: sloAnswer.omit({ objectives: true }),
  from: part.time,
  to: part.time,
  definition: z.string().describe('YAML, as it is read'),
  objectives: z.array(
    objectiveAnswer.extend({
      sli: objectiveAnswer.shape.sli.extend({ interval: part.interval }),
      hours: part.countLine.describe('Corrections applied; judged slices where slices are'),
      burnDown: part.budgetLine,
      firing: z
        .array(z.object({ severity: part.severity, alert: z.number(), from: part.time, to: part.time }))
        .describe('When alerts fired within from and to; `alert` is its place in alerts'),
    }),
  ),
  incidents: z.array(incidentAnswer).describe('Within from and to, newest first'),
  corrections: z.array(correctionAnswer).describe('That touch from and to; undone ones too'),
  changes: z.array(changeOnTimeLine).describe('Applied to stacks of the service, newest first'),
  customers: z
    .array(
      z.object({
        customer: z.string(),
        ...part.counts.shape,
        ppm: z.number().optional(),
        interval: part.interval,
        proof: part.proof,
        budget: part.budget.describe('As if the objective was promised to this customer alone'),
      }),
    )
    .describe('Of the first objective’s window; who lost most first'),
  moreCustomers: z.number().describe('That are not listed'),
});

export type SlosAnswer = z.infer<typeof slosAnswer>;
export type SloAnswer = z.infer<typeof sloAnswer>;
export type SloDetailAnswer = z.infer<typeof sloDetailAnswer>;
export type ObjectiveAnswer = z.infer<typeof objectiveAnswer>;
export type BudgetAnswer = z.infer<typeof part.budget>;
