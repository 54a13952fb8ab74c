import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { epochMs, parsePlanId } from '#core-values';
import { handClock, inTransaction } from '#platform';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { appendAudit, auditSigner, generateAuditKey, listAudit, makeCheckpoint } from './index.ts';
import { verification } from './verification.ts';

const plan = parsePlanId('pln_0190a000-0000-7000-8000-000000000001') ?? expect.unreachable();
const clock = handClock();
let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
  await inTransaction(database.db, async (tx) => {
    for (let n = 0; n < 30; n += 1)
      await appendAudit(tx, {
        at: epochMs(clock.now() + n),
        kind: 'approval.given',
        actor: { kind: 'person', name: n === 3 ? '花子' : 'taro' },
        subject: n % 10 === 0 ? { plan } : {},
        outcome: 'done',
        evidence: { reason: n === 7 ? 'Say "Yes" to 100% of it' : 'none', mentions: plan },
      });
  });
});
afterAll(() => database.close());

const found = async (...of: Parameters<typeof listAudit> extends [unknown, (infer R)?] ? [R?] : never) =>
  (await listAudit(database.db, of[0])).entries.map(({ position }) => position);

describe('a search in the log', () => {
  it('finds words anywhere in an entry, in either case, taken as they are', async () => {
    expect(await found({ filter: { text: 'say "yes"' } })).toEqual([7]);
    expect(await found({ filter: { text: '100%' } })).toEqual([7]);
    expect(await found({ filter: { text: '1_0%' } })).toEqual([]);
    expect(await found({ filter: { text: '花子' } })).toEqual([3]);
    expect(await found({ filter: { text: 'none', actor: '花子' } })).toEqual([3]);
  });

  it('finds what is about a plan, not what only mentions it', async () => {
    expect(await found({ filter: { plan } })).toEqual([20, 10, 0]);
  });

  it('looks at so many entries for one page, and goes on before them', async () => {
    const seen: number[] = [];
    let pages = 0;
    for (let before: number | undefined = 30; before !== undefined; pages += 1) {
      const page = await listAudit(database.db, { filter: { text: '"yes' }, before, mostSearched: 8 });
      seen.push(...page.entries.map(({ position }) => position));
      before = page.next;
    }
    expect([seen, pages]).toEqual([[7], 4]);
    const full = await listAudit(database.db, { filter: { plan }, limit: 1 });
    expect([full.entries.length, full.next]).toEqual([1, 20]);
  });
});

describe('the state of the log', () => {
  it('tells its last checkpoint and the last verdict; a second verification within a minute is the first', async () => {
    const signer = auditSigner('sekisho.example/audit', generateAuditKey());
    const checks = verification(database.db, signer, clock);
    expect(await checks.state()).toEqual({ size: 30, continues: true });
    await makeCheckpoint(database.db, signer, clock);
    const [one, other] = await Promise.all([checks.verify(), checks.verify()]);
    expect([one, one]).toEqual([other, await checks.verify()]);
    expect(one).toMatchObject({ ok: true, value: { verdict: { kind: 'intact', size: 30 } } });
    const at = clock.now();
    expect(await checks.state()).toMatchObject({
      checkpoint: { size: 30, at },
      continues: true,
      verified: { at },
    });
    await sql`ALTER TABLE audit_entries DISABLE TRIGGER USER`.execute(database.db);
    await sql`UPDATE audit_entries SET leaf = replace(leaf, '"taro"', '"jiro"') WHERE position = 12`.execute(
      database.db,
    );
    clock.advance(60_000);
    expect(await checks.verify()).toMatchObject({
      value: { verdict: { kind: 'tampered', tampering: 'edited', position: 12 } },
    });
  });
});
