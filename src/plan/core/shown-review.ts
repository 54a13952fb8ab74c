import { z } from 'zod';
import { SEVERITIES } from './findings.ts';

/** The part of a review's JSON that people are shown; the rest is for programs. */
export const shownReview = z.object({
  findings: z.array(
    z.object({
      rule: z.string(),
      severity: z.enum(SEVERITIES),
      address: z.string().optional(),
      message: z.string(),
      remedy: z.string(),
    }),
  ),
  changes: z.array(
    z.object({
      address: z.string(),
      action: z.enum([
        'no-op',
        'create',
        'read',
        'update',
        'replace',
        'delete',
        'forget',
        'create-then-forget',
      ]),
      previousAddress: z.string().optional(),
      deposed: z.string().optional(),
      replaceOrder: z.enum(['delete-first', 'create-first']).optional(),
      reason: z.string().optional(),
      importing: z.object({ id: z.string().optional() }).optional(),
      before: z.json(),
      after: z.json(),
      replacePaths: z.array(z.string()).default([]),
      changedSensitivePaths: z.array(z.string()).default([]),
    }),
  ),
});

export type ShownReview = z.infer<typeof shownReview>;
