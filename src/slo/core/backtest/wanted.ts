import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import { compileScreens, type Screen } from '../screens/screen.ts';
import type { Candidate } from './candidate.ts';
import { MOST_CUTS, type Subject } from './observations.ts';
import { requestsSubject, type WatchedRequests } from './watch-requests.ts';
import { screenSubject } from './watch-screens.ts';

/** What must be seen of a log to judge some candidates exactly. Plain values: they can be sent to a thread. */
export interface Wanted {
  readonly screens: readonly Screen[];
  readonly requests: readonly (readonly [name: string, watched: WatchedRequests])[];
  readonly subjects: readonly Subject[];
}

/** Screens are those of the first candidate that has them; others have other thresholds, weights and bars, and nothing else. */
export function wantedOf(candidates: readonly Candidate[]): Result<Wanted, Problem> {
  const screens = new Map<string, Screen[]>();
  const requests = new Map<string, { readonly watched: WatchedRequests; readonly slowerThanMs: number[] }>();
  for (const judgement of new Set(candidates.map((candidate) => candidate.judgement))) {
    if (judgement.kind === 'screen') {
      const { name } = judgement.screen;
      const known = screens.get(name) ?? [];
      known.push(judgement.screen);
      screens.set(name, known);
      continue;
    }
    const { slowerThanMs, ...watched } = judgement.indicator;
    const known = requests.get(judgement.name) ?? { watched, slowerThanMs: [] };
    if (slowerThanMs !== undefined) known.slowerThanMs.push(slowerThanMs);
    requests.set(judgement.name, known);
  }
  const base = [...screens.values()].flatMap(([first]) => first ?? []);
  const compiled = compileScreens(base);
  if (!compiled.ok) return compiled;
  const subjects = [
    ...base.map(({ name, requests: list }) => {
      const variants = screens.get(name) ?? [];
      return screenSubject(name, [
        ...list.map((_, place) => variants.flatMap((screen) => screen.requests[place]?.thresholdMs ?? [])),
        variants.map(({ thresholdMs }) => thresholdMs),
      ]);
    }),
    ...[...requests].map(([name, { slowerThanMs }]) => requestsSubject(name, slowerThanMs)),
  ];
  const crowded = subjects.find(({ cutsUs }) => cutsUs.some((cuts) => cuts.length > MOST_CUTS));
  if (crowded !== undefined) return err(tooManyThresholds(crowded.name));
  return ok({
    screens: base,
    requests: [...requests].map(([name, { watched }]) => [name, watched]),
    subjects,
  });
}

const tooManyThresholds = (name: string): Problem =>
  problem('too-large', {
    rule: 'backtest.too-many-thresholds',
    message: text(
      `There are too many thresholds of one request of ${name}.`,
      `${name} の一つのリクエストに対するしきい値の候補が多すぎます。`,
    ),
    remedy: text('Try at most 60 at once.', '一度に試すのは 60 個までにしてください。'),
  });
