import { z } from 'zod';
import * as part from './parts.ts';

/** Page views; `total` of `counts` are those that were judged. */
const views = part.counts.extend({
  ppm: z.number().optional().describe('good of total, rounded down'),
  abandoned: z.number().describe('Closed by the visitor before a required request was answered; not judged'),
  bots: z.number().describe('Not judged'),
});

const confidence = z.object({
  ways: z
    .object({
      'page-view-id': z.number(),
      trace: z.number(),
      referer: z.number(),
      client: z.number(),
      alone: z.number(),
    })
    .describe('Judged views by the weakest way that was needed to put them together; their sum is total'),
  sure: z.number().describe('Judged views that could not have been put together otherwise'),
  incomplete: z.number().describe('Judged views without a required request'),
  unmeasured: z.number().describe('Judged views with a request whose time the log does not tell'),
});

const screenAnswer = z.object({
  name: z.string(),
  displayName: z.string().optional(),
  service: z.string(),
  barPpm: z.number().describe('The score from which a view is good'),
  thresholdMs: z.number().describe('Until the last required request has ended'),
  views,
  confidence,
  slos: z.array(z.string()).describe('That count its views'),
});

/** `GET /v1/slo/screens?from&to`; default: the last 7 days. */
export const screensQuery = z.object({ from: part.time.optional(), to: part.time.optional() });

export const screensAnswer = z.object({
  from: part.time,
  to: part.time,
  data: part.dataState,
  screens: z.array(screenAnswer),
});

const times = z.object({
  measured: z.number().describe('Requests whose time is known'),
  p50Ms: z.number(),
  p75Ms: z.number(),
  p95Ms: z.number(),
  p99Ms: z.number(),
  startsMs: z
    .number()
    .describe('Where its bar in the waterfall begins: the medians of those that it waits for, added up'),
  distribution: z
    .array(z.object({ upToMs: z.number(), count: z.number() }))
    .describe('Ascending; each count is of times above the one before; 60 at most'),
});

const requestAnswer = z.object({
  routes: z.array(z.string()).describe('`GET /items/{id}`; several stand for the same request'),
  document: z.boolean().describe('It opens the view'),
  weight: z.number(),
  required: z.boolean(),
  thresholdMs: z.number().describe('Half its weight up to four times that'),
  failedStatus: z.array(z.string()).describe('5xx, 503, 500-504'),
  after: z.number().optional().describe('The place of the request that it waits for'),
  requests: z.number().describe('Of these routes, of all screens'),
  failed: z.number().describe('Status 500 and above'),
  times: times.optional().describe('Missing where none was measured'),
  blame: z.object({
    alone: z.number().describe('Bad views due to this request and no other'),
    givesBack: z.number().describe('Bad views that would be good, had it been perfect'),
    ofLostPpm: z.number().optional().describe('givesBack of all bad views'),
    ofAllowedPpm: z.number().optional().describe('givesBack of what may be lost; only with an SLO'),
    fixedRemainingPpm: z.number().optional().describe('The budget that would remain; only with an SLO'),
  }),
});

/** `GET /v1/slo/screens/{name}?from&to`; default: the window of its SLO, else the last 7 days; 404 `slo.unknown-screen`. */
export const screenDetailAnswer = z.object({
  screen: screenAnswer,
  from: part.time,
  to: part.time,
  data: part.dataState,
  requests: z.array(requestAnswer).describe('In the order of the definition: places count from 0'),
  shared: z
    .array(
      z.object({
        kind: z.enum(['either', 'together']).describe('either: any one would have done; together: only all'),
        requests: z.array(z.number()).describe('Places; none where there were too many groups to name'),
        views: z.number(),
      }),
    )
    .describe('Bad views that several requests share, most first'),
  objective: z
    .object({ slo: z.string(), targetPpm: z.number(), budget: part.budget })
    .optional()
    .describe('Of the first SLO that counts its views, held against from and to'),
  hours: part.countLine,
  customers: z
    .array(
      z.object({
        customer: z.string(),
        ...part.counts.shape,
        ppm: z.number().optional(),
        interval: part.interval,
      }),
    )
    .describe('Who lost most views first'),
  moreCustomers: z.number().describe('That are not listed'),
});

export type ScreensAnswer = z.infer<typeof screensAnswer>;
export type ScreenDetailAnswer = z.infer<typeof screenDetailAnswer>;
export type ScreenAnswer = z.infer<typeof screenAnswer>;
