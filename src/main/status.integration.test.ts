import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appendAudit, type LogState } from '#audit';
import { type EpochMs, ok, verbatim } from '#core-values';
import {
  createHttpApp,
  createLogger,
  createMetrics,
  DEFAULT_ROUTE_LIMITS,
  type HttpApp,
  inTransaction,
  z,
} from '#platform';
import { denyEverything, type PolicySet } from '#policy/core';
import { openShop, type Shop } from '../changes/testing/shop.ts';
import { statusRoutes } from './status.ts';

const NEW_LOG: LogState = { size: 0, continues: true };

let shop: Shop;
let app: HttpApp;
let startedAt: EpochMs;
let policies: PolicySet;
/** What the server was started with, and knows of its log. */
const set = { log: NEW_LOG, destinations: [] as string[], trail: false };

beforeAll(async () => {
  shop = await openShop();
  const { db } = shop.database;
  const requirePerson = async () => ok(shop.person('yuki'));
  startedAt = shop.clock.now();
  app = createHttpApp({
    version: '0.0.0',
    logger: createLogger({ level: 'error', destination: { write: () => undefined } }),
    metrics: createMetrics({ processMetrics: false }),
    clock: shop.clock,
    newRequestId: () => 'request-id-1',
    readiness: [],
    limits: { byDefault: DEFAULT_ROUTE_LIMITS },
    routes: [
      statusRoutes({
        ...{ db, requirePerson, clock: shop.clock, policySet: () => policies },
        ...{ auditState: async () => set.log, destinations: set.destinations },
        get isCompared() {
          return set.trail;
        },
        get startedAt() {
          return startedAt;
        },
      }),
    ],
  });
});
beforeEach(async () => {
  await shop.startOver();
  policies = shop.room.policySet();
  startedAt = shop.clock.now();
  set.log = NEW_LOG;
  set.destinations.length = 0;
  set.trail = false;
});
afterAll(() => shop.close());

async function read(path: string, language = 'en'): Promise<unknown> {
  const answer = await app.request(path, { headers: { 'accept-language': language } });
  expect(answer.status).toBe(200);
  return answer.json();
}

const checks = z.object({
  checks: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      state: z.string(),
      words: z.string(),
      remedy: z.string(),
    }),
  ),
});
const status = async (language?: string) => checks.parse(await read('/v1/status', language)).checks;
const stateOf = async (name: string) => (await status()).find((check) => check.name === name)?.state;
const wrong = async (language?: string) =>
  (await status(language)).filter(({ state }) => state === 'wrong').map(({ name }) => name);

const configured = (kind: 'config.refused' | 'config.reloaded', file: string) => {
  shop.clock.advance(1_000);
  return inTransaction(shop.database.db, (tx) =>
    appendAudit(tx, {
      at: shop.clock.now(),
      kind,
      actor: { kind: 'server', name: 'sekisho' },
      subject: { other: `file:${file}` },
      outcome: kind === 'config.refused' ? 'failed' : 'done',
    }),
  );
};

const LONG_MS = 2 * 3_600_000;

describe('the status', () => {
  it('tells what is wrong in the language asked for, and of what is fine no more than that', async () => {
    set.trail = true;
    expect(await wrong()).toEqual([]);
    policies = denyEverything([{ rule: 'x', message: verbatim('no policy'), remedy: verbatim('add one') }]);
    set.log = { size: 2, checkpoint: { size: 1, at: shop.clock.now() }, continues: false };
    shop.clock.advance(LONG_MS);
    expect(await wrong()).toEqual(['policies', 'audit-log', 'trail']);
    const found = await status('ja');
    expect(found[1]).toMatchObject({ title: '設定ファイル', state: 'fine', words: '', remedy: '' });
    expect(found[2]?.words).toMatch(/監査ログ/);
  });

  it('calls what nobody configured not configured, with what to do, and never fine', async () => {
    const found = await status();
    expect(found.map(({ name, state }) => [name, state])).toEqual([
      ['policies', 'fine'],
      ['configuration', 'fine'],
      ['audit-log', 'not-yet'],
      ['messages', 'not-configured'],
      ['trail', 'not-configured'],
      ['trail-findings', 'not-configured'],
    ]);
    const rest = found.filter(({ state }) => state !== 'fine');
    expect(rest.every(({ words, remedy }) => words !== '' && remedy !== '')).toBe(true);
    expect(found[4]?.remedy).toContain('server.trail');
  });

  it('holds a bad file against it until a good one came, whatever else was reloaded', async () => {
    await configured('config.refused', 'sekisho.yaml');
    await configured('config.reloaded', 'policies');
    expect(await wrong()).toContain('configuration');
    await configured('config.reloaded', 'sekisho.yaml');
    expect(await wrong()).not.toContain('configuration');
  });

  it('knows of messages once one was sent, and holds failures only of today’s destinations against it', async () => {
    set.destinations.push('ops');
    const { db } = shop.database;
    expect(await stateOf('messages')).toBe('not-yet');
    await sql`INSERT INTO messages (destination, position, kind, thread, made_at, ended_at, ending) VALUES
      ('ops', 1, 'failed', 't', now(), now(), 'sent'), ('former', 1, 'failed', 't', now(), NULL, NULL)`.execute(
      db,
    );
    await sql`INSERT INTO message_destinations (name, problem) VALUES ('former', 'gone')`.execute(db);
    expect(await stateOf('messages')).toBe('fine');
    await sql`INSERT INTO message_destinations (name, problem) VALUES ('ops', 'token_revoked')`.execute(db);
    expect(await stateOf('messages')).toBe('wrong');
  });

  it('does not know the log before its first checkpoint, and minds entries that nobody signs and tampering', async () => {
    const at = shop.clock.now();
    await configured('config.reloaded', 'sekisho.yaml');
    set.log = { size: 1, continues: true };
    expect(await stateOf('audit-log')).toBe('not-yet');
    shop.clock.advance(LONG_MS);
    expect(await stateOf('audit-log')).toBe('wrong');
    set.log = { size: 1, checkpoint: { size: 1, at }, continues: true };
    expect(await stateOf('audit-log')).toBe('fine');
    const verdict = { kind: 'tampered', size: 1, tampering: 'edited', position: 0 } as const;
    set.log = {
      ...set.log,
      verified: { at, verdict: verdict as unknown as NonNullable<LogState['verified']>['verdict'] },
    };
    expect(await stateOf('audit-log')).toBe('wrong');
  });

  it('finds nothing fine in a trail that was never read, and minds grave findings', async () => {
    set.trail = true;
    const { db } = shop.database;
    expect([await stateOf('trail'), await stateOf('trail-findings')]).toEqual(['not-yet', 'not-yet']);
    const now = new Date(shop.clock.now());
    await sql`INSERT INTO trail_runs (started_at, ended_at, since, complete, files, calls, findings)
      VALUES (${now}, ${now}, ${now}, true, 1, 1, 1)`.execute(db);
    expect([await stateOf('trail'), await stateOf('trail-findings')]).toEqual(['fine', 'fine']);
    await sql`INSERT INTO trail_findings (key, rule, severity, found_at, facts) VALUES ('k', 'r', 'high', ${now}, '{}')`.execute(
      db,
    );
    expect(await stateOf('trail-findings')).toBe('wrong');
  });
});
