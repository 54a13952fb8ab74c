import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RoleArn } from '#accounts/core';
import { listAudit } from '#audit';
import { epochMs, err, type JsonObject, ok, problem, verbatim } from '#core-values';
import { beginGrant, completeGrant } from '#credentials';
import { handClock, inTransaction } from '#platform';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { exampleGrantId, exampleRequest } from '../credentials/core/example-grant.ts';
import { reconcile } from './reconcile.ts';
import { trailReport } from './report.ts';
import type { TrailAlarm, TrailRoom } from './room.ts';
import { selectFindings } from './store.ts';
import { deliveredInMemory } from './testing/delivered-in-memory.ts';
import { BUCKET, type DeliveredTrail, deliveredTrail } from './testing/delivered-trail.ts';

const START = epochMs(Date.UTC(2026, 10, 2, 3));
const HOUR = 3_600_000;
const grant = exampleGrantId(1);
const BY = { kind: 'server', name: 'sekisho' } as const;

const caseOf = (name: string, part: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, 'cases', name, `${part}.json`), 'utf8'));
const recordsOf = (name: string): JsonObject[] => caseOf(name, 'records').Records;

let database: TestDatabase;
let trail: DeliveredTrail;
let alarms: TrailAlarm[];
let room: TrailRoom;
const clock = handClock(START);

beforeEach(async () => {
  database = await testDatabase();
  trail = deliveredTrail();
  alarms = [];
  clock.set(epochMs(START + 2 * HOUR));
  const approved = caseOf('approved-apply', 'case');
  const { planRole, applyRole } = {
    planRole: 'arn:aws:iam::444444444444:role/sekisho/plan' as RoleArn,
    applyRole: exampleRequest(1).roleArn,
  };
  const accounts = [{ id: exampleRequest(1).account, planRole, applyRole }];
  room = {
    db: database.db,
    clock,
    organization: () => ({ accounts, stacks: [] }),
    trail: {
      files: deliveredInMemory(trail.files),
      keys: {
        find: async (fingerprint) => ok(fingerprint === trail.fingerprint ? trail.publicKey : undefined),
      },
      prefix: '',
      bucket: BUCKET,
    },
    reviewOf: async () => ok({ changes: approved.changes }),
    wasApplied: async () => true,
    appliesToBelieve: 3,
    alarm: (alarm) => alarms.push(alarm),
  };
  const sessionPolicy = { policy: JSON.stringify(approved.sessionPolicy), managedPolicyArns: [] };
  const session = { assumedRoleId: `AROAEXAMPLE:${grant}`, expiresAt: epochMs(START + HOUR) };
  await inTransaction(database.db, (tx) => beginGrant(tx, { ...exampleRequest(1), sessionPolicy }, START));
  await inTransaction(database.db, (tx) => completeGrant(tx, grant, session, START));
});

afterEach(() => database.close());

const run = (isEnough: () => boolean = () => false) => reconcile(room, { by: BY, isEnough });
const rules = async () =>
  (await selectFindings(database.db, epochMs(0), 100)).map(({ rule }) => rule).toSorted();
const audited = async (kind: string) =>
  (await listAudit(database.db, { filter: { kind }, limit: 100 })).entries.length;

/** What moto or a real bucket would hold after an attacker's hand. */
const overwrite = (name: string, with_: string): void => {
  const other = trail.files.get(with_);
  if (other !== undefined) trail.files.set(name, other);
};

describe('reconciliation', () => {
  test('An apply that did what was approved leaves no finding, and the report says what was called and never used', async () => {
    const log = trail.log('0305', recordsOf('approved-apply'));
    trail.digest('04', [log]);
    expect(await run()).toMatchObject({ files: 2, calls: 7, findings: 0, left: 0, complete: true });
    const report = await trailReport(database.db, START, 'en');
    expect(report.findings).toEqual([]);
    expect(report.grants).toMatchObject([{ grant, neverUsed: ['ec2:Describe*', 'tag:Get*', 'iam:List*'] }]);
    expect(await audited('trail.reconciled')).toBe(1);
  });

  test('A call that was not approved is found by its grant, once: in the database, the audit log and the alarm', async () => {
    trail.log('0305', [...recordsOf('approved-apply'), ...recordsOf('another-bucket').map(renumbered)]);
    expect(await run()).toMatchObject({ calls: 9, findings: 2 });
    expect(await run()).toMatchObject({ files: 0, findings: 0 });
    expect(alarms.map(({ rule, grant: of }) => [rule, of])).toEqual([
      ['trail.unexplained-call', grant],
      ['trail.unexplained-call', grant],
    ]);
    expect(await audited('trail.finding')).toBe(2);
    const { findings } = await trailReport(database.db, START, 'ja');
    expect(findings[0]?.message).toMatch(/承認されたプランでは説明できない/);
  });

  test('Use of a role of Sekisho’s without a grant is found', async () => {
    const [call] = recordsOf('approved-apply').slice(1);
    trail.log('0305', [JSON.parse(JSON.stringify(call).replaceAll(grant, 'by-hand'))]);
    await run();
    expect(await rules()).toEqual(['trail.role-without-grant']);
  });

  test('A call that is delivered twice, in one file or two, counts once', async () => {
    const records = recordsOf('another-bucket');
    trail.log('0305', [...records, ...records]);
    trail.log('0310', records.toReversed());
    expect(await run()).toMatchObject({ files: 2, calls: 2, findings: 2 });
  });

  test('Files that come late and out of order are read by the next run', async () => {
    trail.log('0450', recordsOf('approved-apply'));
    await run();
    clock.advance(30 * HOUR);
    await run();
    trail.log('0301', recordsOf('deletes-data').map(renumbered));
    const second = await run();
    expect(second).toMatchObject({ files: 1, calls: 3 });
  });

  test('A run that is stopped, or fails, goes on where it was, and nothing counts twice', async () => {
    for (const at of ['0305', '0310', '0315'])
      trail.log(at, recordsOf('another-bucket').map(renumberedBy(at)));
    const answers = [false, true];
    expect(await run(() => answers.shift() ?? true)).toMatchObject({ files: 1, left: 2, complete: false });
    const failing = { ...room.trail, files: { ...room.trail.files, read: async () => err(OUTAGE) } };
    const failed = await reconcile({ ...room, trail: failing }, { by: BY, isEnough: () => false });
    expect(failed).toMatchObject({ problem: OUTAGE, complete: false });
    expect(await audited('trail.reconcile-failed')).toBe(1);
    expect(await run()).toMatchObject({ files: 2, left: 0, complete: true, calls: 4, findings: 0 });
  });

  test('Two runs at once count everything once', async () => {
    for (const at of ['0305', '0310', '0315'])
      trail.log(at, recordsOf('another-bucket').map(renumberedBy(at)));
    const both = await Promise.all([run(), run()]);
    expect(both.reduce((sum, { calls }) => sum + calls, 0)).toBe(6);
    expect(both.reduce((sum, { findings }) => sum + findings, 0)).toBe(2);
    expect(await audited('trail.finding')).toBe(2);
  });

  test('A file that another run reads meanwhile counts as that run read it, whatever stands in it by now', async () => {
    const log = trail.log('0305', recordsOf('approved-apply'));
    trail.digest('04', [log]);
    const altered = trail.log('0306', recordsOf('deletes-data').map(renumbered));
    const planted = trail.files.get(altered);
    trail.files.delete(altered);
    const { files } = room.trail;
    let other: ReturnType<typeof run> | undefined;
    const slow: typeof files = {
      ...files,
      read: async (name) => {
        if (name !== log || other !== undefined) return files.read(name);
        other = run();
        await other;
        return ok(planted ?? 'gone');
      },
    };
    const late = await reconcile(
      { ...room, trail: { ...room.trail, files: slow } },
      { by: BY, isEnough: () => false },
    );
    expect(await other).toMatchObject({ files: 2, calls: 7, findings: 0 });
    // What came of the altered content would stand there as proven by the digest.
    expect(late).toMatchObject({ calls: 0, findings: 0 });
    const { rows } = await sql`SELECT 1 FROM trail_calls WHERE action LIKE '%:Delete%'`.execute(database.db);
    expect(rows).toEqual([]);
  });

  test('People who were not told before a crash are told by the next run', async () => {
    trail.log('0305', recordsOf('another-bucket'));
    const killed = {
      ...room,
      alarm: () => {
        throw new Error('killed');
      },
    };
    await expect(reconcile(killed, { by: BY, isEnough: () => false })).rejects.toThrow('killed');
    await run();
    expect(alarms.length).toBe(2);
  });
});

describe('delivered files are proven', () => {
  const clean = (at: string) => trail.log(at, recordsOf('approved-apply').map(renumberedBy(at)));

  test('A chain of digests over unaltered files is in order', async () => {
    const names = ['0305', '0405', '0505'].map(clean);
    for (const [index, hour] of ['04', '05', '06'].entries()) trail.digest(hour, [names[index] ?? '']);
    expect(await run()).toMatchObject({ files: 6, findings: 0, complete: true });
    const { rows } = await sql`SELECT 1 FROM trail_files WHERE vouched_by IS NOT NULL`.execute(database.db);
    expect(rows.length).toBe(3);
  });

  test('An altered file, a missing one, and a signature that is wrong or lacking are found', async () => {
    const [altered, missing, other, fine] = ['0305', '0306', '0307', '0308'].map(clean);
    const first = trail.digest('04', [altered ?? '', missing ?? '', fine ?? '']);
    overwrite(altered ?? '', other ?? '');
    trail.files.delete(missing ?? '');
    const second = trail.digest('05', []);
    const third = trail.digest('06', []);
    trail.files.set(second, { bytes: trail.files.get(second)?.bytes ?? Buffer.alloc(0) });
    trail.files.set(third, {
      bytes: trail.files.get(third)?.bytes ?? Buffer.alloc(0),
      signature: '00'.repeat(256),
    });
    await run();
    const found = await selectFindings(database.db, epochMs(0), 100);
    expect(found.map(({ rule, file }) => [rule, file])).toEqual(
      expect.arrayContaining([
        ['trail.file-altered', altered],
        ['trail.file-missing', missing],
        ['trail.digest-invalid', second],
        ['trail.digest-invalid', third],
      ]),
    );
    expect(found.some(({ file }) => file === first || file === fine)).toBe(false);
    expect(found.filter(({ rule }) => rule !== 'trail.digests-stopped').length).toBe(4);
  });

  test('A digest that is gone, and a chain that begins anew, break the chain', async () => {
    trail.digest('03', []);
    const gone = trail.digest('04', []);
    const after = trail.digest('05', []);
    trail.files.delete(gone);
    await run();
    expect(await rules()).toEqual(['trail.chain-broken']);
    const anew = deliveredTrail();
    const fresh = anew.digest('06', []);
    const delivered = anew.files.get(fresh);
    if (delivered !== undefined) trail.files.set(fresh, delivered);
    room = { ...room, trail: { ...room.trail, keys: { find: async () => ok(anew.publicKey) } } };
    await run();
    const files = (await selectFindings(database.db, epochMs(0), 10)).map(({ file }) => file).toSorted();
    expect(files).toEqual([after, fresh]);
  });

  test('A digest that is signed but moved, or that continues another, is found', async () => {
    const first = trail.digest('03', []);
    const forked = trail.digest('04', [], (digest) => {
      digest.previousDigestHashValue = '0'.repeat(64);
    });
    const moved = first.replace('T030001Z', 'T020001Z');
    const delivered = trail.files.get(first);
    if (delivered !== undefined) trail.files.set(moved, delivered);
    await run();
    const found = await selectFindings(database.db, epochMs(0), 10);
    expect(found.map(({ rule, file }) => [rule, file]).toSorted()).toEqual([
      ['trail.chain-broken', forked],
      ['trail.digest-invalid', moved],
    ]);
  });

  test('A digest that belongs elsewhere, or whose key CloudTrail does not know, vouches for nothing', async () => {
    const log = clean('0305');
    trail.digest('04', [log], (digest) => {
      digest.digestS3Object = 'AWSLogs/other';
    });
    trail.digest('05', [log], (digest) => {
      digest.digestPublicKeyFingerprint = '0'.repeat(32);
    });
    await run();
    expect((await rules()).filter((rule) => rule === 'trail.digest-invalid').length).toBe(2);
    const { rows } = await sql`SELECT 1 FROM trail_files WHERE vouched_by IS NOT NULL`.execute(database.db);
    expect(rows).toEqual([]);
  });

  test('Digests that stop coming, and accounts that have none, are found once', async () => {
    clean('0305');
    clock.set(epochMs(START + 4 * HOUR));
    await run();
    expect(await rules()).toEqual(['trail.no-digests']);
    trail.digest('04', []);
    clock.set(epochMs(START + 9 * HOUR));
    await run();
    await run();
    expect(await rules()).toEqual(['trail.digests-stopped', 'trail.no-digests']);
  });

  test('Files and records that cannot be read are findings, and the rest is compared all the same', async () => {
    const name = clean('0305');
    trail.files.set(name, { bytes: Buffer.from('no gzip') });
    trail.log('0310', [...recordsOf('another-bucket'), { eventID: 'x' }]);
    expect(await run()).toMatchObject({ files: 2, calls: 2, complete: true });
    expect(await rules()).toEqual([
      'trail.file-unreadable',
      'trail.record-unreadable',
      'trail.unexplained-call',
      'trail.unexplained-call',
    ]);
  });
});

const OUTAGE = problem('outside-failed', {
  rule: 'trail.bucket-not-read',
  message: verbatim('down'),
  remedy: verbatim('wait'),
});

/** The same calls under other ids. */
const renumberedBy =
  (prefix: string) =>
  (record: JsonObject): JsonObject => ({ ...record, eventID: `${prefix}-${String(record.eventID)}` });
const renumbered = renumberedBy('again');
