import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type AuditSigner, appendAudit, makeCheckpoint } from '#audit';
import { type Clock, err, ok, type Problem, problem, type Result, text } from '#core-values';
import { type Db, inTransaction, type Logger } from '#platform';

export interface CheckpointKeeping {
  readonly db: Db;
  readonly signer: AuditSigner;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Absolute; absent: checkpoints stay in the database only. */
  readonly file?: string;
  /** By which files and folders are opened; Node's own, except where a test listens. */
  readonly openFile?: OpenFile;
}

/** As much of `open` from `node:fs/promises` as a durable line takes. */
export type OpenFile = (
  path: string,
  flags: 'a' | 'r',
) => Promise<Pick<FileHandle, 'appendFile' | 'sync' | 'close'>>;

/** Signs the log when it has grown since the last time, and appends the checkpoint to the file. Never throws for a file. */
export type KeepCheckpoint = () => Promise<void>;

/**
 * Remembers what this process has written, not what the database has: a checkpoint that a person fetched by hand, or another
 * replica made, still belongs into the file. A failure is audited once, until it works again.
 */
export function checkpointKeeper(on: CheckpointKeeping): KeepCheckpoint {
  let keptSize = -1;
  let isFailing = false;
  const fail = async (why: Problem): Promise<void> => {
    on.logger.error('A checkpoint of the audit log was not kept', { reason: why.reasons[0].message.en });
    if (isFailing) return;
    isFailing = true;
    await inTransaction(on.db, (tx) =>
      appendAudit(tx, {
        at: on.clock.now(),
        kind: 'audit.checkpoint-failed',
        actor: { kind: 'server', name: 'sekisho' },
        subject: on.file === undefined ? {} : { other: `file:${on.file}` },
        outcome: 'failed',
        reasons: why.reasons,
      }),
    );
  };
  return async () => {
    const made = await makeCheckpoint(on.db, on.signer, on.clock);
    if (!made.ok) return fail(made.error);
    const { note, checkpoint } = made.value;
    if (checkpoint.size === 0 || checkpoint.size === keptSize) return;
    const kept =
      on.file === undefined ? ok(undefined) : await appendDurably(on.openFile ?? open, on.file, `${note}\n`);
    if (!kept.ok) return fail(kept.error);
    keptSize = checkpoint.size;
    isFailing = false;
  };
}

/** On the disk when it returns, and its name in the folder too: what a crash can take away vouches for nothing. */
async function appendDurably(
  openFile: OpenFile,
  file: string,
  words: string,
): Promise<Result<void, Problem>> {
  const folder = dirname(file);
  try {
    await mkdir(folder, { recursive: true });
    await opened(openFile, file, 'a', async (handle) => {
      await handle.appendFile(words);
      await handle.sync();
    });
    await opened(openFile, folder, 'r', (handle) => handle.sync());
    return ok(undefined);
  } catch (cause) {
    return err(notWritten(file, cause instanceof Error ? cause.message : String(cause)));
  }
}

async function opened(
  openFile: OpenFile,
  path: string,
  flags: 'a' | 'r',
  work: (handle: Awaited<ReturnType<OpenFile>>) => Promise<void>,
): Promise<void> {
  const handle = await openFile(path, flags);
  try {
    await work(handle);
  } finally {
    await handle.close();
  }
}

const notWritten = (file: string, why: string): Problem =>
  problem('unavailable', {
    rule: 'audit.checkpoint-not-written',
    message: text(
      `The checkpoint could not be appended to ${file}: ${why}.`,
      `チェックポイントを ${file} に追記できません: ${why}`,
    ),
    remedy: text(
      'Correct `server.audit.checkpointFile`, or let the server write there; it tries again in ten minutes.',
      '`server.audit.checkpointFile` か書き込み権限を確認してください。10 分後に再試行します。',
    ),
  });
