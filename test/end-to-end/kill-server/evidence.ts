import { sql } from 'kysely';
import { type AuditRecord, noteCrypto, verifyAudit } from '#audit';
import { auditRecordSchema, parseNoteKey } from '#audit/core';
import type { Problem, Result } from '#core-values';
import { type Db, openDatabase, startEmbeddedPostgres } from '#platform';
import type { Ledger } from './ledger.ts';

/** All that is left, read from the database itself. */
export interface Evidence {
  readonly audit: readonly AuditRecord[];
  /** `intact`, or what `verifyAudit` found wrong, against every checkpoint that was handed out. */
  readonly auditVerdict: string;
  readonly grants: readonly GrantRow[];
  readonly plans: readonly PlanRow[];
  readonly approvals: readonly ApprovalRow[];
  readonly stackStates: readonly {
    readonly stack: string;
    readonly lineage: string;
    readonly serial: number;
  }[];
  readonly postgresLogFile: string;
}

export interface GrantRow {
  readonly id: string;
  readonly purpose: string;
  readonly status: string;
  readonly stack: string;
  readonly account_id: string;
  readonly plan_id: string | null;
  readonly approvers: readonly string[];
  readonly secret_sha256: string | null;
  readonly issued_at: Date | null;
}

export interface PlanRow {
  readonly id: string;
  readonly stack: string;
  readonly digest: string;
  readonly state: string;
  /** Its transitions, oldest first: `file-fetched → applying`. */
  readonly events: readonly string[];
}

export interface ApprovalRow {
  readonly id: string;
  readonly stack: string;
  readonly fingerprint: string;
  readonly approver: string;
  readonly statement: string;
  readonly signature: string;
  readonly consumed_by: string | null;
}

export async function readEvidence(directory: string, ledger: Ledger): Promise<Evidence> {
  const postgres = must(await startEmbeddedPostgres({ directory }));
  try {
    const database = must(
      await openDatabase(postgres.url, { maxConnections: 2, onConnectionLost: () => undefined }),
    );
    try {
      return { ...(await readAll(database.db, ledger)), postgresLogFile: postgres.logFile };
    } finally {
      await database.close();
    }
  } finally {
    await postgres.stop();
  }
}

async function readAll(db: Db, ledger: Ledger): Promise<Omit<Evidence, 'postgresLogFile'>> {
  const rows = async <T>(query: ReturnType<typeof sql<T>>): Promise<readonly T[]> =>
    (await query.execute(db)).rows;
  const leaves = await rows(sql<{ leaf: string }>`SELECT leaf FROM audit_entries ORDER BY position`);
  return {
    audit: leaves.map(({ leaf }) => auditRecordSchema.parse(JSON.parse(leaf))),
    auditVerdict: await auditVerdict(db, ledger),
    grants: await rows(
      sql<GrantRow>`SELECT id, purpose, status, stack, account_id, plan_id, approvers, secret_sha256, issued_at
        FROM grants ORDER BY id`,
    ),
    plans: await rows(
      sql<PlanRow>`SELECT id, stack, digest, state, ARRAY(
          SELECT event FROM plan_history WHERE plan_id = plans.id ORDER BY position) AS events
        FROM plans ORDER BY id`,
    ),
    approvals: await rows(
      sql<ApprovalRow>`SELECT id, stack, fingerprint, approver, statement, signature, consumed_by
        FROM approvals ORDER BY id`,
    ),
    stackStates: await rows(
      sql<{
        stack: string;
        lineage: string;
        serial: number;
      }>`SELECT stack, lineage, serial FROM stack_states`,
    ),
  };
}

async function auditVerdict(db: Db, { checkpoints }: Ledger): Promise<string> {
  const keys = new Set(checkpoints.map(({ key }) => key));
  if (keys.size !== 1) return `${keys.size} keys signed the checkpoints`;
  const trusted = [...keys].flatMap((words) => parseNoteKey(words, noteCrypto.sha256) ?? []);
  const verdict = must(
    await verifyAudit(db, { keys: trusted, checkpoints: checkpoints.map(({ note }) => note) }),
  );
  return verdict.kind === 'intact' ? 'intact' : JSON.stringify(verdict);
}

function must<T>(result: Result<T, Problem>): T {
  if (result.ok) return result.value;
  throw new Error(result.error.reasons.map(({ message }) => message.en).join('\n'));
}
