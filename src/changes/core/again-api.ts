import { z } from 'zod';

const asked = z.object({ at: z.iso.datetime(), byWhom: z.string() });

/** Of a plan that nothing comes of any more, and that no newer one replaced. */
export const againInSummary = z.object({
  how: z
    .enum(['run', 'by-hand'])
    .describe(
      '`run`: `POST /v1/plans/{id}/again` has GitHub run it; `by-hand`: nobody knows its pull request',
    ),
  asked: asked.optional().describe('Who asked for it lately; its run may still be on its way'),
});

/** What was asked of GitHub, or had been a short while before. */
export const againAnswer = z.object({
  asked,
  started: z.boolean().describe('False where somebody had asked a short while before: nothing was started'),
});
