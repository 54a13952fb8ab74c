import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendAudit, auditSigner, generateAuditKey, listAudit, noteCrypto, verifyAudit } from '#audit';
import { openCheckpoint, splitCheckpoints } from '#audit/core';
import { handClock, inTransaction, silentLogger } from '#platform';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { checkpointKeeper, type OpenFile } from './checkpoints.ts';

const signer = auditSigner('sekisho.example/audit', generateAuditKey());
const clock = handClock();
let folder: string;
let file: string;
let database: TestDatabase;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sekisho-checkpoints-'));
  file = join(folder, 'elsewhere', 'sekisho.checkpoints');
  database = await testDatabase();
});
afterEach(async () => {
  await database.close();
  rmSync(folder, { recursive: true });
});

const keeper = (more: { openFile?: OpenFile } = {}) =>
  checkpointKeeper({ db: database.db, signer, clock, logger: silentLogger, file, ...more });

/** Node's files, which tell what is done to them; `refuse` names what fails. */
const listening =
  (done: string[], refuse?: string): OpenFile =>
  async (path, flags) => {
    const handle = await open(path, flags);
    const told = (what: string, act: () => Promise<void>) => async (): Promise<void> => {
      done.push(`${what} ${path === file ? 'file' : 'folder'}`);
      if (what === refuse) throw new Error('EIO: i/o error');
      await act();
    };
    return {
      appendFile: (words) => told('append', () => handle.appendFile(words))(),
      sync: told('sync', () => handle.sync()),
      close: told('close', () => handle.close()),
    };
  };

const grow = () =>
  inTransaction(database.db, (tx) =>
    appendAudit(tx, {
      at: clock.now(),
      kind: 'plan.expired',
      actor: { kind: 'server', name: 'sekisho' },
      subject: {},
      outcome: 'done',
    }),
  );

const kept = () => splitCheckpoints(readFileSync(file, 'utf8'));
const sizes = () =>
  kept().map((note) => {
    const opened = openCheckpoint(note, [signer.key], noteCrypto);
    return opened.kind === 'signed' ? opened.checkpoint.size : opened.kind;
  });
const failures = async () => (await listAudit(database.db, { filter: { kind: 'audit' }, limit: 9 })).entries;

describe('the file of checkpoints', () => {
  it('gets a signed one each time the log has grown, and none when it has not', async () => {
    const keep = keeper();
    await keep();
    await grow();
    await keep();
    await keep();
    await grow();
    await grow();
    await keep();
    expect(sizes()).toEqual([1, 3]);
    const verdict = await verifyAudit(database.db, { keys: [signer.key], checkpoints: kept() });
    expect(verdict).toMatchObject({ ok: true, value: { kind: 'intact' } });
  });

  it('also gets one that somebody else had made of the same log: a restart repeats it', async () => {
    await grow();
    await keeper()();
    await keeper()();
    expect(sizes()).toEqual([1, 1]);
  });

  it('that cannot be written is audited once, is no end of the server, and is made up for later', async () => {
    mkdirSync(file, { recursive: true });
    const keep = keeper();
    await grow();
    await keep();
    await keep();
    expect(await failures()).toMatchObject([
      { kind: 'audit.checkpoint-failed', reasons: [{ rule: 'audit.checkpoint-not-written' }] },
    ]);
    rmSync(file, { recursive: true });
    await keep();
    expect(sizes()).toEqual([2]);
  });

  it('is on the disk, and its name in its folder, before a checkpoint counts as kept', async () => {
    await grow();
    const done: string[] = [];
    await keeper({ openFile: listening(done) })();
    expect(done).toEqual([...['append file', 'sync file', 'close file'], ...['sync folder', 'close folder']]);
  });

  it('that the disk does not take is no kept checkpoint: it is audited, and written again', async () => {
    await grow();
    let done: string[] = [];
    let refuse: string | undefined = 'sync';
    const keep = keeper({ openFile: (path, flags) => listening(done, refuse)(path, flags) });
    await keep();
    expect(done).toEqual(['append file', 'sync file', 'close file']);
    expect(await failures()).toMatchObject([{ kind: 'audit.checkpoint-failed' }]);
    refuse = undefined;
    done = [];
    await keep();
    expect(done).toContain('append file');
    expect(sizes().at(-1)).toBe(2);
  });
});
