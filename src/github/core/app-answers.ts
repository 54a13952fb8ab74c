import { z } from 'zod';

/** What the server answers about GitHub Apps; never a key or a secret. */
export const githubApp = z.object({
  id: z.string(),
  host: z.string(),
  appId: z.number(),
  slug: z.string(),
  connectedAt: z.string(),
  connectedBy: z.string(),
  webhookUrl: z.string().describe('For the App’s settings, where it was made by hand'),
  installUrl: z.string().describe('Where it is put on repositories'),
  lastDeliveryAt: z.string().optional(),
});

export const githubAppsAnswer = z.object({ apps: z.array(githubApp) });

export const githubConnectAnswer = z.object({
  app: z.string(),
  url: z.string().describe('For the browser of whoever asked; opens once'),
  expiresAt: z.string(),
});

export const githubConnectRequest = z.strictObject({
  host: z.string().max(260),
  organization: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,99}$/)
    .optional(),
});

export const githubAppByHandRequest = z.strictObject({
  host: z.string().max(260),
  appId: z.int().positive(),
  privateKey: z.string().max(16_384),
  webhookSecret: z.string().max(1_024),
});

const reason = z.object({ rule: z.string(), message: z.string(), remedy: z.string() });

export const githubCheckAnswer = z.object({
  apps: z.array(
    z.object({
      app: githubApp,
      problem: reason.optional().describe('Why GitHub could not be asked'),
      warnings: z.array(reason),
      rateLimit: z.object({ remaining: z.number(), limit: z.number(), resetAt: z.string() }).optional(),
      installations: z.array(
        z.object({
          id: z.number(),
          account: z.string(),
          isSuspended: z.boolean(),
          missing: z.array(z.string()),
        }),
      ),
    }),
  ),
  repositories: z
    .array(z.object({ host: z.string(), id: z.string(), name: z.string(), problem: reason.optional() }))
    .describe('Those of sekisho.yaml that are on some GitHub'),
  queue: z.object({
    dirty: z.number(),
    oldestSeconds: z.number(),
    failing: z.array(
      z.object({ subject: z.string(), attempts: z.number(), nextTryAt: z.string(), problem: z.string() }),
    ),
  }),
});

export type GitHubCheckAnswer = z.infer<typeof githubCheckAnswer>;
