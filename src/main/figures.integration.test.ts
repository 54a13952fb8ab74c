import { Gauge, Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendAudit } from '#audit';
import { handClock, inTransaction } from '#platform';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { registerFigures } from './figures.ts';

const clock = handClock();
let database: TestDatabase;
beforeEach(async () => {
  database = await testDatabase();
});
afterEach(() => database.close());

const refuse = () =>
  inTransaction(database.db, (tx) =>
    appendAudit(tx, {
      at: clock.now(),
      kind: 'grant.refused',
      actor: { kind: 'workload', name: 'shop/infra run 1' },
      subject: {},
      outcome: 'denied',
    }),
  );

describe('the figures of /metrics', () => {
  it('count grants, refusals, plans and audit entries, those there are none of included', async () => {
    const registry = new Registry();
    registerFigures(registry, database.db, clock);
    await refuse();
    const words = await registry.metrics();
    expect(words).toContain('\nsekisho_grants_refused 1\n');
    expect(words).toContain('\nsekisho_audit_entries 1\n');
    expect(words).toContain('\nsekisho_plans{state="awaiting-approval"} 0\n');
    expect(words).toContain('\nsekisho_grants{purpose="apply",status="issued"} 0\n');
  });

  it('leave the other metrics in place when the database is gone', async () => {
    const registry = new Registry();
    const other = new Gauge({ name: 'other', help: 'other', registers: [registry] });
    other.set(1);
    const gone = await testDatabase();
    registerFigures(registry, gone.db, clock);
    await gone.close();
    const words = await registry.metrics();
    expect(words).toContain('\nother 1\n');
    expect(words).toContain('\nsekisho_audit_entries Nan\n');
  });

  it('ask the database every ten seconds at most', async () => {
    const registry = new Registry();
    registerFigures(registry, database.db, clock);
    await refuse();
    await registry.metrics();
    await refuse();
    expect(await registry.metrics()).toContain('\nsekisho_audit_entries 1\n');
    clock.advance(10_000);
    expect(await registry.metrics()).toContain('\nsekisho_audit_entries 2\n');
  });
});
