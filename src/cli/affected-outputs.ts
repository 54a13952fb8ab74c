import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import type { AffectedReport } from './affected-stacks.ts';

/** https://docs.github.com/en/actions/reference/limits: a matrix makes 256 jobs at most. */
const MOST_JOBS = 256;

/**
 * Outputs for a workflow: `matrix` for `strategy.matrix`, `any`, `count`, `deleted` (with what moved) and `stacks`. With several parts each has its own
 * (`matrix-1`, `any-1` …); more jobs than they hold are a problem, because what is left out would go unplanned and unseen.
 */
export function affectedOutputs(
  { affected, stacks }: AffectedReport,
  parts: number,
): Result<Readonly<Record<string, string>>, Problem> {
  const planned = affected.stacks.filter(({ fate }) => fate === 'plan');
  if (planned.length > parts * MOST_JOBS) return err(tooMany(planned.length, parts));
  const jobs = planned.map(({ stack, path, wave }) => {
    const configured = stacks.get(stack);
    const { account, region, applyEnvironment } = configured ?? {};
    return {
      stack,
      path,
      wave,
      environment: account?.environment,
      account: account?.id,
      region,
      applyEnvironment,
    };
  });
  const gone = affected.stacks.filter(({ fate }) => fate !== 'plan');
  const matrices = Array.from({ length: parts }, (_, part) =>
    jobs.slice(part * MOST_JOBS, (part + 1) * MOST_JOBS),
  );
  return ok({
    ...Object.fromEntries(
      matrices.flatMap((include, part) => {
        const suffix = parts === 1 ? '' : `-${part + 1}`;
        return [
          [`matrix${suffix}`, JSON.stringify({ include })],
          [`any${suffix}`, String(include.length > 0)],
        ];
      }),
    ),
    any: String(jobs.length > 0),
    count: String(jobs.length),
    stacks: JSON.stringify(planned.map(({ stack }) => stack)),
    deleted: JSON.stringify(gone.map(({ stack, path, fate, movedTo }) => ({ stack, path, fate, movedTo }))),
  });
}

const tooMany = (count: number, parts: number): Problem =>
  problem('too-large', {
    rule: 'ci.too-many-jobs',
    message: text(
      `${count} stacks are to be planned, and a matrix of GitHub Actions makes ${MOST_JOBS} jobs at most.`,
      `プラン対象が ${count} スタックあり、GitHub Actions のマトリックスの上限(${MOST_JOBS} ジョブ)を超えています。`,
    ),
    remedy: text(
      `Give --parts ${Math.max(parts + 1, Math.ceil(count / MOST_JOBS))} and a job for each of the outputs matrix-1, matrix-2 …`,
      `--parts ${Math.max(parts + 1, Math.ceil(count / MOST_JOBS))} を指定し、出力 matrix-1、matrix-2 … ごとにジョブを用意してください。`,
    ),
  });
