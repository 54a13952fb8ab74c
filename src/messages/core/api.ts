import { z } from 'zod';

const time = z.iso.datetime();

/** How each destination does, over the wire. */
export const destinationAnswer = z.object({
  name: z.string(),
  way: z.enum(['slack-webhook', 'slack-app', 'email', 'webhook', 'pagerduty']),
  kinds: z.array(z.string()),
  language: z.enum(['en', 'ja']),
  /** Messages that wait to be sent. */
  open: z.number(),
  oldestAt: time.optional(),
  lastSentAt: time.optional(),
  /** Failures in a row; 0 where all is well. */
  attempts: z.number(),
  nextTryAt: time.optional(),
  problem: z.string().optional(),
});

export type DestinationAnswer = z.infer<typeof destinationAnswer>;

export const destinationsAnswer = z.object({ destinations: z.array(destinationAnswer) });

export const testAnswer = z.object({ destination: z.string(), auditEntry: z.string() });
