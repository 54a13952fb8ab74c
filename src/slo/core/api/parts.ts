import { z } from 'zod';

/*
 * Words that all answers about SLOs share. Units: `…Ppm` is parts per million, an integer, 1,000,000 = all; `…Ms` milliseconds;
 * `minutes` minutes; times are ISO 8601 in UTC; counts are whole events (requests, page views) or whole minutes, as `unit` says.
 * What is missing is not known or makes no sense there; nothing is ever 0 in its place.
 */
export const time = z.iso.datetime();

export const sloName = z.string().min(1).max(128);

/** What a person gives as a reason. */
export const reasonGiven = z.string().trim().min(3).max(1000);

export const severity = z.enum(['page', 'ticket']);

export const counts = z.object({
  good: z.number().describe('Events, or minutes of judged slices, that were good'),
  total: z.number(),
});

export const dataState = z.object({
  state: z
    .enum(['none', 'late', 'ok'])
    .describe('none: nothing was ever counted; late: the newest minute is older than it should be'),
  upTo: time.optional().describe('Everything before this was counted; missing where nothing was'),
});

export const interval = z
  .object({ lowPpm: z.number(), highPpm: z.number() })
  .describe('Where the true share of good events lies, with 95 % confidence (Wilson)');

export const proof = z
  .enum(['kept', 'missed', 'open'])
  .describe('What so many events prove of the objective at 95 %; open: too few to say');

export const budget = z.object({
  unit: z.enum(['events', 'minutes']),
  whole: z.number().describe('Events that came; or minutes of judged time and of time to come'),
  lost: z.number(),
  allowed: z.number().describe('May be lost; not whole: 99.9 % of 1,500 events is 1.5'),
  remaining: z.number().describe('allowed − lost; below 0 when overspent'),
  remainingPpm: z
    .number()
    .optional()
    .describe(
      'remaining of allowed, rounded down; below 0 when overspent; missing where nothing is allowed or nothing came',
    ),
  verdict: z
    .enum(['no-data', 'kept', 'spent'])
    .describe('spent: more was lost than is allowed. Exactly as much is still kept'),
});

export const burn = z.object({
  kind: z
    .enum(['no-data', 'rate', 'unlimited'])
    .describe('unlimited: something was lost where nothing may be'),
  rate: z.number().optional().describe('1 spends exactly the whole budget in the window; only of kind rate'),
});

export const alert = z.object({
  severity,
  factor: z.number().describe('Fires above this burn rate in both windows'),
  longMinutes: z.number(),
  shortMinutes: z.number(),
  forMinutes: z.number().describe('So long without a break'),
  condition: z
    .enum(['quiet', 'unproven', 'burning'])
    .describe('unproven: burning too fast, but so few events may be chance'),
  firing: z.boolean(),
});

/** Values at equal steps: the first stands for the step that begins at `from`. */
export const budgetLine = z.object({
  from: time,
  stepMinutes: z.number(),
  remainingPpm: z
    .array(z.number().nullable())
    .describe('At the end of each step, of the whole budget; below 0 when overspent; null where not known'),
});

export const countLine = z.object({
  from: time,
  stepMinutes: z.number(),
  good: z.array(z.number()),
  total: z.array(z.number()).describe('0 where nothing came'),
  leftOutMinutes: z.array(z.number()).describe('Minutes of each step that corrections leave out'),
});
