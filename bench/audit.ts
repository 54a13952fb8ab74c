import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { type AuditEntry, appendAuditAndCommit, auditSigner, generateAuditKey, verifyAudit } from '#audit';
import { epochMs } from '#core-values';
import { inTransaction, migrateDatabase, openDatabase, startEmbeddedPostgres } from '#platform';

/*
 * node bench/audit.ts: entries appended one a transaction by 32 writers, each durable, against the same PostgreSQL's
 * transactions of one inserted row; and entries verified a second, the whole log from the database.
 */

const WRITERS = 32;
const SECONDS = 4;

const directory = await mkdtemp(join(tmpdir(), 'sekisho-bench-'));

async function bench(url: string): Promise<void> {
  const migrated = await migrateDatabase(url);
  const opened = await openDatabase(url, { maxConnections: WRITERS });
  if (!migrated.ok || !opened.ok) throw new Error('The database does not open.');
  const { db, close } = opened.value;
  const appendsPerSecond = await perSecond(() =>
    inTransaction(db, (tx) => appendAuditAndCommit(tx, entryAt(Date.now()))),
  );
  const signer = auditSigner('sekisho.example/audit', generateAuditKey());
  const startMs = performance.now();
  const verdict = await verifyAudit(db, { keys: [signer.key], checkpoints: [] });
  const verifySeconds = (performance.now() - startMs) / 1000;
  if (!verdict.ok || verdict.value.kind !== 'intact') throw new Error('The log does not verify.');
  await close();
  const insertsPerSecond = await durableInserts(url);
  console.log(
    JSON.stringify({
      benchmark: 'audit',
      writers: WRITERS,
      appendsPerSecond,
      durableInsertsPerSecond: insertsPerSecond,
      insertsPerAppend: Math.round((insertsPerSecond / appendsPerSecond) * 10) / 10,
      entries: verdict.value.size,
      verifiedPerSecond: Math.round(verdict.value.size / verifySeconds),
    }),
  );
}

const entryAt = (now: number): AuditEntry => ({
  at: epochMs(now),
  kind: 'grant.allowed',
  actor: { kind: 'workload', name: 'shop/infra run 31', claims: { commit: 'a'.repeat(40), runId: '31' } },
  subject: { other: 'stack:shop-production' },
  outcome: 'allowed',
  evidence: {
    purpose: 'plan',
    policies: ['plan-from-protected-workflow'],
    facts: { protectedWorkflow: true },
  },
});

async function durableInserts(url: string): Promise<number> {
  const pool = new Pool({ connectionString: url, max: WRITERS });
  // A connection that the server closes first is no failure of the benchmark.
  pool.on('error', () => undefined);
  await pool.query(
    'CREATE TABLE bench_floor (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz)',
  );
  const rate = await perSecond(() => pool.query('INSERT INTO bench_floor (at) VALUES (now())'));
  await pool.end();
  return rate;
}

async function perSecond(work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const startMs = performance.now();
  const writer = async (): Promise<void> => {
    while (performance.now() < startMs + SECONDS * 1000) {
      await work();
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
  return Math.round((count / (performance.now() - startMs)) * 1000);
}

await chmod(directory, 0o711);
const postgres = await startEmbeddedPostgres({ directory });
if (!postgres.ok) throw new Error(postgres.error.reasons[0].message.en);
try {
  await bench(postgres.value.url);
} finally {
  await postgres.value.stop();
  await rm(directory, { recursive: true, force: true });
}
