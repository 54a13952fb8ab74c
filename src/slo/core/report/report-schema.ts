import { z } from 'zod';
import * as part from '../api/parts.ts';
import { sloDetailAnswer } from '../api/slos-api.ts';
import { LINE_FAULTS } from '../logs/parser.ts';

/*
 * What `sekisho slo report --format json` writes. Units as in the API: `…Ppm` parts per million, times ISO 8601 in UTC, counts whole. What
 * is missing is not known or makes no sense there. Whatever changes the meaning of a key changes the version.
 */

const span = z.strictObject({ from: part.time, to: part.time });
const ways = z.strictObject({
  'page-view-id': z.number(),
  trace: z.number(),
  referer: z.number(),
  client: z.number(),
  alone: z.number(),
});

const log = z.strictObject({
  name: z.string(),
  compression: z.enum(['none', 'gzip', 'zstd']),
  format: z.string().optional().describe('Found by content, or as it was given; missing for an empty log'),
  told: z.array(z.string()).optional().describe('What its lines tell; without duration there is no latency'),
  lines: z.number(),
  requests: z.number(),
  skipped: z.number().describe('Headers, comments, blank lines'),
  unparsed: z.number(),
  problem: z
    .strictObject({ rule: z.string(), message: z.string(), remedy: z.string() })
    .optional()
    .describe('It could not be read, or not to its end; the counts are those before'),
});

const logs = z.strictObject({
  files: z.array(log),
  lines: z.number().describe('requests + skipped + unparsed.total'),
  requests: z.number(),
  skipped: z.number(),
  unparsed: z.strictObject({
    total: z.number(),
    reasons: z.strictObject(
      Object.fromEntries(LINE_FAULTS.map((fault) => [fault, z.number()])) as Record<
        (typeof LINE_FAULTS)[number],
        z.ZodNumber
      >,
    ),
    first: z
      .array(z.strictObject({ file: z.string(), line: z.number(), reason: z.enum(LINE_FAULTS) }))
      .describe('Of each reason the first 20 of each file. Never what stands in them'),
  }),
  outside: z
    .strictObject({ before: z.number(), after: z.number() })
    .describe('Requests before --from; from --to on, or of a time that is yet to come'),
  twins: z
    .array(z.tuple([z.string(), z.string()]))
    .describe('Logs that begin alike: most likely the same requests, counted twice'),
});

const screenRequests = z.strictObject({
  placed: z.number().describe('Part of a view'),
  unplaced: z.number().describe('Of a route of a screen, but of no view that was open'),
  elsewhere: z.number().describe('Of no screen'),
  late: z.number().describe('Came when the views of their time had been judged: not counted in views'),
});

const screen = z.strictObject({
  name: z.string(),
  displayName: z.string().optional(),
  service: z.string(),
  views: z.number().describe('Judged: neither abandoned nor a bot’s'),
  good: z.number(),
  abandoned: z.number(),
  bots: z.number(),
  ways: ways.describe('Judged views by the weakest way that put them together'),
  surePpm: z.number().optional().describe('Views that could not have been put together otherwise'),
  incompletePpm: z.number().optional().describe('Views that lack a required request'),
  unmeasuredPpm: z.number().optional().describe('Views with a request whose time is not told'),
});

const blame = z.strictObject({
  lost: z.number().describe('Bad views: the sum of all `alone` and all `shared`'),
  requests: z.array(
    z.strictObject({
      request: z.string().describe('Its routes, as the screen has them'),
      alone: z.number().describe('Bad views due to it and nothing else'),
      givesBack: z.number().describe('Views that would be good had it been perfect'),
      ofLostPpm: z.number().optional(),
      remainingPpm: z.number().optional().describe('Of the budget, as it would be'),
    }),
  ),
  shared: z.array(
    z.strictObject({
      kind: z.enum(['either', 'together']),
      requests: z.array(z.string()).describe('None where there were too many groups to name them'),
      views: z.number(),
    }),
  ),
});

const detail = sloDetailAnswer.shape;
const objective = detail.objectives.element.omit({ hours: true }).extend({
  covered: span.optional().describe('The part of the window that the logs tell of; missing without requests'),
  customers: detail.customers.describe('Who lost most first'),
  moreCustomers: z.number(),
  blame: blame.optional().describe('Only of screens, and of views (not of slices)'),
});

const slo = z.strictObject({
  name: z.string(),
  displayName: z.string().optional(),
  service: z.string(),
  indicator: detail.slo.shape.indicator,
  objectives: z.array(objective),
});

export const sloReportSchema = z.strictObject({
  version: z.literal(1),
  from: part.time.optional().describe('When the first request began; missing without any'),
  to: part.time.optional().describe('The minute up to which all is judged; the end of every rolling window'),
  logs,
  screenRequests: screenRequests.optional().describe('Missing where no screen is defined'),
  slos: z.array(slo),
  screens: z.array(screen),
  notFromLogs: z
    .array(
      z.strictObject({
        slo: z.string(),
        kind: z.enum(['freshness', 'downtime', 'queries']),
        system: z.string(),
      }),
    )
    .describe('SLOs of which access logs tell nothing'),
});

export type SloReport = z.infer<typeof sloReportSchema>;
export type ReportedSlo = SloReport['slos'][number];
export type ReportedObjective = ReportedSlo['objectives'][number];
export type ReportedScreen = SloReport['screens'][number];
export type ReportedBlame = NonNullable<ReportedObjective['blame']>;
