import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPromtool, HOW_TO_GET_PROMTOOL } from '../../../scripts/setup/promtool.ts';
import { type PrometheusServer, startPrometheus } from '../../../test/slo/prometheus-rules/server.ts';
import type { MinuteCounts } from '../core/index.ts';
import { prometheusSource } from './prometheus.ts';
import { BEGIN } from './testing/contract.ts';
import { eventsSlo, minutesSlo, sloOf } from './testing/slos.ts';
import { impatient } from './testing/stand-in.ts';

/*
 * A real Prometheus with the counters of two pods for three hours, one of which begins anew in between and one is not scraped for some
 * minutes: what is counted is what happened, to the event.
 */

const promtool = findPromtool(process.env) ?? '';
const run = promisify(execFile);
const MINUTES = 180;
const RESTART = 70;
const GAP = { from: 100, to: 103 };
let folder = '';
let server: PrometheusServer | undefined;

/** What happens in each minute. */
const happened = (pod: number, minute: number) => ({
  good: 100 + ((minute * 7 + pod * 13) % 50),
  bad: (minute + pod) % 9 === 0 ? 3 : 0,
});

function openMetrics(): string {
  const lines: string[] = [];
  for (const pod of [0, 1]) {
    for (const code of ['200', '500']) {
      let sum = 5_000_000;
      for (let index = 0; index <= MINUTES; index += 1) {
        if (index > 0) {
          const { good, bad } = happened(pod, index - 1);
          if (pod === 1 && index === RESTART) sum = 0;
          sum += code === '200' ? good : bad;
        }
        if (pod === 0 && index >= GAP.from && index < GAP.to) continue;
        lines.push(`requests_total{pod="${pod}",code="${code}"} ${sum} ${(BEGIN + index) * 60}`);
      }
    }
  }
  const latency = Array.from(
    { length: MINUTES },
    (_, index) => `latency ${index % 10 === 3 ? 0.9 : 0.2} ${(BEGIN + index + 1) * 60}`,
  );
  return `# TYPE requests counter\n${lines.join('\n')}\n# TYPE latency gauge\n${latency.join('\n')}\n# EOF\n`;
}

beforeAll(async () => {
  if (promtool === '') throw new Error(`Prometheus is not there. ${HOW_TO_GET_PROMTOOL.en}`);
  folder = await mkdtemp(join(tmpdir(), 'sekisho-prometheus-source-'));
  await writeFile(join(folder, 'prometheus.yml'), '{}');
  await writeFile(join(folder, 'counters.txt'), openMetrics());
  await run(promtool, [
    'tsdb',
    'create-blocks-from',
    'openmetrics',
    join(folder, 'counters.txt'),
    join(folder, 'tsdb'),
  ]);
  server = await startPrometheus(promtool, folder);
}, 60_000);

afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

const read = async (yaml: string, fromMinute = BEGIN, toMinute = BEGIN + MINUTES) => {
  const slo = sloOf(yaml);
  const source = prometheusSource(impatient(), { name: 'main', url: server?.url ?? '' });
  const answer = (await source.read([slo], { fromMinute, toMinute })).get(slo);
  if (!answer?.ok) throw new Error(answer?.error.reasons[0].message.en);
  return answer.value;
};
const query = (words: string): string =>
  `{ metricSource: { type: Prometheus, spec: { query: '${words}' } } }`;
const counters = eventsSlo(
  `{ ratioMetric: { counter: true, bad: ${query('requests_total{code=~"5.."}')}, total: ${query('requests_total')} } }`,
);
const sums = (minutes: readonly MinuteCounts[]) => ({
  good: minutes.reduce((sum, { good }) => sum + good, 0),
  total: minutes.reduce((sum, { total }) => sum + total, 0),
});

describe('a real Prometheus', () => {
  test('gives every event of its counters once, over a restart and a gap', async () => {
    const { minutes, odd } = await read(counters);
    let [good, bad] = [0, 0];
    for (const pod of [0, 1]) {
      for (let minute = 0; minute < MINUTES; minute += 1) {
        good += happened(pod, minute).good;
        bad += happened(pod, minute).bad;
      }
    }
    expect(sums(minutes)).toEqual({ good, total: good + bad });
    expect(odd).toEqual({ notNumbers: 0, negative: 0, fallen: 0, beyondTotal: 0 });
    const quiet = minutes.find(({ minute }) => minute === BEGIN + 20);
    const both = [0, 1].map((pod) => happened(pod, 20));
    expect(quiet?.good).toBe(both.reduce((sum, one) => sum + one.good, 0));
  });

  test('gives the same minutes, wherever a reading begins', async () => {
    const whole = await read(counters);
    const parts = [
      await read(counters, BEGIN, BEGIN + 60),
      await read(counters, BEGIN + 60, BEGIN + MINUTES),
    ];
    expect(parts.flatMap(({ minutes }) => minutes)).toEqual(whole.minutes);
  });

  test('leaves the minute out in which a sum fell, and says so', async () => {
    const sum = (words: string) => query(`sum(${words})`);
    const yaml = eventsSlo(
      `{ ratioMetric: { counter: true, bad: ${sum('requests_total{code=~"5.."}')}, total: ${sum('requests_total')} } }`,
    );
    const { minutes, odd } = await read(yaml);
    expect(minutes.map(({ minute }) => minute - BEGIN)).not.toContain(RESTART - 1);
    expect(minutes).toHaveLength(MINUTES - 1);
    expect(odd.fallen).toBe(2);
  });

  test('compares what a threshold asks for', async () => {
    const { minutes } = await read(
      minutesSlo(`{ thresholdMetric: ${query('latency')} }`, 'op: lte, value: 0.3'),
    );
    expect(sums(minutes)).toEqual({ good: MINUTES - MINUTES / 10, total: MINUTES });
  });

  test('tells what is wrong with a query', async () => {
    const broken = minutesSlo(`{ thresholdMetric: ${query('latency{')} }`, 'op: lte, value: 0.3');
    await expect(read(broken)).rejects.toThrow(/Prometheus main cannot answer `latency\{`: .*parse error/);
  });
});
