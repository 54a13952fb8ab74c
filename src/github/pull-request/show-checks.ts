import { ok, type Problem, type Result } from '#core-values';
import type { AnswerOf, GitHubRepository } from '../api/port.ts';
import type { Annotation, CheckRun } from '../core/checks/index.ts';

type ShownRun = AnswerOf<'GET /repos/{owner}/{repo}/commits/{ref}/check-runs'>['check_runs'][number];

/** Of one request. */
const ANNOTATIONS = 50;

/** Makes the commit show these checks, and changes only those that differ; of `new` ones none that is there, of `known` ones only such. */
export async function showChecks(
  repository: GitHubRepository,
  commit: string,
  checks: readonly CheckRun[],
  signal: AbortSignal,
  which: 'all' | 'new' | 'known' = 'all',
): Promise<Result<void, Problem>> {
  const shown = await repository.all('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', {
    ref: commit,
    app_id: repository.app.id,
  });
  if (!shown.ok) return shown;
  const newest = new Map<string, ShownRun>();
  for (const run of shown.value) {
    const id = run.external_id ?? '';
    if (run.app?.id === repository.app.id && run.id > (newest.get(id)?.id ?? 0)) newest.set(id, run);
  }
  for (const check of checks) {
    if (signal.aborted) return ok(undefined);
    if (which !== 'all' && newest.has(check.externalId) !== (which === 'known')) continue;
    const done = await showCheck(repository, commit, check, newest.get(check.externalId));
    if (!done.ok) return done;
  }
  return ok(undefined);
}

async function showCheck(
  repository: GitHubRepository,
  commit: string,
  check: CheckRun,
  shown: ShownRun | undefined,
): Promise<Result<void, Problem>> {
  if (shown !== undefined && isSame(check, shown)) return ok(undefined);
  const [first, ...batches] = batchesOf(check.annotations);
  // What is completed does not begin again, and annotations are only ever added: either needs a new run.
  const canChange =
    shown !== undefined &&
    shown.output.annotations_count === check.annotations.length &&
    !(shown.status === 'completed' && check.status !== 'completed');
  const written = canChange
    ? await repository.request('PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}', {
        check_run_id: shown.id,
        ...fieldsOf(check),
        output: outputOf(check, []),
      })
    : await repository.request('POST /repos/{owner}/{repo}/check-runs', {
        head_sha: commit,
        external_id: check.externalId,
        ...fieldsOf(check),
        output: outputOf(check, first ?? []),
      });
  if (!written.ok) return written;
  if (canChange) return ok(undefined);
  for (const batch of batches) {
    const added = await repository.request('PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}', {
      check_run_id: written.value.id,
      output: outputOf(check, batch),
    });
    if (!added.ok) return added;
  }
  return ok(undefined);
}

const isSame = (check: CheckRun, { name, status, conclusion, output }: ShownRun): boolean =>
  name === check.name &&
  status === check.status &&
  (conclusion ?? undefined) === check.conclusion &&
  output.title === check.title &&
  output.summary === check.summary &&
  output.annotations_count === check.annotations.length;

const fieldsOf = ({ name, status, conclusion }: CheckRun) => ({
  name,
  ...(conclusion === undefined ? { status } : { status: 'completed' as const, conclusion }),
});

const outputOf = ({ title, summary }: CheckRun, annotations: readonly Annotation[]) => ({
  title,
  summary,
  ...(annotations.length === 0
    ? {}
    : {
        annotations: annotations.map(({ path, line, level, title: named, message }) => ({
          path,
          start_line: line,
          end_line: line,
          annotation_level: level,
          title: named,
          message,
        })),
      }),
});

const batchesOf = (annotations: readonly Annotation[]): readonly (readonly Annotation[])[] =>
  Array.from({ length: Math.ceil(annotations.length / ANNOTATIONS) }, (_, at) =>
    annotations.slice(at * ANNOTATIONS, (at + 1) * ANNOTATIONS),
  );
