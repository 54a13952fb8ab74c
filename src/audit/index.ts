export { appendAudit } from './append.ts';
export type {
  AuditActor,
  AuditEntry,
  AuditKind,
  AuditOutcome,
  AuditRecord,
  AuditSubject,
} from './core/index.ts';
