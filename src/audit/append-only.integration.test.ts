import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { epochMs } from '#core-values';
import { inTransaction } from '#platform';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { appendAudit } from './index.ts';
import { readHead } from './store.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await inTransaction(database.db, (tx) =>
    appendAudit(tx, {
      at: epochMs(1_795_339_800_000),
      kind: 'plan.uploaded',
      actor: { kind: 'person', name: 'hanako' },
      subject: {},
      outcome: 'done',
    }),
  );
});
afterAll(() => database.close());

describe('attack 23: the tables of the log, to whoever may write to the database', () => {
  test.each([
    ['audit_entries', 'UPDATE', `UPDATE audit_entries SET leaf = leaf`],
    ['audit_entries', 'DELETE', `DELETE FROM audit_entries`],
    ['audit_entries', 'TRUNCATE', `TRUNCATE audit_entries`],
    ['audit_head', 'UPDATE', `UPDATE audit_head SET size = 0, subtree_roots = '{}'`],
    ['audit_head', 'INSERT', `INSERT INTO audit_head SELECT * FROM audit_head`],
    ['audit_head', 'DELETE', `DELETE FROM audit_head`],
    ['audit_head', 'TRUNCATE', `TRUNCATE audit_head`],
    ['audit_subtrees', 'INSERT', `INSERT INTO audit_subtrees VALUES (8, 99, sha256('x'))`],
    ['audit_subtrees', 'UPDATE', `UPDATE audit_subtrees SET hash = sha256('x')`],
    ['audit_subtrees', 'DELETE', `DELETE FROM audit_subtrees`],
    ['audit_subtrees', 'TRUNCATE', `TRUNCATE audit_subtrees`],
    ['audit_checkpoints', 'UPDATE', `UPDATE audit_checkpoints SET size = 0`],
    ['audit_checkpoints', 'DELETE', `DELETE FROM audit_checkpoints`],
    ['audit_checkpoints', 'TRUNCATE', `TRUNCATE audit_checkpoints`],
  ])('%s refuses %s', async (table, operation, statement) => {
    await expect(sql.raw(statement).execute(database.db)).rejects.toThrow(
      `audit: ${operation} on ${table} is not allowed, the log is append-only`,
    );
  });
});

/** An entry as somebody would write it by hand, past `audit_append`. */
interface ByHand {
  readonly position: number;
  readonly previous: string;
  readonly positionInLeaf: number;
  readonly previousInLeaf: string;
  readonly leafHash?: string;
}

async function insertByHand(one: ByHand): Promise<void> {
  const leaf = JSON.stringify({
    ...{ at: '2026-11-22T00:00:00.000Z', kind: 'plan.uploaded', outcome: 'done', actor: { name: 'hanako' } },
    ...{ position: one.positionInLeaf, previousLeafHash: one.previousInLeaf, subject: {} },
  });
  const leafHash = one.leafHash ?? createHash('sha256').update(`\0${leaf}`).digest('hex');
  await sql`INSERT INTO audit_entries (position, leaf, leaf_hash, previous_leaf_hash)
    VALUES (${one.position}, ${leaf}, decode(${leafHash}, 'hex'), decode(${one.previous}, 'hex'))`.execute(
    database.db,
  );
}

async function nextByHand(): Promise<ByHand> {
  const { tree, lastLeafHash } = await readHead(database.db);
  const previous = Buffer.from(lastLeafHash).toString('hex');
  return { position: tree.size, previous, positionInLeaf: tree.size, previousInLeaf: previous };
}

describe('attack 23: an entry written by hand', () => {
  const other = 'e'.repeat(64);
  test.each([
    ['at another position', (next: ByHand) => ({ ...next, position: next.position + 1 })],
    ['linked to another entry', (next: ByHand) => ({ ...next, previous: other })],
    ['under a hash that is not its own', (next: ByHand) => ({ ...next, leafHash: other })],
    ['that says another position', (next: ByHand) => ({ ...next, positionInLeaf: next.position + 1 })],
    ['that says another link', (next: ByHand) => ({ ...next, previousInLeaf: other })],
  ])('%s is refused', async (_, wrong) => {
    const next = await nextByHand();
    await expect(insertByHand(wrong(next))).rejects.toThrow('must continue the log at position');
    expect((await readHead(database.db)).tree.size).toBe(next.position);
  });

  test('that continues the log is one of it, and moves the head', async () => {
    const next = await nextByHand();
    await insertByHand(next);
    expect((await readHead(database.db)).tree.size).toBe(next.position + 1);
  });
});
