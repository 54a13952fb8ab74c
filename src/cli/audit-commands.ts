import { text } from '#core-values';
import type { CliCommandEntry } from './command.ts';

/** Imported late: it brings zod and the model of accounts, twice as many modules as a review has. */
const forPerson = async () => (await import('./clients.ts')).personClient;

/** In the order help shows them. Loaded only when called. */
export const AUDIT_COMMANDS: readonly CliCommandEntry[] = [
  {
    path: ['audit', 'list'],
    examples: [
      'sekisho audit list --stack shop-production --outcome denied',
      'sekisho audit list --kind grant --since 2026-11-01T00:00:00Z',
    ],
    summary: text('List entries of the audit log', '監査ログの一覧'),
    load: async () => (await import('./audit-list.ts')).auditList(await forPerson()),
  },
  {
    path: ['audit', 'show'],
    examples: ['sekisho audit show 42'],
    summary: text('Show one entry with its evidence', 'エントリを証拠とともに表示する'),
    load: async () => (await import('./audit-show.ts')).auditShow(await forPerson()),
  },
  {
    path: ['audit', 'verify'],
    examples: [
      'sekisho audit verify',
      'sekisho audit verify audit.jsonl --checkpoint audit.jsonl.checkpoint',
    ],
    summary: text('Prove that the log was not tampered with', 'ログが改ざんされていないことを検証する'),
    load: async () => (await import('./audit-verify.ts')).auditVerify(await forPerson()),
  },
  {
    path: ['audit', 'export'],
    examples: ['sekisho audit export --output audit.jsonl'],
    summary: text(
      'Write the log to a file, with its checkpoint',
      'ログをチェックポイントとともにファイルへ書き出す',
    ),
    load: async () => (await import('./audit-export.ts')).auditExport(await forPerson()),
  },
  {
    path: ['audit', 'reconcile'],
    examples: [
      'sekisho audit reconcile',
      'sekisho audit reconcile --since 2026-11-01T00:00:00Z --format json',
    ],
    summary: text(
      'Compare grants with what CloudTrail recorded (administrators)',
      'グラントを CloudTrail の記録と照合する(管理者)',
    ),
    load: async () => (await import('./audit-reconcile.ts')).auditReconcile,
  },
];
