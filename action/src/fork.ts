import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Environment } from './inputs.ts';

const repository = z.object({ id: z.int() });

/** The part of a `pull_request` event that says where its commits come from; a deleted fork is `null`. */
const event = z.object({
  pull_request: z.object({
    head: z.object({ repo: repository.nullish() }),
    base: z.object({ repo: repository }),
  }),
});

/** Whether this is the pull request of a fork: GitHub gives its jobs no tokens. By ids; what cannot be read is none. */
export function isFromFork({ GITHUB_EVENT_PATH: path = '' }: Environment): boolean {
  const parsed = event.safeParse(jsonIn(path));
  return parsed.success && parsed.data.pull_request.head.repo?.id !== parsed.data.pull_request.base.repo.id;
}

function jsonIn(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
