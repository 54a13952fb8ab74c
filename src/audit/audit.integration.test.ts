import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type Clock,
  epochMs,
  err,
  type Problem,
  parseAuditEntryId,
  parseStackName,
  type Result,
} from '#core-values';
import { inTransaction } from '#platform';
import { type TestDatabase, testDatabase } from '#platform/testing';
import {
  type ExportTrust,
  exportReader,
  rootOf,
  rootOfLeafHashes,
  verifyConsistency,
  verifyInclusion,
} from './core/index.ts';
import {
  type AuditEntry,
  type AuditSigner,
  appendAllAndCommit,
  appendAudit,
  auditSigner,
  type DatabaseVerdict,
  exportAudit,
  findAuditEntry,
  generateAuditKey,
  listAudit,
  makeCheckpoint,
  noteCrypto,
  proveConsistency,
  proveInclusion,
  verifyAudit,
} from './index.ts';
import { readHashes, readHead } from './store.ts';

const { sha256 } = noteCrypto;
const clock: Clock = { now: () => epochMs(1_795_339_800_000) };
const signer = auditSigner('sekisho.example.com/audit', generateAuditKey());
const entry = (name: string, more: Partial<AuditEntry> = {}): AuditEntry => ({
  at: clock.now(),
  kind: 'plan.uploaded',
  actor: { kind: 'person', name },
  subject: {},
  outcome: 'done',
  ...more,
});

/** The whole export at once. */
function verifyExport(lines: readonly string[], trust: ExportTrust) {
  const reader = exportReader(trust, noteCrypto);
  for (const line of lines) {
    const fault = reader.push(line);
    if (fault !== undefined) return err(fault);
  }
  return reader.verdict();
}

const must = <T>(result: Result<T, Problem>): T =>
  result.ok ? result.value : expect.unreachable(JSON.stringify(result.error));

let database: TestDatabase;

async function linesOf(by: AuditSigner): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of must(await exportAudit(database.db, by, clock))) lines.push(line.trimEnd());
  return lines;
}

const append = (one: AuditEntry) => inTransaction(database.db, (tx) => appendAudit(tx, one));

/** Many entries in one transaction: quick, and the same to the log. */
const fill = (count: number, from = 0) =>
  inTransaction(database.db, async (tx) => {
    for (let at = from; at < from + count; at += 1) await appendAudit(tx, entry(`person-${at}`));
  });
const verify = async (checkpoints: readonly string[] = []): Promise<DatabaseVerdict> =>
  must(await verifyAudit(database.db, { keys: [signer.key], checkpoints }));
const checkpoint = async () => must(await makeCheckpoint(database.db, signer, clock));

describe('the audit log in PostgreSQL', () => {
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.close());

  test('numbers entries from 0, links them, and verifies', async () => {
    expect(await append(entry('first'))).toBe('0');
    expect(await append(entry('second'))).toBe('1');
    expect(await verify()).toMatchObject({ kind: 'intact', size: 2 });
  });

  test('keeps nothing of a transaction that is undone', async () => {
    const undone = inTransaction<string>(database.db, async (tx, rollBack) => {
      await appendAudit(tx, entry('undone'));
      return rollBack('never mind');
    });
    expect(await undone).toBe('never mind');
    expect(await append(entry('third'))).toBe('2');
    expect((await listAudit(database.db, { filter: { actor: 'undone' } })).entries).toEqual([]);
  });

  test('serialises writers at once without losing or doubling a position', async () => {
    const ids = await Promise.all(Array.from({ length: 60 }, (_, at) => append(entry(`at-once-${at}`))));
    expect(new Set(ids).size).toBe(60);
    expect(await verify()).toMatchObject({ kind: 'intact', size: 63 });
  });

  test('entries appended together keep their order, and are committed when they are answered', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `together-${index}`);
    const { size } = (await readHead(database.db)).tree;
    await inTransaction(database.db, async (tx) => {
      const ids = await appendAllAndCommit(
        tx,
        names.map((name) => entry(name)),
      );
      expect(ids).toEqual(names.map((_, index) => String(size + index)));
      expect((await readHead(database.db)).tree.size).toBe(size + 40);
    });
    const { entries } = await listAudit(database.db, { filter: { actor: 'together-39' } });
    expect(entries.map(({ position }) => position)).toEqual([size + 39]);
    expect(await verify()).toMatchObject({ kind: 'intact', size: size + 40 });
  });

  test('the tree that the database grows is the tree of its leaves, past 256 and 512', async () => {
    await fill(520);
    const { tree } = await readHead(database.db);
    const leaves = await readHashes(database.db, 0, 0, tree.size);
    expect(rootOf(tree, sha256)).toEqual(rootOfLeafHashes(leaves, sha256));
    expect((await readHashes(database.db, 8, 0, 9)).length).toBe(2);
    expect(await verify()).toMatchObject({ kind: 'intact' });
  });

  test('proves inclusion of any entry and consistency of any two sizes, in any tree up to now', async () => {
    const { size } = (await readHead(database.db)).tree;
    const leaves = await readHashes(database.db, 0, 0, size);
    const rootAt = (at: number) => rootOfLeafHashes(leaves.slice(0, at), sha256);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: size }), fc.nat(), async (at, pick) => {
        const position = pick % at;
        const proof = must(await proveInclusion(database.db, position, at));
        const claim = { position, size: at, leaf: proof.leafHash, root: rootAt(at) };
        expect(verifyInclusion(claim, proof.hashes, sha256)).toBe(true);
        const steps = must(await proveConsistency(database.db, position, at));
        const older = { size: position, root: rootAt(position) };
        expect(verifyConsistency(older, { size: at, root: rootAt(at) }, steps, sha256)).toBe(true);
      }),
      { numRuns: 25 },
    );
    expect((await proveInclusion(database.db, size)).ok).toBe(false);
    expect((await proveConsistency(database.db, 3, size + 1)).ok).toBe(false);
  });

  test('refuses every change by hand', async () => {
    const refused = [
      sql`UPDATE audit_entries SET leaf = leaf`,
      sql`DELETE FROM audit_entries WHERE position = 5`,
      sql`TRUNCATE audit_entries`,
      sql`UPDATE audit_head SET size = 0`,
      sql`DELETE FROM audit_head`,
      sql`INSERT INTO audit_subtrees (level, index, hash) VALUES (8, 99, sha256('x'))`,
      sql`DELETE FROM audit_subtrees`,
      sql`DELETE FROM audit_checkpoints`,
      sql`INSERT INTO audit_entries (position, leaf, leaf_hash, previous_leaf_hash)
          SELECT position, leaf, leaf_hash, previous_leaf_hash FROM audit_entries WHERE position = 3`,
      sql`INSERT INTO audit_entries (position, leaf, leaf_hash, previous_leaf_hash)
          SELECT size, '{}', sha256('\\x007b7d'), last_leaf_hash FROM audit_head`,
    ];
    for (const statement of refused) await expect(statement.execute(database.db)).rejects.toThrow(/audit: /);
    expect(await verify()).toMatchObject({ kind: 'intact' });
  });

  test('lists newest first, by pages and filters', async () => {
    const stack = parseStackName('listing') ?? expect.unreachable();
    await append(entry('hanako', { kind: 'grant.issued', subject: { stack }, outcome: 'allowed' }));
    await append(entry('hanako', { kind: 'grant.refused', subject: { stack }, outcome: 'denied' }));
    await append(
      entry('taro', { kind: 'grants.listed', subject: { stack }, at: epochMs(clock.now() + 5_000) }),
    );
    const kinds = async (filter: object) =>
      (await listAudit(database.db, { filter: { stack, ...filter } })).entries.map(({ kind }) => kind);
    expect(await kinds({})).toEqual(['grants.listed', 'grant.refused', 'grant.issued']);
    expect(await kinds({ kind: 'grant' })).toEqual(['grant.refused', 'grant.issued']);
    expect(await kinds({ kind: 'grant.issued' })).toEqual(['grant.issued']);
    expect(await kinds({ actor: 'taro' })).toEqual(['grants.listed']);
    expect(await kinds({ outcome: 'denied' })).toEqual(['grant.refused']);
    expect(await kinds({ since: new Date(clock.now() + 1).toISOString() })).toEqual(['grants.listed']);
    const first = await listAudit(database.db, { filter: { stack }, limit: 2 });
    const second = await listAudit(database.db, { filter: { stack }, limit: 2, before: first.next ?? 0 });
    expect([first.entries.length, second.entries.map(({ kind }) => kind), second.next]).toEqual([
      2,
      ['grant.issued'],
      undefined,
    ]);
  });

  test('shows one entry with its exact text, and says so where there is none', async () => {
    const found = must(await findAuditEntry(database.db, parseAuditEntryId('1') ?? expect.unreachable()));
    expect(JSON.parse(found.leaf)).toEqual(found.record);
    const missing = await findAuditEntry(database.db, parseAuditEntryId('999999') ?? expect.unreachable());
    expect(missing).toMatchObject({ ok: false, error: { code: 'not-found' } });
  });
});

describe('attack 23: tampering in the database by a superuser who switches the triggers off', () => {
  let kept: string;
  beforeEach(async () => {
    database = await testDatabase();
    await fill(280);
    kept = (await checkpoint()).note;
    await fill(20, 280);
    await sql`ALTER TABLE audit_entries DISABLE TRIGGER ALL`.execute(database.db);
    await sql`ALTER TABLE audit_head DISABLE TRIGGER ALL`.execute(database.db);
    await sql`ALTER TABLE audit_subtrees DISABLE TRIGGER ALL`.execute(database.db);
    await sql`ALTER TABLE audit_checkpoints DISABLE TRIGGER ALL`.execute(database.db);
  });
  afterEach(() => database.close());

  const cases = [
    [
      'an edited entry',
      sql`UPDATE audit_entries SET leaf = replace(leaf, 'person', 'nobody') WHERE position = 7`,
      'edited',
      7,
    ],
    [
      'the last entry edited',
      sql`UPDATE audit_entries SET leaf = replace(leaf, 'person', 'nobody') WHERE position = 299`,
      'edited',
      299,
    ],
    ['removed entries', sql`DELETE FROM audit_entries WHERE position BETWEEN 7 AND 9`, 'removed', 7],
    ['the newest entries removed', sql`DELETE FROM audit_entries WHERE position > 290`, 'truncated', 291],
    ['everything removed', sql`DELETE FROM audit_entries`, 'truncated', 0],
    [
      'a changed leaf hash',
      sql`UPDATE audit_entries SET leaf_hash = sha256('x') WHERE position = 7`,
      'columns',
      7,
    ],
    [
      'an entry hidden from a filter',
      sql`UPDATE audit_entries SET actor_name = 'somebody else' WHERE position = 7`,
      'columns',
      7,
    ],
    ['a changed head', sql`UPDATE audit_head SET last_leaf_hash = sha256('x')`, 'head', 299],
    [
      'a changed subtree root',
      sql`UPDATE audit_subtrees SET hash = sha256('x') WHERE index = 0`,
      'subtrees',
      0,
    ],
    ['a changed checkpoint', sql`UPDATE audit_checkpoints SET root = sha256('x')`, 'checkpoints', 280],
  ] as const;

  for (const [name, statement, tampering, position] of cases) {
    test(`${name} is found`, async () => {
      expect(await verify([kept])).toMatchObject({ kind: 'intact', vouchedSize: 300 });
      await statement.execute(database.db);
      expect(await verify([kept])).toMatchObject({ kind: 'tampered', tampering, position });
    });
  }

  test('two entries that changed places are found', async () => {
    await sql`UPDATE audit_entries SET position = 100000 WHERE position = 5`.execute(database.db);
    await sql`UPDATE audit_entries SET position = 5 WHERE position = 9`.execute(database.db);
    await sql`UPDATE audit_entries SET position = 9 WHERE position = 100000`.execute(database.db);
    expect(await verify([kept])).toMatchObject({ tampering: 'reordered', position: 5 });
  });

  test('an entry appended past the head is found', async () => {
    await sql`
      INSERT INTO audit_entries (position, leaf, leaf_hash, previous_leaf_hash, at, kind, outcome, actor_name)
      SELECT size, replace(replace(leaf, '"position":299', '"position":300'), encode(previous_leaf_hash, 'hex'), encode(last_leaf_hash, 'hex')),
        leaf_hash, last_leaf_hash, at, kind, outcome, actor_name
      FROM audit_entries, audit_head WHERE position = 299`.execute(database.db);
    expect(await verify([kept])).toMatchObject({ tampering: 'appended', position: 300, size: 301 });
  });

  /** Wipes everything and writes another history by the log's own means: inside, nothing is wrong. */
  const rewrite = async (names: readonly string[]) => {
    await sql`TRUNCATE audit_entries, audit_subtrees, audit_checkpoints`.execute(database.db);
    await sql`UPDATE audit_head SET size = 0, last_leaf_hash = decode(repeat('00', 32), 'hex'), subtree_roots = '{}'`.execute(
      database.db,
    );
    await sql`ALTER TABLE audit_entries ENABLE TRIGGER ALL`.execute(database.db);
    await inTransaction(database.db, async (tx) => {
      for (const name of names) await appendAudit(tx, entry(name));
    });
  };

  test('a log written anew shows only against the checkpoint kept elsewhere', async () => {
    await rewrite(Array.from({ length: 300 }, (_, at) => (at === 100 ? 'forger' : `person-${at}`)));
    expect(await verify()).toMatchObject({ kind: 'intact' });
    expect(await verify([kept])).toMatchObject({ tampering: 'forked', position: 0 });
  });

  test('the server signs no state that does not continue what it signed', async () => {
    const { rows } = await sql<{ note: string; root: Buffer }>`SELECT * FROM audit_checkpoints`.execute(
      database.db,
    );
    await rewrite(Array.from({ length: 300 }, (_, at) => (at === 100 ? 'forger' : `person-${at}`)));
    const [last] = rows;
    await sql`INSERT INTO audit_checkpoints VALUES (280, ${last?.root}, ${last?.note}, now())`.execute(
      database.db,
    );
    expect(await makeCheckpoint(database.db, signer, clock)).toMatchObject({
      ok: false,
      error: { code: 'conflict', reasons: [{ rule: 'audit.forked' }] },
    });
  });

  test('a checkpoint of another log, or changed, is refused and not taken for proof', async () => {
    const other = auditSigner('other.example.com/audit', generateAuditKey());
    for (const [keys, note] of [
      [[other.key], kept],
      [[signer.key], kept.replace('280', '281')],
      [[signer.key], 'nonsense'],
    ] as const) {
      expect(await verifyAudit(database.db, { keys, checkpoints: [note] })).toMatchObject({
        ok: false,
        error: { code: 'bad-input' },
      });
    }
  });
});

describe('exports', () => {
  let lines: string[];
  let kept: string;
  beforeAll(async () => {
    database = await testDatabase();
    await fill(12);
    kept = (await checkpoint()).note;
    await fill(8, 12);
    lines = await linesOf(signer);
  });
  afterAll(() => database.close());
  const check = (given: readonly string[], trust: Partial<ExportTrust> = {}) =>
    verifyExport(given, { key: signer.key, checkpoints: [kept], ...trust });

  test('verify without a server, and say what vouches for them', async () => {
    expect(lines.length).toBe(21);
    expect(must(check(lines))).toMatchObject({
      anchored: true,
      verdict: { kind: 'intact', size: 20, vouchedSize: 20 },
    });
    const { key: _, ...bare } = { key: signer.key, checkpoints: [] };
    expect(must(verifyExport(lines, bare))).toMatchObject({
      anchored: false,
      verdict: { kind: 'intact' },
    });
  });

  test('attack 23: no line can be changed, taken away, moved or added', async () => {
    const bad = fc.oneof(
      fc.nat(19).map((at) => lines.toSpliced(1 + at, 1)),
      fc.nat(19).map((at) => lines.with(1 + at, (lines[1 + at] ?? '').replace('person', 'Person'))),
      fc.nat(18).map((at) => lines.with(1 + at, lines[2 + at] ?? '').with(2 + at, lines[1 + at] ?? '')),
      fc.nat(19).map((at) => [...lines, lines[1 + at] ?? '']),
      fc.nat(19).map((at) => lines.slice(0, 1 + at)),
    );
    await fc.assert(
      fc.asyncProperty(bad, async (given) => {
        expect(must(check(given)).verdict.kind).toBe('tampered');
      }),
      { numRuns: 60 },
    );
  });

  test('an export signed anew by somebody else is refused by the kept key, and by the kept checkpoint', async () => {
    const forger = auditSigner(signer.key.name, generateAuditKey());
    await sql`ALTER TABLE audit_checkpoints DISABLE TRIGGER ALL`.execute(database.db);
    await sql`DELETE FROM audit_checkpoints`.execute(database.db);
    const forged = await linesOf(forger);
    expect(check(forged)).toMatchObject({ ok: false, error: { code: 'denied' } });
    expect(verifyExport(forged, { checkpoints: [kept] })).toMatchObject({
      ok: false,
      error: { code: 'bad-input' },
    });
  });

  test('what is no export is refused', async () => {
    for (const given of [[], [''], ['{}'], lines.slice(1)]) expect(check(given)).toMatchObject({ ok: false });
  });
});
