import { err, ok, type Problem, type Result } from '#core-values';
import { readConfigFile, readDocument } from '#platform';
import type { Definitions, LogFormat, ScreenMinute } from '#slo/core';
import type { Backtest } from '../core/backtest/answer.ts';
import { type Candidates, candidatesOf } from '../core/backtest/grid.ts';
import { type Grid, readGrid } from '../core/backtest/grid-schema.ts';
import type { Incident, Tolerance } from '../core/backtest/incident.ts';
import { incidentsOfCsv, incidentsOfDocument } from '../core/backtest/incidents-file.ts';
import { type Laboratory, laboratory } from '../core/backtest/laboratory.ts';
import { type Judged, ranked } from '../core/backtest/ranking.ts';
import { wantedOf } from '../core/backtest/wanted.ts';
import type { LogReport } from '../logs/read-logs.ts';
import { readHistory } from './history.ts';

export interface BacktestOrder {
  readonly definitions: Definitions;
  /** YAML, or CSV by its name's end. */
  readonly incidentsFile: string;
  readonly gridFile?: string;
  readonly logs: readonly string[];
  /** SLOs by name; all when empty. */
  readonly slos: readonly string[];
  readonly tolerance: Tolerance;
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly threads: number;
  readonly format?: LogFormat;
}

export interface BacktestResult extends Backtest {
  readonly laboratory: Laboratory;
  readonly left: Pick<Candidates, 'leftOut' | 'notOfLogs'>;
  readonly logs: readonly LogReport[];
  readonly views: readonly ScreenMinute[];
  readonly late: number;
  readonly beside: boolean;
}

/** Reads everything that people wrote before the logs, which take long: then judges all candidates. */
export async function runBacktest(order: BacktestOrder): Promise<Result<BacktestResult, Problem>> {
  const { definitions, tolerance } = order;
  const incidents = await readIncidents(order.incidentsFile);
  if (!incidents.ok) return incidents;
  const grid = order.gridFile === undefined ? ok(undefined) : await readGridFile(order.gridFile);
  if (!grid.ok) return grid;
  const tried = candidatesOf(definitions, grid.value, order.slos);
  if (!tried.ok) return tried;
  const { candidates, ...left } = tried.value;
  const wanted = wantedOf(candidates);
  if (!wanted.ok) return wanted;
  const history = await readHistory({ ...order, files: order.logs, wanted: wanted.value });
  if (!history.ok) return history;
  const { observations, reports, ...told } = history.value;
  const room = laboratory(observations, incidents.value, tolerance);
  const judged: Judged[] = [];
  for (const [index, candidate] of candidates.entries()) {
    const evaluation = room.evaluate(candidate);
    if (!evaluation.ok) return evaluation;
    judged.push({ number: index + 1, candidate, evaluation: evaluation.value });
  }
  return ok({
    history: { fromMinute: observations.fromMinute, toMinute: observations.toMinute },
    ...{ tolerance, incidents: room.incidents, outside: room.outside, ranked: ranked(judged) },
    ...{ laboratory: room, left, logs: reports, ...told },
  });
}

async function readIncidents(file: string): Promise<Result<readonly Incident[], Problem>> {
  const source = await readConfigFile(file);
  if (!source.ok) return source;
  if (/\.csv$/i.test(file)) return incidentsOfCsv(file, new TextDecoder().decode(source.value.bytes));
  const document = readDocument(source.value);
  return document.ok ? incidentsOfDocument(document.value) : err(document.error);
}

async function readGridFile(file: string): Promise<Result<Grid, Problem>> {
  const source = await readConfigFile(file);
  if (!source.ok) return source;
  const document = readDocument(source.value);
  return document.ok ? readGrid(document.value) : document;
}
