import { setImmediate } from 'node:timers/promises';
import { type EpochMs, epochMs } from '#core-values';
import { type KeptCorrection, readCorrections } from '../corrections/store.ts';
import type { SloRoom } from '../room.ts';
import { type KeptSeries, keptSeries } from './kept-series.ts';
import { correctionsOf, dataState, inForce, objectivesNow, type SloStatus } from './status-of-slo.ts';

/** What budgets, incidents and their routes stand on besides. */
export interface BudgetsRoom extends SloRoom {
  /** Under which corrections are authenticated. */
  readonly correctionsKey: string;
  readonly statuses: Statuses;
}

export interface StatusesNow {
  /** When they were worked out. */
  readonly at: EpochMs;
  readonly slos: readonly SloStatus[];
  /** Newest first, undone ones too. */
  readonly corrections: readonly KeptCorrection[];
  /** Rows that nobody of ours wrote. */
  readonly forged: readonly string[];
}

export interface Statuses {
  /** Of all SLOs, not older than a minute. */
  readonly now: () => Promise<StatusesNow>;
  /** After what changes them. */
  readonly forget: () => void;
}

const FRESH_MS = 60_000;

/** One for a process: whoever asks while they are worked out waits for the same answer. */
export function statuses(on: Omit<BudgetsRoom, 'statuses'>, series: KeptSeries = keptSeries()): Statuses {
  let known:
    | { readonly digest: string; readonly at: EpochMs; readonly answer: Promise<StatusesNow> }
    | undefined;
  const forget = (): void => {
    known = undefined;
  };
  return {
    forget,
    now: () => {
      const at = on.clock.now();
      const { digest } = on.definitions();
      const isFresh =
        known !== undefined && known.digest === digest && at - known.at < FRESH_MS && at >= known.at;
      if (known !== undefined && isFresh) return known.answer;
      const answer = workOut(on, series, at);
      known = { digest, at, answer };
      answer.catch(forget);
      return answer;
    },
  };
}

async function workOut(
  on: Omit<BudgetsRoom, 'statuses'>,
  kept: KeptSeries,
  at: EpochMs,
): Promise<StatusesNow> {
  const { slos } = on.definitions().definitions;
  const { corrections, forged } = await readCorrections(on.db, on.correctionsKey);
  const series = new Map((await kept.read(on.db, slos, at)).map((one) => [one.slo, one]));
  const found: SloStatus[] = [];
  for (const slo of slos) {
    const one = series.get(slo);
    if (one === undefined) found.push({ slo, data: { state: 'none' }, objectives: [] });
    else {
      const data = dataState(on, epochMs(one.upToMinute * 60_000));
      const own = inForce(correctionsOf(slo, corrections));
      found.push({ slo, data, objectives: objectivesNow(slo, one.series(), own) });
    }
    // Some milliseconds for a dense month: requests are answered in between.
    await setImmediate();
  }
  return { at, corrections, forged, slos: found };
}
