export { appendAllAndCommit, appendAudit, appendAuditAndCommit } from './append.ts';
export { type AuditBound, appendBounded, appendLeftOut } from './bounded.ts';
export { makeCheckpoint, type SignedCheckpoint } from './checkpoint.ts';
export type {
  AuditActor,
  AuditEntry,
  AuditKind,
  AuditOutcome,
  AuditRecord,
  AuditSubject,
} from './core/index.ts';
export { auditSize, countAuditEntries } from './counts.ts';
export { exportAudit } from './export.ts';
export { auditAfter } from './follow.ts';
export {
  type AuditEntryFound,
  type AuditFilter,
  type AuditPage,
  type AuditPageRequest,
  findAuditEntry,
  listAudit,
} from './list.ts';
export { type Hearing, hearing } from './live/hearing.ts';
export { type EventRoutesOptions, eventRoutes } from './live/routes.ts';
export { type InclusionProof, proveConsistency, proveInclusion } from './proof.ts';
export { type AuditRoutesOptions, auditRoutes } from './routes.ts';
export { type AuditSigner, auditSigner, generateAuditKey, noteCrypto } from './signer.ts';
export { type LogState, type Verification, verification } from './verification.ts';
export { type CopyTampering, type DatabaseVerdict, verifyAudit } from './verify.ts';
