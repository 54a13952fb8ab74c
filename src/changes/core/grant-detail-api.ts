import { z } from 'zod';
import { grantRecord, permissionsAnswer } from './api.ts';

/** A grant with what it can do, in words. */
export const grantDetail = grantRecord.extend({
  can: z.string().describe('In a sentence: to apply exactly its plan, or to plan'),
  permissions: permissionsAnswer
    .optional()
    .describe('Of an apply, service by service; absent where the plan’s review is not what was recorded'),
  sessionSeconds: z.number().describe('For how long credentials were asked for'),
});
