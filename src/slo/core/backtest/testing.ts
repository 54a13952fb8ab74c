import { burnAlert } from '../alerts/burn-alert.ts';
import { type CountSeries, countSeries } from '../budget/counts.ts';
import { fraction } from '../objective/fraction.ts';
import { ppm } from '../objective/ppm.ts';
import type { Bounds } from '../objective/time-window.ts';
import { routeTable } from '../routes/route-table.ts';
import { compileScreens } from '../screens/screen.ts';
import { batchOf, START_MS, type TestRequest, viewsOf } from '../screens/testing.ts';
import type { Objective } from '../status/status.ts';
import type { Candidate, Judgement } from './candidate.ts';
import type { Observations } from './observations.ts';
import { watching } from './observe.ts';
import { wantedOf } from './wanted.ts';

/** A target over 30 days whose page burns `factor` over these minutes. */
export function paged(
  targetPpm: number,
  factor: number,
  longMinutes: number,
  shortMinutes: number,
): Objective {
  const alert = burnAlert(
    { severity: 'page', factor: fraction(factor), longMinutes, shortMinutes, forMinutes: 0 },
    { targetPpm: ppm(targetPpm), periodMinutes: 43_200 },
  );
  if (!alert.ok) throw new Error(JSON.stringify(alert.error));
  return { targetPpm: ppm(targetPpm), window: { kind: 'rolling', minutes: 43_200 }, alerts: [alert.value] };
}

/** The log's history for these candidates, given in pieces of these sizes. */
export function observationsOf(
  candidates: readonly Candidate[],
  log: readonly TestRequest[],
  { fromMs = 0, toMs = 4e12, pieces = [] as readonly number[] } = {},
): Observations {
  const wanted = wantedOf(candidates);
  const screens = wanted.ok ? compileScreens(wanted.value.screens) : wanted;
  if (!wanted.ok || !screens.ok) throw new Error(JSON.stringify([wanted, screens]));
  const routes = routeTable();
  const { requests, subjects } = wanted.value;
  const sight = { screens: screens.value, requests: new Map(requests), subjects, fromMs, toMs };
  const history = watching(sight, routes);
  let from = 0;
  for (const size of [...pieces, log.length]) {
    history.add(batchOf(log.slice(from, from + size), routes));
    from += size;
  }
  history.finish();
  const observations = history.observations();
  if (!observations.ok) throw new Error(JSON.stringify(observations.error));
  return observations.value;
}

/** Good and total by minute with nothing shared between candidates: all of the log is read for this one. */
export function slowSeries(
  { judgement }: Candidate,
  log: readonly TestRequest[],
  { fromMinute, toMinute }: Bounds,
): CountSeries {
  const bounds = { fromMinute, toMinute };
  if (judgement.kind === 'screen') return countSeries(bounds, viewsOf([judgement.screen], log).minutes());
  const { badStatus, routes, slowerThanMs = Number.POSITIVE_INFINITY } = judgement.indicator;
  const minutes = log.flatMap(({ at, durationMs = 0, line, status = 200 }) => {
    const [, path = ''] = line.split(' ');
    const isOf = routes.length === 0 || routes.includes(path) || routes.includes(line);
    const failed = badStatus.some(({ from, to }) => status >= from && status <= to);
    if (!isOf || (!failed && [0, 460, 499].includes(status))) return [];
    const minute = Math.floor((START_MS + at) / 60_000);
    return [{ minute, good: failed || durationMs > slowerThanMs ? 0 : 1, total: 1 }];
  });
  return countSeries(bounds, minutes);
}

export const candidateOf = (judgement: Judgement): Candidate => ({
  ...{ slo: 'item', judgement, settings: {} },
  objective: paged(900_000, 2, 20, 5),
});
