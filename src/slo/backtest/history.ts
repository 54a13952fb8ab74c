import { Worker } from 'node:worker_threads';
import { ok, type Problem, type Result } from '#core-values';
import type { LogFormat, ScreenMinute } from '#slo/core';
import type { Observations } from '../core/backtest/observations.ts';
import { mergedObservations } from '../core/backtest/observe.ts';
import type { Wanted } from '../core/backtest/wanted.ts';
import type { LogReport } from '../logs/read-logs.ts';
import { readShare, type ShareHistory, type ShareReading } from './read-share.ts';
import { type Share, sharesOf, timedFiles } from './shares.ts';

export interface HistoryReading {
  readonly files: readonly string[];
  readonly wanted: Wanted;
  readonly format?: LogFormat;
  /** In ms since 1970: what began before or from then on is not counted. */
  readonly fromMs?: number;
  readonly toMs?: number;
  /** How many threads may read at once. */
  readonly threads: number;
}

export interface History {
  readonly observations: Observations;
  readonly reports: readonly LogReport[];
  readonly views: readonly ScreenMinute[];
  readonly late: number;
  /** Files of the same time were read one after the other: views that are spread over them lack requests. */
  readonly beside: boolean;
  readonly threads: number;
}

/**
 * Reads logs once for all candidates, by time in several threads. Files of several servers, whose times overlap, cannot be divided by
 * time: they are read again by one.
 */
export async function readHistory(given: HistoryReading): Promise<Result<History, Problem>> {
  const { wanted, format, fromMs = 0, toMs = Number.POSITIVE_INFINITY } = given;
  const files = await timedFiles(given.files, format);
  const read = async (shares: readonly Share[]): Promise<readonly Result<ShareHistory, Problem>[]> => {
    const readings = shares.map((share): ShareReading => {
      const bounds = { fromMs: Math.max(fromMs, share.fromMs), toMs: Math.min(toMs, share.toMs) };
      return { share: { ...share, ...bounds }, endMs: share.toMs, wanted, ...(format && { format }) };
    });
    return readings.length === 1 ? Promise.all(readings.map(readShare)) : Promise.all(readings.map(inThread));
  };
  const shares = sharesOf(files, given.threads);
  const divided = await read(shares);
  const cannot = divided.some((part) => part.ok && part.value.overlapped);
  const parts = cannot ? await read(sharesOf(files, 1)) : divided;
  const histories: ShareHistory[] = [];
  for (const part of parts) {
    if (!part.ok) return part;
    histories.push(part.value);
  }
  const observations = mergedObservations(histories.map((one) => one.observations));
  if (!observations.ok) return observations;
  return ok({
    observations: observations.value,
    reports: histories.flatMap(({ reports }) => reports),
    views: histories.flatMap(({ views }) => views),
    late: histories.reduce((sum, { late }) => sum + late, 0),
    beside: histories.some(({ beside }) => beside),
    threads: histories.length,
  });
}

function inThread(reading: ShareReading): Promise<Result<ShareHistory, Problem>> {
  // It needs nothing of the environment, so it does not get our secrets; nor Node's options.
  const thread = new Worker(new URL('./thread.ts', import.meta.url), {
    ...{ name: 'backtest', env: {}, execArgv: [], workerData: reading },
  });
  return new Promise((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', reject);
    thread.once('exit', () => reject(new Error('A thread that read logs ended without an answer')));
  });
}
