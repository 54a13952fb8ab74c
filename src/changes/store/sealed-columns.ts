import type { SealedColumn } from '#platform';

/** For key rotation; the purposes are those that `uploadPlan` and `sealRecord` bind to. */
export const SEALED_PLAN_COLUMNS: readonly SealedColumn[] = [
  { table: 'plans', id: 'id', column: 'file_sealed', purpose: 'plan-file' },
  { table: 'plans', id: 'id', column: 'record_sealed', purpose: 'plan-record' },
];
