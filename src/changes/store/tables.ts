import type { ColumnType } from 'kysely';
import type { JsonObject } from '#core-values';
import type { StateStore } from '#credentials';
import type { PlanState } from '../core/life.ts';
import type { PlanFacts } from '../core/policy-facts.ts';

// Type aliases, not interfaces: Kysely’s `withTables` wants an index signature, which only aliases have.

/** Written as JSON text, read back parsed. */
type Jsonb<T> = ColumnType<T, string, string>;

export type PlanRow = {
  readonly id: string;
  readonly stack: string;
  readonly account_id: string;
  readonly environment: string;
  readonly digest: string;
  readonly fingerprint: string;
  readonly lineage: string;
  readonly serial: number;
  readonly issuer: string;
  readonly repository_id: string;
  readonly repository_name: string;
  readonly ref: string;
  readonly commit_sha: string;
  readonly event: string;
  readonly run_id: string;
  readonly run_number: number;
  readonly run_attempt: number;
  readonly author_id: string;
  readonly author_name: string;
  readonly author_person: string | null;
  readonly state: PlanState;
  readonly review_gzip: Uint8Array;
  readonly facts: Jsonb<PlanFacts>;
  readonly record_sealed: Uint8Array;
  readonly file_sealed: Uint8Array | null;
  readonly uploaded_at: Date;
  readonly expires_at: Date;
  readonly run_series: string | null;
  readonly planned_at: Date | null;
  readonly pull_request: number | null;
  readonly head_commit: string | null;
};

export type PlanHistoryRow = {
  readonly plan_id: string;
  readonly position: number;
  readonly at: Date;
  readonly event: string;
  readonly state: PlanState;
  readonly by_whom: string;
  readonly detail: Jsonb<JsonObject>;
};

export type ApprovalRow = {
  readonly id: string;
  readonly stack: string;
  readonly fingerprint: string;
  readonly approver: string;
  readonly decision: 'approve' | 'reject' | 'break-glass';
  readonly statement: string;
  readonly statement_sha256: string;
  readonly signature: string;
  readonly given_at: Date;
  readonly withdrawn_at: Date | null;
  readonly consumed_by: string | null;
};

export type RepairRow = {
  readonly id: string;
  readonly stack: string;
  readonly fingerprint: string;
  readonly marked_by: string;
  readonly marked_at: Date;
  readonly mark_statement: string;
  readonly mark_sha256: string;
  readonly mark_signature: string;
  readonly agreed_by: string | null;
  readonly agreed_at: Date | null;
  readonly agreement_statement: string | null;
  readonly agreement_sha256: string | null;
  readonly agreement_signature: string | null;
  readonly withdrawn_at: Date | null;
  readonly withdrawn_by: string | null;
  readonly consumed_by: string | null;
};

export type StackStateRow = {
  readonly stack: string;
  readonly lineage: string;
  readonly serial: number;
  readonly store: ColumnType<StateStore | null, string | null, string | null>;
  readonly reported_by: string;
  readonly reported_at: Date;
};

export type UsedReviewRow = {
  readonly issuer: string;
  readonly review_id: string;
  readonly stack: string;
  readonly fingerprint: string;
  readonly approver: string;
  readonly pull_request: number;
  readonly commit_sha: string;
  readonly given_at: Date;
  readonly grant_id: string;
};

export type StackLockRow = {
  readonly stack: string;
  readonly issuer: string;
  readonly repository_id: string;
  readonly repository_name: string;
  readonly pull_request: number;
  readonly since: Date;
  readonly by_whom: string;
  readonly grant_id: string;
};

export type ChangesTables = {
  readonly used_reviews: UsedReviewRow;
  readonly stack_locks: StackLockRow;
  readonly plans: PlanRow;
  readonly plan_history: PlanHistoryRow;
  readonly approvals: ApprovalRow;
  readonly repairs: RepairRow;
  readonly stack_states: StackStateRow;
};
