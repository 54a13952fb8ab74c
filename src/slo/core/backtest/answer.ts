import { epochMs, formatTime } from '#core-values';
import { eventsToProve } from '../confidence/proof.ts';
import { ppm } from '../objective/ppm.ts';
import type { Bounds } from '../objective/time-window.ts';
import type { Share } from './evaluation.ts';
import type { Incident, Tolerance } from './incident.ts';
import type { Ranked } from './ranking.ts';

/** What a backtest found, with all that a picture or a table needs. */
export interface Backtest {
  readonly history: Bounds;
  readonly tolerance: Tolerance;
  readonly incidents: readonly Incident[];
  readonly outside: readonly Incident[];
  readonly ranked: readonly Ranked[];
}

/** So many incidents, all of them found, would show with 95 % confidence that nine in ten are found. */
export const ENOUGH_INCIDENTS = eventsToProve(ppm(900_000)) ?? 0;

export const timeOf = (minute: number): string => formatTime(epochMs(minute * 60_000));

/** As JSON, version 1: shares as they are counted, with the bounds of a 95 % interval. */
export function backtestAnswer({ history, incidents, outside, ranked, tolerance }: Backtest) {
  const shown = ({ fromMinute, title, toMinute }: Incident) => ({
    ...{ title, from: timeOf(fromMinute), to: timeOf(toMinute) },
  });
  return {
    history: {
      ...{ from: timeOf(history.fromMinute), to: timeOf(history.toMinute) },
      minutes: history.toMinute - history.fromMinute,
    },
    tolerance,
    incidents: incidents.map(shown),
    incidentsOutside: outside.map(shown),
    incidentsToProveNineInTen: ENOUGH_INCIDENTS,
    candidates: ranked.map(candidateAnswer),
  };
}

function candidateAnswer({ candidate, evaluation, number, pareto }: Ranked) {
  const { detections, pages, precision, recall, ...rest } = evaluation;
  return {
    ...{ number, pareto, slo: candidate.slo, settings: candidate.settings },
    ...rest,
    precision: shareAnswer(precision),
    recall: shareAnswer(recall),
    pages: pages.map(({ fromMinute, kind, toMinute }) => ({
      kind,
      from: timeOf(fromMinute),
      to: timeOf(toMinute),
    })),
    detections: detections.map((found) => {
      if (found === undefined) return null;
      const { atMinute, ...told } = found;
      return { at: timeOf(atMinute), ...told };
    }),
  };
}

const shareAnswer = (share: Share | undefined) =>
  share === undefined ? null : { hits: share.hits, of: share.of, low: share.low, high: share.high };
