import type { Candidate } from './candidate.ts';
import type { Evaluation } from './evaluation.ts';

export interface Judged {
  /** From 1, in the order in which they were made: a name for people. */
  readonly number: number;
  readonly candidate: Candidate;
  readonly evaluation: Evaluation;
}

export interface Ranked extends Judged {
  /** No other is as good in recall, false pages and time to detect, and better in one of them. */
  readonly pareto: boolean;
}

/** The best first: by F1 of precision and recall, then by time to detect, then by false pages, then in the order in which they were made. */
export function ranked(judged: readonly Judged[]): readonly Ranked[] {
  return judged
    .map((one) => ({ ...one, pareto: !judged.some((other) => dominates(other.evaluation, one.evaluation)) }))
    .toSorted(
      (a, b) =>
        f1(b.evaluation) - f1(a.evaluation) ||
        delay(a.evaluation) - delay(b.evaluation) ||
        a.evaluation.falsePages - b.evaluation.falsePages ||
        a.number - b.number,
    );
}

const found = ({ recall }: Evaluation): number => recall?.hits ?? 0;

/** Those that detect nothing are the slowest. */
const delay = ({ minutesToDetect }: Evaluation): number =>
  minutesToDetect?.median ?? Number.POSITIVE_INFINITY;

/** Incidents that were told of twice, over twice those, the false pages and the incidents that nobody was told of. */
function f1(evaluation: Evaluation): number {
  const { falsePages, recall } = evaluation;
  const hits = found(evaluation);
  const below = hits + falsePages + (recall?.of ?? 0);
  return below === 0 ? 1 : (2 * hits) / below;
}

function dominates(a: Evaluation, b: Evaluation): boolean {
  const [recall, falsePages, time] = [found(a) - found(b), b.falsePages - a.falsePages, delay(b) - delay(a)];
  // Neither detects anything: the same.
  const sooner = Number.isNaN(time) ? 0 : time;
  return recall >= 0 && falsePages >= 0 && sooner >= 0 && (recall > 0 || falsePages > 0 || sooner > 0);
}
