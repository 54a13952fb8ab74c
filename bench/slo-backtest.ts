import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDefinitions, runBacktest } from '#slo';
import { type Candidate, resolveDefinitions, TOLERANCE } from '#slo/core';
import { type Hour, JUDGED, LINES_OF_VIEW, writeDays } from './day-logs.ts';
import { medianOf, percentileOf } from './figures.ts';
import { processorTimeMs } from './processor-time.ts';

/*
 * node bench/slo-backtest.ts [--lines N] [--threads N]: 100 candidates over 28 days of gzip access logs, one file a day, with incidents
 * in them. The logs are read once, by two threads; then every candidate is judged. Prints what reading and judging cost, for a quarter
 * of the days and for all, beside what it takes to only unpack the same files, in the same run. Exits 1 where 100 million lines would
 * take longer than 10 minutes of two processors, where a new candidate takes longer than a slider waits for (50 ms), where an incident is missed
 * by all, or where the good views of any candidate are not those that the log was made with.
 */

const argument = (name: string, otherwise: number): number => {
  const at = process.argv.indexOf(name);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const LINES = argument('--lines', 1_000_000);
const THREADS = argument('--threads', 2);
const [DAYS, WHOLE_LINES, MOST_MS, MOST_SLIDER_MS] = [28, 100_000_000, 600_000, 50];
const VIEWS_OF_HOUR = Math.max(10, Math.round(LINES / LINES_OF_VIEW / DAYS / 24));

const DEFINITIONS = `
apiVersion: sekisho/v1
kind: Screen
metadata: {name: item}
spec:
  service: shop
  requests:
    - {route: "GET /items/{id}", threshold: 100ms}
    - {route: "GET /api/price/{id}", threshold: 100ms, required: true, after: "GET /items/{id}"}
    - {route: "GET /api/stock/{id}", threshold: 100ms, required: true}
    - {route: "GET /items/{id}/reviews", threshold: 100ms}
  bar: 0.8
  threshold: 500ms
---
apiVersion: openslo/v1
kind: SLO
metadata: {name: item-views}
spec:
  service: shop
  indicator:
    metadata: {name: item-views}
    spec:
      ratioMetric:
        bad: {metricSource: {type: access-log, spec: {views: below-bar}}}
        total: {metricSource: {type: access-log, spec: {screen: item}}}
  timeWindow: [{duration: 30d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.99}]
`;
const GRID = `
slos:
  item-views:
    objective: [99, 99.5, 99.8, 99.9, 99.95]
    alerts: [google, pyrra]
    bar: [0.6, 0.7, 0.8, 0.9, 1]
    requests: {"GET /api/price/{id}": {threshold: [100ms, 300ms]}}
`;
/** Prices fail in every third view at ten o'clock of these days, and take 350 ms in every other view of those. */
const [FAILING, SLOW] = [
  [4, 11, 18, 25],
  [7, 21],
];
const KINDS = ['quiet', 'failing', 'slow'] as const;
const kindOf = (day: number, hour: number): number =>
  hour !== 10 ? 0 : FAILING.includes(day) ? 1 : SLOW.includes(day) ? 2 : 0;

/** Numbers that look random and are the same in every run (Numerical Recipes' linear congruence). */
let state = 6;
const next = (): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state >>> 4;
};

const hours = KINDS.map(
  (kind): Hour => ({
    views: Array.from({ length: VIEWS_OF_HOUR }, (_, view) =>
      JUDGED.map((_part, request) => {
        const ms = 20 + (next() % 85);
        if (request !== 1) return ms;
        if (kind === 'failing' && view % 3 === 0) return -ms;
        return kind === 'slow' && view % 2 === 0 ? 350 : next() % 2000 === 0 ? -ms : ms;
      }),
    ),
  }),
);

/** The score in words of its definition, in halves: all four weigh the same, and price waits for the document. */
function isGood(
  [document = 0, price = 0, stock = 0, reviews = 0]: readonly number[],
  priceMs: number,
  bar: number,
): boolean {
  if (price < 0) return false;
  const halves = (ms: number, threshold: number): number =>
    ms <= threshold ? 2 : ms <= 4 * threshold ? 1 : 0;
  const sum = halves(document, 100) + halves(price, priceMs) + halves(stock, 100) + halves(reviews, 100);
  return Math.min(sum, 4 * halves(Math.max(document + price, stock), 500)) * 1_000_000 >= bar * 8;
}

/** What the log was made with: nothing of it is read. */
function goodViews({ judgement }: Candidate): number {
  if (judgement.kind !== 'screen') return 0;
  const { barPpm, requests } = judgement.screen;
  const ofKind = hours.map(
    ({ views }) => views.filter((times) => isGood(times, requests[1]?.thresholdMs ?? 0, barPpm)).length,
  );
  const goodOf = (hour: number): number => ofKind[kindOf(Math.floor(hour / 24), hour % 24)] ?? 0;
  return Array.from({ length: DAYS * 24 }, (_, hour) => goodOf(hour)).reduce((sum, good) => sum + good, 0);
}

const usedMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

async function measure(logs: readonly string[], folder: string) {
  const definitions = readDefinitions([{ file: 'slo.yaml', bytes: new TextEncoder().encode(DEFINITIONS) }]);
  const resolved = definitions.ok ? resolveDefinitions(definitions.value) : definitions;
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.error));
  const [beforeMs, began] = [usedMs(), performance.now()];
  const result = await runBacktest({
    ...{ definitions: resolved.value, logs, slos: [], tolerance: TOLERANCE, threads: THREADS },
    ...{ incidentsFile: join(folder, 'incidents.yaml'), gridFile: join(folder, 'grid.yaml') },
  });
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  const [processorMs, wallMs] = [usedMs() - beforeMs, performance.now() - began];
  const lines = result.value.logs.reduce((sum, { counts }) => sum + counts.requests, 0);
  return { result: result.value, figures: { lines, processorMs, wallMs, ...unpacking(logs) } };
}

/** What the machine takes to only unpack the same files. */
function unpacking(logs: readonly string[]): { readonly gzipMs: number } {
  const before = processorTimeMs(process.pid) - usedMs();
  const { status } = spawnSync('sh', ['-c', 'gzip -dc "$@" > /dev/null', 'sh', ...logs]);
  if (status !== 0) throw new Error('gzip failed');
  return { gzipMs: Math.round(processorTimeMs(process.pid) - usedMs() - before) };
}

/** Of all candidates the middle and the slowest but one in twenty, for garbage is collected at any time; each judged anew: nothing of another one with the same thresholds is kept. */
function sliderTimes({ laboratory, ranked }: Awaited<ReturnType<typeof measure>>['result']) {
  const tookMs = ranked.map(({ candidate }, index) => {
    const { judgement } = candidate;
    if (judgement.kind !== 'screen') return 0;
    const screen = {
      ...judgement.screen,
      requests: judgement.screen.requests.map((one) => ({ ...one, weight: index + 2 })),
    };
    // Of the processor: a busy machine does not change it.
    const began = usedMs();
    laboratory.evaluate({ ...candidate, judgement: { kind: 'screen', screen } });
    return usedMs() - began;
  });
  return { medianMs: Math.round(medianOf(tookMs)), mostMs: Math.round(percentileOf(tookMs, 95)) };
}

const folder = mkdtempSync(join(tmpdir(), 'sekisho-bench-'));
try {
  const day = (index: number): string => `2026-11-${String(index + 2).padStart(2, '0')}`;
  const incidents = [...FAILING, ...SLOW].map(
    (at) => `- {from: ${day(at)}T10:00Z, to: ${day(at)}T11:00Z, title: prices}`,
  );
  writeFileSync(join(folder, 'incidents.yaml'), incidents.join('\n'));
  writeFileSync(join(folder, 'grid.yaml'), GRID);
  const files = await writeDays(folder, DAYS, hours, kindOf, next);
  const quarter = await measure(files.slice(0, DAYS / 4), folder);
  const whole = await measure(files, folder);
  const { ranked } = whole.result;
  const same = ranked.every(({ candidate, evaluation }) => evaluation.counts.good === goodViews(candidate));
  const views = DAYS * 24 * VIEWS_OF_HOUR;
  const perSecond = Math.round((whole.figures.lines * 1000) / whole.figures.processorMs);
  const wholeMs = Math.round(WHOLE_LINES / perSecond / 2) * 1000;
  const slider = sliderTimes(whole.result);
  const best = ranked[0]?.evaluation;
  const ok =
    same &&
    ranked.every(({ evaluation }) => evaluation.counts.total === views) &&
    whole.figures.lines === views * LINES_OF_VIEW &&
    best?.recall?.hits === incidents.length &&
    best.falsePages === 0 &&
    wholeMs <= MOST_MS &&
    slider.mostMs <= MOST_SLIDER_MS;
  console.log(
    JSON.stringify({
      ...{
        benchmark: 'slo-backtest',
        ok,
        candidates: ranked.length,
        perSecond,
        wholeMs,
        mostMs: MOST_MS,
        slider,
      },
      ...{ mostSliderMs: MOST_SLIDER_MS, same, found: best?.recall?.hits, threads: THREADS },
      scaling: [quarter.figures, whole.figures],
      fileMiB: Math.round(files.reduce((sum, file) => sum + statSync(file).size, 0) / 2 ** 20),
      memoryMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    }),
  );
  process.exitCode = ok ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}
