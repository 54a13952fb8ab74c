import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import type { Comparison } from '#repository';
import type { CliContext } from './context.ts';

const commit = z.string().regex(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/);

/** As far as it is read: https://docs.github.com/en/webhooks/webhook-events-and-payloads */
const EVENTS = {
  pull_request: z
    .object({ pull_request: z.object({ base: z.object({ sha: commit }), head: z.object({ sha: commit }) }) })
    .transform(
      ({ pull_request: { base, head } }): Comparison => ({
        kind: 'pull-request',
        base: base.sha,
        head: head.sha,
      }),
    ),
  push: z
    .object({ before: commit })
    .transform((event): Comparison => ({ kind: 'push', before: event.before })),
  merge_group: z
    .object({ merge_group: z.object({ base_sha: commit }) })
    .transform((event): Comparison => ({ kind: 'branch', base: event.merge_group.base_sha })),
};

/** What the run's event says to compare; a problem for events that say nothing, such as a schedule. */
export async function comparisonOfRun({
  env,
}: Pick<CliContext, 'env'>): Promise<Result<Comparison, Problem>> {
  const fromGitlab = gitlabComparison(env);
  if (fromGitlab !== undefined) return ok(fromGitlab);
  const name = env.GITHUB_EVENT_NAME ?? env.CI_PIPELINE_SOURCE;
  const schema = Object.entries(EVENTS).find(([known]) => known === name)?.[1];
  if (schema === undefined || env.GITHUB_EVENT_PATH === undefined) return err(noBase(name));
  try {
    const event = schema.safeParse(JSON.parse(await readFile(env.GITHUB_EVENT_PATH, 'utf8')));
    return event.success ? ok(event.data) : err(noBase(name));
  } catch {
    return err(noBase(name));
  }
}

/** https://docs.gitlab.com/ci/variables/predefined_variables/ */
function gitlabComparison(env: CliContext['env']): Comparison | undefined {
  const base = commit.safeParse(env.CI_MERGE_REQUEST_DIFF_BASE_SHA);
  if (env.CI_PIPELINE_SOURCE === 'merge_request_event' && base.success)
    return { kind: 'branch', base: base.data };
  const before = commit.safeParse(env.CI_COMMIT_BEFORE_SHA);
  return env.CI_PIPELINE_SOURCE === 'push' && before.success
    ? { kind: 'push', before: before.data }
    : undefined;
}

const noBase = (event: string | undefined): Problem =>
  problem('bad-input', {
    rule: 'ci.nothing-to-compare',
    message:
      event === undefined
        ? text('Nothing says what to compare with.', '何と比較するのかが指定されていません。')
        : text(
            `An event of kind “${event.slice(0, 60)}” does not say what to compare with.`,
            `イベント「${event.slice(0, 60)}」からは、何と比較するのか分かりません。`,
          ),
    remedy: text(
      'Give --base REF, or --all for every stack (as scheduled runs do).',
      '--base REF を指定するか、すべてのスタックを対象とする --all を指定してください(定期実行など)。',
    ),
  });
