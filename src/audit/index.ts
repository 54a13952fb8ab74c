export { appendAudit } from './append.ts';
export { makeCheckpoint, type SignedCheckpoint } from './checkpoint.ts';
export type {
  AuditActor,
  AuditEntry,
  AuditKind,
  AuditOutcome,
  AuditRecord,
  AuditSubject,
} from './core/index.ts';
export { type ExportTrust, type ExportVerdict, exportAudit, verifyExport } from './export.ts';
export {
  type AuditEntryFound,
  type AuditFilter,
  type AuditPage,
  type AuditPageRequest,
  findAuditEntry,
  listAudit,
} from './list.ts';
export { type InclusionProof, proveConsistency, proveInclusion } from './proof.ts';
export { type AuditSigner, auditSigner, generateAuditKey, noteCrypto } from './signer.ts';
export { type CopyTampering, type DatabaseVerdict, type Trust, verifyAudit } from './verify.ts';
