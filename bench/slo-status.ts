import { epochMs } from '#core-values';
import {
  alertsOfTable,
  burnAlerts,
  countSeriesOfColumns,
  type Objective,
  objectiveStatus,
  ppm,
  rollingWindow,
} from '#slo/core';

/*
 * node bench/slo-status.ts: budget, burn and alerts of 1,000 SLOs from their counts of 28 days of minutes. Exits 1 where that takes
 * more than 1 s of processor time, which says the same while others work.
 */

const [SLOS, MINUTES, MOST_MS] = [1_000, 28 * 1_440, 1_000];
/** Sets of counts, 80 MB together: more than a processor keeps close. */
const SETS = 100;

const window = rollingWindow(MINUTES);
const specs = alertsOfTable('sloth', MINUTES);
if (!window.ok || !specs.ok) throw new Error('refused');
const targetPpm = ppm(999_000);
const alerts = burnAlerts(specs.value, { targetPpm, periodMinutes: MINUTES });
if (!alerts.ok) throw new Error('refused');
const objective: Objective = { targetPpm, window: window.value, alerts: alerts.value };

const minute = Int32Array.from({ length: MINUTES }, (_, index) => index);
const sets = Array.from({ length: SETS }, (_, set) => {
  const total = Float64Array.from(minute, (at) => 100 + ((at * 31 + set) % 997));
  const good = Float64Array.from(minute, (at) => (total[at] ?? 0) - ((at * 7 + set) % 500 === 0 ? 50 : 0));
  return { minute, good, total };
});

function evaluateAll(): number {
  let kept = 0;
  for (let slo = 0; slo < SLOS; slo += 1) {
    const columns = sets[slo % SETS];
    if (columns === undefined) throw new Error('no counts');
    const series = countSeriesOfColumns({ fromMinute: 0, toMinute: MINUTES }, columns);
    const { budget } = objectiveStatus(objective, series, epochMs(MINUTES * 60_000));
    if (budget.verdict === 'kept') kept += 1;
  }
  return kept;
}

evaluateAll();
const began = process.cpuUsage();
const kept = evaluateAll();
const { user, system } = process.cpuUsage(began);
const tookMs = Math.round((user + system) / 1_000);
console.log(
  JSON.stringify({
    bench: 'slo-status',
    slos: SLOS,
    minutes: MINUTES,
    kept,
    processorMs: tookMs,
    mostMs: MOST_MS,
  }),
);
if (tookMs > MOST_MS) process.exitCode = 1;
