import { z } from 'zod';
import { SEVERITIES } from './finding.ts';

const count = z.int().nonnegative();

/** The answer to a run. */
export const reconciledAnswer = z.object({
  since: z.string().describe('Files of this day and later were looked for'),
  files: count.describe('Delivered files read in this step'),
  calls: count.describe('Calls of Sekisho’s roles in them, each counted once'),
  findings: count.describe('Found for the first time'),
  left: count.describe('Delivered files still to be read: ask again'),
});

const grantReport = z.object({
  grant: z.string(),
  stack: z.string(),
  purpose: z.string(),
  status: z.string(),
  actions: z.array(
    z.object({
      action: z.string(),
      calls: count,
      failed: count.describe('Denied, or failed otherwise'),
      found: count.describe('Calls with a finding'),
    }),
  ),
  neverUsed: z.array(z.string()).describe('What the session policy allows and no recorded call used'),
});

/** What became of grants, and what was found. */
export const trailReportAnswer = z.object({
  since: z.string(),
  grants: z.array(grantReport).describe('Newest first'),
  findings: z
    .array(
      z.object({
        rule: z.string(),
        severity: z.enum(SEVERITIES),
        foundAt: z.string(),
        message: z.string(),
        remedy: z.string(),
        grant: z.string().optional(),
        file: z.string().optional(),
        event: z.string().optional().describe('CloudTrail’s id of the call'),
      }),
    )
    .describe('Newest first'),
  isCut: z.boolean().describe('There is more: ask for a later `since`'),
});

const leftOut = z.object({
  id: z.string(),
  stack: z.string().optional().describe('Absent: of every stack'),
  type: z.string(),
  action: z.string(),
  reason: z.string(),
  by: z.string(),
  at: z.string(),
});

/** What applies taught about the needs of resource types, and what people decided by it. */
export const experienceAnswer = z.object({
  atLeast: count.describe('So many applies of different plans are believed'),
  observed: z
    .array(
      z.object({
        provider: z.string(),
        type: z.string(),
        step: z.string(),
        applies: count,
        since: z.string(),
        actions: z.array(z.string()),
        isUsed: z.boolean().describe('There were enough applies: the type’s service is opened so far only'),
      }),
    )
    .describe('Types that were never recorded, and what applies called for them'),
  unused: z
    .array(
      z.object({
        provider: z.string(),
        type: z.string(),
        steps: z.array(z.string()),
        action: z.string(),
        applies: count,
        since: z.string(),
      }),
    )
    .describe('Granted to recorded types, and never called'),
  leftOut: z.array(leftOut).describe('In force'),
});

/** To leave an action out of what a type is granted. */
export const leaveOutRequest = z.strictObject({
  type: z.string().max(128),
  action: z.string().max(256),
  stack: z.string().max(128).optional(),
  reason: z.string().min(1).max(1000),
});

export const leftOutAnswer = z.object({ leftOut: z.array(leftOut), auditEntry: z.string() });

export type ExperienceAnswer = z.infer<typeof experienceAnswer>;
export type GrantReport = z.infer<typeof grantReport>;
export type TrailReport = z.infer<typeof trailReportAnswer>;
export type ReconciledAnswer = z.infer<typeof reconciledAnswer>;
