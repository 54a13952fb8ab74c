import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/*
 * npm run bench: every benchmark, one after the other, each in a process of its own on a machine that should do nothing else.
 * Exits 1 when one of them missed its target. Benchmarks of which one run takes minutes come last.
 */

const BENCHMARKS = [
  ...['policy', 'iam', 'audit', 'review', 'affected-stacks', 'grants', 'plan-page'],
  ...['slo-status', 'slo-logs', 'slo-backtest'],
  ...['embedded-postgres-kills', 'reconcile-kills', 'kill-server'],
];

const missed = BENCHMARKS.filter((name) => {
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, `${name}.ts`)], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return status !== 0;
});
if (missed.length > 0) {
  console.error(`Below target or failed: ${missed.join(', ')}`);
  process.exitCode = 1;
}
