import { z } from 'zod';
import { ENVIRONMENTS } from '#core-values';

const name = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/);

/** What a CI job may know of the stacks of its own repository: where they lie, and what affects them. Nothing that gives it anything. */
export const jobStacksAnswer = z.object({
  stacks: z.array(
    z.object({
      name,
      /** Folder of the root module in the repository. */
      path: z.string(),
      account: z.object({ id: z.string(), name: z.string(), environment: z.enum(ENVIRONMENTS) }),
      region: z.string(),
      /** In the CI's terms: in which an apply must run. */
      applyEnvironment: z.string().optional(),
      dependsOn: z.array(name),
      alsoAffectedBy: z.array(z.string()).optional(),
    }),
  ),
});

export type JobStacksAnswer = z.infer<typeof jobStacksAnswer>;
