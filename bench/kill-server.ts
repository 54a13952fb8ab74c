import { randomInt } from 'node:crypto';
import { killServer } from '../test/end-to-end/kill-server/kills.ts';
import { complaints, damage } from '../test/end-to-end/kill-server/logs.ts';
import { brokenPromises } from '../test/end-to-end/kill-server/verdict.ts';

// node bench/kill-server.ts [ROUNDS] [SEED]: kill -9 of the server under load, 30 times unless told otherwise.

const rounds = Number(process.argv[2] ?? 30);
const seed = Number(process.argv[3] ?? randomInt(2 ** 31));
const startMs = performance.now();
const killed = await killServer({ rounds, seed });
const { ledger, evidence, stuck, killedStarting, slowestStartMs } = killed;
const broken = [
  ...brokenPromises(killed),
  ...ledger.surprises,
  ...complaints(killed.log),
  ...damage(killed.postgresLog),
];
const countOf = (names: readonly string[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    [...new Set(names)].sort().map((name) => [name, names.filter((one) => one === name).length]),
  );
console.log(
  JSON.stringify({
    benchmark: 'kill-server',
    ...{ rounds, seed, killedStarting },
    acknowledged: {
      uploads: ledger.uploads.length,
      approvals: ledger.approvals.length,
      planGrants: ledger.grants.filter(({ purpose }) => purpose === 'plan').length,
      applyGrants: ledger.grants.filter(({ purpose }) => purpose === 'apply').length,
      reports: ledger.reports.length,
      revocations: ledger.revocations.length,
      checkpoints: ledger.checkpoints.length,
    },
    unanswered: Object.fromEntries(ledger.unanswered),
    refusals: countOf(ledger.refusals.flatMap(({ rules }) => rules)),
    grants: countOf(evidence.grants.map(({ purpose, status }) => `${purpose} ${status}`)),
    auditEntries: evidence.audit.length,
    slowestStartMs: Math.round(slowestStartMs),
    ...{ stuck, broken },
    seconds: Math.round((performance.now() - startMs) / 1000),
  }),
);
process.exitCode = broken.length + stuck.length === 0 ? 0 : 1;
