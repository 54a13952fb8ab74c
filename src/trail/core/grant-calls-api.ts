import { z } from 'zod';
import { trailReportAnswer } from './api.ts';

const count = z.int().nonnegative();

/** What a grant was used for, by the trail. */
export const grantCallsAnswer = trailReportAnswer.shape.grants.element.extend({
  compared: z.boolean().describe('Whether grants are compared with CloudTrail at all'),
  readUntil: z
    .string()
    .optional()
    .describe('Everything delivered until then was read; calls arrive some minutes late'),
  total: count,
  calls: z
    .array(
      z.object({
        at: z.string(),
        action: z.string(),
        region: z.string(),
        resource: z.string().optional(),
        readOnly: z.boolean(),
        error: z.string().optional().describe('AWS’s code of a call that failed'),
        rule: z.string().optional().describe('The finding about it'),
        event: z.string().describe('CloudTrail’s id'),
      }),
    )
    .describe('Oldest first'),
  next: count.optional().describe('Give it as `cursor` for the next page'),
  findings: trailReportAnswer.shape.findings,
});
