import type { Counts } from '../budget/counts.ts';
import { clopperPearson } from '../confidence/intervals.ts';
import { eventsToProve, proofOf } from '../confidence/proof.ts';
import { type Ppm, ppm, WHOLE_PPM } from '../objective/ppm.ts';

/** An objective that the history bears out, and what it stands on. */
export interface ObjectiveEvidence {
  readonly targetPpm: Ppm;
  readonly counts: Counts;
  /** The true share is at least this, with 95 % confidence, if events came independently of each other. */
  readonly atLeast: number;
  /** The next objective that people write, if it is not 100 %. */
  readonly next?: {
    readonly targetPpm: Ppm;
    readonly kept: boolean;
    /** So many events, with no more bad ones than there were, would bear it out. */
    readonly toProve: number;
  };
}

/** What people promise, from below. Never 100 %. */
const OBJECTIVES = [
  ...[
    500_000, 600_000, 700_000, 750_000, 800_000, 850_000, 900_000, 920_000, 950_000, 960_000, 970_000,
    980_000,
  ],
  ...[985_000, 990_000, 995_000, 998_000, 999_000, 999_500, 999_800, 999_900, 999_950, 999_990],
];

/** The highest objective that the events prove at 95 % confidence; undefined where not even half is. */
export function objectiveOf(counts: Counts): ObjectiveEvidence | undefined {
  const place = OBJECTIVES.findLastIndex((target) => proofOf(counts, ppm(target)) === 'kept');
  const target = OBJECTIVES[place];
  if (target === undefined) return undefined;
  const above = OBJECTIVES[place + 1];
  const toProve = above === undefined ? undefined : eventsToProve(ppm(above), counts.total - counts.good);
  return {
    ...{ targetPpm: ppm(target), counts, atLeast: clopperPearson(counts, 0.9).low },
    ...(above === undefined || toProve === undefined
      ? {}
      : {
          next: {
            targetPpm: ppm(above),
            kept: counts.good * WHOLE_PPM >= above * counts.total,
            toProve,
          },
        }),
  };
}
