import { type Reason, text } from '#core-values';
import type { JobFacts } from './core/plan-record.ts';
import type { CountedRun } from './store/newest-run.ts';

/**
 * Why this run may not plan after that one; `undefined` when it may. Numbers are compared within one series alone: GitHub counts the
 * runs of each workflow file. Where the series is not known, or another, the plan that was uploaded last is the newest.
 */
export function olderRun(job: JobFacts, newest: CountedRun | undefined): Reason | undefined {
  if (newest === undefined || job.runSeries === undefined || !isOlder(job, newest)) return undefined;
  const { runSeries, runNumber, runAttempt, ref } = job;
  return {
    rule: 'plan.older-run',
    message: text(
      `Run number ${runNumber} (attempt ${runAttempt}) of ${runSeries} is older than its run number ${newest.runNumber} (attempt ${newest.runAttempt}), which already planned this stack on ${ref}.`,
      `${runSeries} の実行番号 ${runNumber}(試行 ${runAttempt})は、${ref} でこのスタックをすでにプランした同じワークフローの実行番号 ${newest.runNumber}(試行 ${newest.runAttempt})より古いものです。`,
    ),
    remedy: text(
      'Re-run the newest run, or push a new commit; an old run must not replace a newer plan of the same workflow.',
      '最新の実行を再実行するか、新しいコミットをプッシュしてください。同じワークフローの古い実行で、新しいプランを置き換えることはできません。',
    ),
  };
}

const isOlder = (job: JobFacts, newest: CountedRun): boolean =>
  job.runNumber < newest.runNumber ||
  (job.runNumber === newest.runNumber && job.runAttempt < newest.runAttempt);
