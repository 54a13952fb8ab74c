import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { findPromtool, HOW_TO_GET_PROMTOOL } from '../../../../scripts/setup/promtool.ts';
import { type PrometheusServer, startPrometheus } from '../../../../test/slo/prometheus-rules/server.ts';
import { incidents, rulesOf, shopAlerts, shopSlo } from '../../../../test/slo/prometheus-rules/shop.ts';
import type { BurnAlert } from '../alerts/burn-alert.ts';
import { firingSpans } from '../alerts/firing.ts';
import { countSeries, type MinuteCounts } from '../budget/counts.ts';
import type { Bounds } from '../objective/time-window.ts';

/*
 * A Prometheus server with nine hours of counters and our recording rules evaluated over them: the conditions of our alerts, asked of
 * the server for every minute, begin and end to hold within a minute of when our own code says so. A minute, because a server
 * evaluates every group of rules at an offset of its own; with promtool, where there is none, it is exact.
 */

const MONTH = 43_200;
/** 2026-01-01T00:00Z, in minutes. */
const BEGIN = 29_453_760;
const run = promisify(execFile);
const promtool = findPromtool(process.env) ?? '';
let folder = '';

beforeAll(async () => {
  if (promtool === '') throw new Error(`Prometheus is not there. ${HOW_TO_GET_PROMTOOL.en}`);
  folder = await mkdtemp(join(tmpdir(), 'sekisho-prometheus-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const start = () => startPrometheus(promtool, folder);

/** What a scrape at the end of every minute would have seen. */
function openMetrics(minutes: readonly MinuteCounts[]): string {
  const lines = (code: string, count: (minute: MinuteCounts) => number) => {
    let sum = 0;
    const samples = minutes.map((minute, index) => {
      sum += count(minute);
      return `requests_total{code="${code}"} ${sum} ${(BEGIN + index + 1) * 60}`;
    });
    return [`requests_total{code="${code}"} 0 ${BEGIN * 60}`, ...samples];
  };
  const samples = [...lines('200', ({ good }) => good), ...lines('500', ({ good, total }) => total - good)];
  return `# TYPE requests counter\n${samples.join('\n')}\n# EOF\n`;
}

const Answer = z.object({
  data: z.object({ result: z.array(z.object({ values: z.array(z.tuple([z.number(), z.string()])) })) }),
});

/** When a condition holds, asked of every minute. */
async function spansOf(server: PrometheusServer, query: string, minutes: number): Promise<readonly Bounds[]> {
  const range = { start: String((BEGIN + 1) * 60), end: String((BEGIN + minutes) * 60), step: '60' };
  const response = await fetch(
    `${server.url}/api/v1/query_range?${new URLSearchParams({ query, ...range })}`,
  );
  const { data } = Answer.parse(await response.json());
  const held = data.result.flatMap(({ values }) => values.map(([seconds]) => seconds / 60 - BEGIN));
  const begins = held.filter((minute) => !held.includes(minute - 1));
  const ends = held.filter((minute) => !held.includes(minute + 1));
  return begins.map((fromMinute, index) => ({ fromMinute, toMinute: (ends[index] ?? fromMinute) + 1 }));
}

it('A Prometheus server finds our alerts burning within a minute of when we do', {
  timeout: 240_000,
}, async () => {
  const minutes = incidents();
  const alerts = shopAlerts('sloth', MONTH);
  const tsdb = join(folder, 'tsdb');
  await writeFile(join(folder, 'prometheus.yml'), '{}');
  await writeFile(join(folder, 'counters.txt'), openMetrics(minutes));
  await writeFile(join(folder, 'rules.json'), JSON.stringify(rulesOf([shopSlo(alerts, MONTH)])));
  await run(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', join(folder, 'counters.txt'), tsdb]);

  const first = await start();
  const range = [`--start=${BEGIN * 60}`, `--end=${(BEGIN + minutes.length) * 60}`, '--eval-interval=60s'];
  const backfill = ['tsdb', 'create-blocks-from', 'rules', `--url=${first.url}`, `--output-dir=${tsdb}`];
  try {
    await run(promtool, [...backfill, ...range, join(folder, 'rules.json')]);
  } finally {
    await first.stop();
  }

  // Only a server that starts anew sees the recorded ratios.
  const server = await start();
  try {
    const series = countSeries({ fromMinute: 0, toMinute: minutes.length }, minutes);
    for (const alert of alerts) {
      const ours = firingSpans(alert, series, { fromMinute: 1, toMinute: minutes.length + 1 });
      const theirs = await spansOf(server, conditionOf(alert), minutes.length);
      expect(theirs.map(() => 'span')).toEqual(ours.map(() => 'span'));
      theirs.forEach(({ fromMinute, toMinute }, index) => {
        expect(Math.abs(fromMinute - (ours[index]?.fromMinute ?? Number.NaN))).toBeLessThanOrEqual(1);
        expect(Math.abs(toMinute - (ours[index]?.toMinute ?? Number.NaN))).toBeLessThanOrEqual(1);
      });
    }
  } finally {
    await server.stop();
  }
});

/** The alert's own rule, alone in an export. */
function conditionOf(alert: BurnAlert): string {
  const [, , group] = rulesOf([shopSlo([alert], MONTH)]).groups;
  return group?.rules[0]?.expr ?? '';
}
