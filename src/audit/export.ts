import { type Clock, ok, type Problem, type Result } from '#core-values';
import type { Db } from '#platform';
import { makeCheckpoint } from './checkpoint.ts';
import { exportHeaderLine, formatNoteKey } from './core/index.ts';
import { type AuditSigner, noteCrypto } from './signer.ts';
import { readEntries } from './store.ts';

/**
 * The whole log as JSON lines: a header with a fresh signed checkpoint, then every entry below its size.
 * Entries are read as they are asked for, in constant memory. `exportReader` of the core verifies it again.
 */
export async function exportAudit(
  db: Db,
  signer: AuditSigner,
  clock: Clock,
): Promise<Result<AsyncGenerator<string>, Problem>> {
  const signed = await makeCheckpoint(db, signer, clock);
  if (!signed.ok) return signed;
  const { checkpoint, note } = signed.value;
  const header = exportHeaderLine(formatNoteKey(signer.key, noteCrypto.sha256), note);
  return ok(exportLines(db, checkpoint.size, header));
}

async function* exportLines(db: Db, size: number, header: string): AsyncGenerator<string> {
  yield `${header}\n`;
  for await (const { leaf } of readEntries(db, { until: size })) yield `${leaf}\n`;
}
