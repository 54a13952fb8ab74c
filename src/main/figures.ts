import { Gauge, type Registry } from 'prom-client';
import { auditSize, countAuditEntries } from '#audit';
import { countPlansByState } from '#changes';
import type { Clock } from '#core-values';
import { countGrants } from '#credentials';
import { destinationHealth } from '#messages';
import type { Db } from '#platform';
import { countTrailFindings, trailReadUntil } from '#trail';

/** `/metrics` answers everybody who can reach it: the database is asked this often at most. */
const FRESH_MS = 10_000;

/**
 * Adds what the database knows to the metrics: the same on every replica, and right after a restart. What only grows is a gauge
 * too, as it is counted and not added up; `rate()` and `increase()` work on it all the same.
 */
export function registerFigures(registry: Registry, db: Db, clock: Clock): void {
  /** `undefined` where the database does not answer: then most of all the rest of the metrics is wanted. */
  const fresh = <T>(ask: () => Promise<T>): (() => Promise<T | undefined>) => {
    let known: { readonly at: number; readonly answer: Promise<T | undefined> } | undefined;
    return () => {
      const now = clock.now();
      if (known === undefined || now - known.at >= FRESH_MS) {
        known = { at: now, answer: ask().catch(() => undefined) };
      }
      return known.answer;
    };
  };
  const grants = fresh(() => countGrants(db));
  const refused = fresh(() => countAuditEntries(db, 'grant.refused'));
  const plans = fresh(() => countPlansByState(db));
  const entries = fresh(() => auditSize(db));
  const findings = fresh(() => countTrailFindings(db));
  const readUntil = fresh(() => trailReadUntil(db));
  const destinations = fresh(() => destinationHealth(db));
  const registers = [registry];
  new Gauge({
    name: 'sekisho_grants',
    help: 'Grants ever asked of AWS, by purpose and by what became of them.',
    labelNames: ['purpose', 'status'],
    registers,
    async collect() {
      this.reset();
      for (const { purpose, status, count } of (await grants()) ?? []) this.set({ purpose, status }, count);
    },
  });
  new Gauge({
    name: 'sekisho_grants_refused',
    help: 'Requests for a grant that were refused, ever.',
    registers,
    async collect() {
      this.set((await refused()) ?? Number.NaN);
    },
  });
  new Gauge({
    name: 'sekisho_plans',
    help: 'Plans, by state.',
    labelNames: ['state'],
    registers,
    async collect() {
      this.reset();
      for (const [state, count] of (await plans()) ?? []) this.set({ state }, count);
    },
  });
  new Gauge({
    name: 'sekisho_audit_entries',
    help: 'Entries of the audit log.',
    registers,
    async collect() {
      this.set((await entries()) ?? Number.NaN);
    },
  });
  new Gauge({
    name: 'sekisho_trail_findings',
    help: 'What comparing grants with CloudTrail found, ever, by severity.',
    labelNames: ['severity'],
    registers,
    async collect() {
      this.reset();
      for (const [severity, count] of (await findings()) ?? []) this.set({ severity }, count);
    },
  });
  new Gauge({
    name: 'sekisho_messages_waiting',
    help: 'Messages that wait to be sent, by destination.',
    labelNames: ['destination'],
    registers,
    async collect() {
      this.reset();
      for (const { name, open } of (await destinations()) ?? []) this.set({ destination: name }, open);
    },
  });
  new Gauge({
    name: 'sekisho_trail_read_until_seconds',
    help: 'When the last run began that read everything CloudTrail had delivered; seconds since 1970.',
    registers,
    async collect() {
      this.set(((await readUntil()) ?? Number.NaN) / 1000);
    },
  });
}
