import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import type { CountSeries } from '../budget/counts.ts';
import { type Candidate, type Judgement, subjectName } from './candidate.ts';
import { type Evaluation, evaluation } from './evaluation.ts';
import { type Incident, TOLERANCE, type Tolerance } from './incident.ts';
import type { Observations } from './observations.ts';
import { seriesOf } from './verdicts.ts';

/** Judges candidates over one history without its logs, fast enough to follow a slider. */
export interface Laboratory {
  /** Problems: a screen or threshold that the history was not made for. */
  readonly evaluate: (candidate: Candidate) => Result<Evaluation, Problem>;
  /** Its good and total events by minute, before any slices; for a picture of its burn. */
  readonly series: (judgement: Judgement) => Result<CountSeries, Problem>;
  /** Those that begin within the history, in order of time: what evaluations are about. */
  readonly incidents: readonly Incident[];
  /** Those that do not, of which nothing can be said. */
  readonly outside: readonly Incident[];
}

/** Objectives, windows and alerts change without a new count: so many of the last judgements' are kept. */
const KEPT = 8;

export function laboratory(
  observations: Observations,
  incidents: readonly Incident[],
  tolerance: Tolerance = TOLERANCE,
): Laboratory {
  const { fromMinute, toMinute } = observations;
  const kept = new Map<string, CountSeries>();
  const isWithin = (incident: Incident): boolean =>
    incident.fromMinute >= fromMinute && incident.fromMinute < toMinute;
  const ordered = incidents.toSorted((a, b) => a.fromMinute - b.fromMinute || a.toMinute - b.toMinute);
  const inside = ordered.filter(isWithin);

  const series = (judgement: Judgement): Result<CountSeries, Problem> => {
    const key = JSON.stringify(judgement);
    const known = kept.get(key);
    if (known !== undefined) return ok(known);
    const name = subjectName(judgement);
    const observed = observations.observed.find(
      ({ subject }) => subject.kind === judgement.kind && subject.name === name,
    );
    if (observed === undefined) return err(noHistory(name));
    const made = seriesOf({ fromMinute, toMinute }, observed, judgement);
    if (!made.ok) return made;
    kept.set(key, made.value);
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    return made;
  };

  return {
    series,
    evaluate: ({ judgement, objective }) => {
      const counts = series(judgement);
      return counts.ok ? ok(evaluation(objective, counts.value, inside, tolerance)) : counts;
    },
    incidents: inside,
    outside: ordered.filter((incident) => !isWithin(incident)),
  };
}

const noHistory = (name: string): Problem =>
  problem('not-found', {
    rule: 'backtest.no-history',
    message: text(`There is no history of ${name}.`, `${name} の履歴はありません。`),
    remedy: text('Read logs for it first.', '先にログを読み込んでください。'),
  });
