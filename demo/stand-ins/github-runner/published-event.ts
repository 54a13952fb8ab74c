import { readFileSync } from 'node:fs';
import { z } from 'zod';

const side = z.looseObject({ repo: z.looseObject({ id: z.int() }) });
const published = z.array(
  z.object({ name: z.string(), examples: z.array(z.looseObject({ action: z.string().optional() })) }),
);
const pullRequest = z.looseObject({ pull_request: z.looseObject({ head: side, base: side }) });

/** GitHub's own published example of a pull request that was opened (npm `@octokit/webhooks-examples`); `fromFork` changes where its commits come from. */
export function publishedPullRequest({ fromFork = false } = {}): object {
  const path = import.meta.resolve('@octokit/webhooks-examples');
  const events = published.parse(JSON.parse(readFileSync(new URL(path), 'utf8')));
  const examples = events.find(({ name }) => name === 'pull_request')?.examples ?? [];
  const opened = pullRequest.parse(examples.find(({ action }) => action === 'opened'));
  if (!fromFork) return opened;
  const { head, ...rest } = opened.pull_request;
  return {
    ...opened,
    pull_request: { ...rest, head: { ...head, repo: { ...head.repo, id: 1, fork: true } } },
  };
}
