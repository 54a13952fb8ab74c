import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appendLeftOut, listAudit } from '#audit';
import { epochMs, type Problem, type Result } from '#core-values';
import {
  createHttpApp,
  createLogger,
  createMetrics,
  DEFAULT_ROUTE_LIMITS,
  type HttpApp,
  handClock,
  inTransaction,
  problemDocumentSchema,
  z,
} from '#platform';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { SESSION_NAMESPACE, sessionStatementText } from '../core/index.ts';
import { loadConfiguration } from '../load.ts';
import { sessionRoutes } from './routes.ts';
import { endSession, openSession, personOfSession, type SessionRoom } from './service.ts';

const SERVER = 'https://sekisho.shop.example';
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const clock = handClock();
let home: string;
let database: TestDatabase;
let room: SessionRoom;
let app: HttpApp;
const logged: string[] = [];
let configured: string;
let nonce = 0;

const yaml = (keyOfHanako: string): string => `version: 1
organization: { name: shop }
accounts:
  - { id: "111111111111", name: staging, environment: staging, planRole: "arn:aws:iam::111111111111:role/plan", applyRole: "arn:aws:iam::111111111111:role/apply" }
issuers:
  - { name: github, kind: github-actions, url: "https://token.actions.githubusercontent.com" }
stacks:
  - name: shop
    repository: { issuer: github, id: "1", ownerId: "2", name: shop/infra }
    path: shop
    account: staging
    region: ap-northeast-1
    workflow: shop/infra/.github/workflows/terraform.yml@refs/heads/main
    approval: { team: shop }
teams: [{ name: shop }]
people:
  - { name: hanako, identities: [{ issuer: github, id: "1002", login: hanako }], teams: [shop], keys: ["${keyOfHanako}"] }
administrators: [hanako]
server: { publicUrl: "${SERVER}", encryption: { key: { env: SEKISHO_KEY } } }
`;

function organizationOf(words: string) {
  const loaded = loadConfiguration({ file: 'sekisho.yaml', bytes: Buffer.from(words) });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error.reasons));
  return loaded.value.organization;
}

function makeKey(name: string): string {
  const file = join(home, name);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', file]);
  return readFileSync(`${file}.pub`, 'utf8').trim();
}

const sign = (statement: string, key = 'hanako', namespace: string = SESSION_NAMESPACE): string =>
  execFileSync('ssh-keygen', ['-Y', 'sign', '-q', '-n', namespace, '-f', join(home, key)], {
    input: statement,
    stdio: ['pipe', 'pipe', 'ignore'],
    encoding: 'utf8',
  });

function statementFor(server = SERVER, at = clock.now()): string {
  nonce += 1;
  return sessionStatementText({ server, at, nonce: String(nonce).padStart(22, 'n') });
}

const signedNow = (): { statement: string; signature: string } => {
  const statement = statementFor();
  return { statement, signature: sign(statement) };
};

const ruleOf = (result: Result<unknown, Problem>): string =>
  result.ok ? 'opened' : result.error.reasons[0].rule;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'sekisho-sessions-'));
  configured = yaml(makeKey('hanako'));
  makeKey('stranger');
  database = await testDatabase();
  room = {
    db: database.db,
    inTransaction: (work) => inTransaction(database.db, work),
    clock,
    organization: () => organizationOf(configured),
    publicUrl: SERVER,
    sessionLifeMs: 12 * HOUR_MS,
    sessionKey: 'key-of-the-server',
  };
  app = createHttpApp({
    version: '0.0.0',
    logger: createLogger({ level: 'debug', destination: { write: (line) => void logged.push(line) } }),
    metrics: createMetrics({ processMetrics: false }),
    clock,
    newRequestId: () => 'request-id-1',
    readiness: [],
    limits: { byDefault: DEFAULT_ROUTE_LIMITS },
    routes: [sessionRoutes(room)],
  });
});
beforeEach(() => clock.advance(1_000));
afterAll(async () => {
  await database.close();
  rmSync(home, { recursive: true });
});

async function opened(): Promise<string> {
  const session = await openSession(room, signedNow());
  if (!session.ok) throw new Error(ruleOf(session));
  return session.value.token;
}

describe('a session', () => {
  it('is opened by a statement signed with a key of the configuration, and audited', async () => {
    const token = await opened();
    expect((await personOfSession(room, token))?.name).toBe('hanako');
    const [entry] = (await listAudit(database.db, { limit: 1 })).entries;
    expect(entry).toMatchObject({ kind: 'session.opened', subject: { person: 'hanako' } });
    expect(JSON.stringify(entry)).not.toContain(token);
  });

  it('attack 24: is not opened twice by one statement, not even at the same moment', async () => {
    const signed = signedNow();
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => openSession(room, signed)));
    expect(outcomes.map(ruleOf).toSorted()).toEqual([
      'opened',
      ...Array.from({ length: 7 }, () => 'session.statement-used'),
    ]);
  });

  it.each([
    ['a statement for another server', () => statementFor('https://evil.example'), 'session.other-server'],
    [
      'a statement of five minutes ago',
      () => statementFor(SERVER, epochMs(clock.now() - 5 * MINUTE_MS - 1)),
      'session.statement-stale',
    ],
    [
      'a statement from the future',
      () => statementFor(SERVER, epochMs(clock.now() + 5 * MINUTE_MS + 1)),
      'session.statement-stale',
    ],
    ['words that are no statement', () => 'let me in\n', 'session.statement-malformed'],
    ['a statement with words after it', () => `${statementFor()}more\n`, 'session.statement-malformed'],
  ])('is not opened by %s', async (_, words, rule) => {
    const statement = words();
    expect(ruleOf(await openSession(room, { statement, signature: sign(statement) }))).toBe(rule);
  });

  it('is not opened by a key that nobody has, by a signature for another use, or over other words', async () => {
    const statement = statementFor();
    const open = (signature: string) => openSession(room, { statement, signature });
    expect(ruleOf(await open(sign(statement, 'stranger')))).toBe('session.key-unknown');
    expect(ruleOf(await open(sign(statement, 'hanako', 'sekisho-approval@v1')))).toBe(
      'session.bad-signature',
    );
    expect(ruleOf(await open(sign(statementFor())))).toBe('session.bad-signature');
    expect(ruleOf(await open('no signature'))).toBe('session.bad-signature');
    expect(ruleOf(await open(sign(statement)))).toBe('opened');
  });

  it('ends by itself after its life, and at once when it is closed', async () => {
    const token = await opened();
    clock.advance(12 * HOUR_MS - 1);
    expect(await personOfSession(room, token)).toBeDefined();
    clock.advance(1);
    expect(await personOfSession(room, token)).toBeUndefined();
    const other = await opened();
    await endSession(room, other);
    expect(await personOfSession(room, other)).toBeUndefined();
  });

  it('attack 21: is nobody’s once its person has left the configuration', async () => {
    const token = await opened();
    const before = configured;
    configured = configured.replaceAll('hanako', 'yuki');
    expect(await personOfSession(room, token)).toBeUndefined();
    configured = before;
    expect(await personOfSession(room, token)).toBeDefined();
  });

  it('is audited when it is closed, once, and not when it was nobody’s or over', async () => {
    const closings = async () =>
      (await listAudit(database.db, { filter: { kind: 'session.closed' } })).entries;
    const before = (await closings()).length;
    const [token, over] = [await opened(), await opened()];
    await Promise.all([endSession(room, token), endSession(room, token)]);
    await endSession(room, `sks_${'a'.repeat(43)}`);
    clock.advance(12 * HOUR_MS);
    await endSession(room, over);
    const entries = await closings();
    expect(entries.length - before).toBe(1);
    expect(entries[0]).toMatchObject({
      actor: { kind: 'person', name: 'hanako', tokenSha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      subject: { person: 'hanako' },
    });
    expect(JSON.stringify(entries)).not.toContain(token);
  });

  it('that is refused is audited with its reason, and whose key signed, if anybody’s', async () => {
    const newest = async () =>
      (await listAudit(database.db, { filter: { kind: 'session.refused' }, limit: 1 })).entries[0];
    const stale = statementFor(SERVER, epochMs(clock.now() - 5 * MINUTE_MS - 1));
    await openSession(room, { statement: stale, signature: sign(stale) });
    expect(await newest()).toMatchObject({
      actor: { kind: 'person', name: 'hanako' },
      outcome: 'denied',
      reasons: [{ rule: 'session.statement-stale' }],
    });
    const statement = statementFor();
    await openSession(room, { statement, signature: sign(statement, 'stranger') });
    const shown = execFileSync('ssh-keygen', ['-l', '-f', join(home, 'stranger')], { encoding: 'utf8' });
    expect(await newest()).toMatchObject({
      actor: { name: '(unknown)' },
      reasons: [{ rule: 'session.key-unknown' }],
      evidence: { signedBy: shown.split(' ')[1] },
    });
    const signed = signedNow();
    await openSession(room, signed);
    await openSession(room, signed);
    expect(await newest()).toMatchObject({
      actor: { name: 'hanako' },
      reasons: [{ rule: 'session.statement-used' }],
    });
  });

  it('that is refused is audited a hundred times an hour, and then counted', async () => {
    clock.advance(HOUR_MS - (clock.now() % HOUR_MS));
    const from = new Date(clock.now()).toISOString();
    const knock = () => openSession(room, { statement: 'let me in', signature: 'please' });
    const rules = await Promise.all(Array.from({ length: 130 }, knock));
    expect(new Set(rules.map(ruleOf))).toEqual(new Set(['session.statement-malformed']));
    const filter = { kind: 'session.refused', since: from };
    expect((await listAudit(database.db, { filter, limit: 200 })).entries).toHaveLength(100);
    clock.advance(HOUR_MS);
    await room.inTransaction((tx) => appendLeftOut(tx, clock.now()));
    const [sum] = (await listAudit(database.db, { filter: { kind: 'audit.entries-left-out' } })).entries;
    expect(sum?.evidence).toMatchObject({ topic: 'refused sign-ins', written: 100, leftOut: 30 });
  });

  it.each([
    ['person', `'yuki'`],
    ['expires_at', `expires_at + interval '1 year'`],
    ['opened_at', `opened_at - interval '1 hour'`],
    ['statement_sha256', `repeat('0', 64)`],
    ['code', `sha256('x')`],
    ['code', 'NULL'],
  ])('is nobody’s when its %s was changed to %s in the database', async (column, value) => {
    const before = configured;
    const yuki = '- { name: yuki, identities: [{ issuer: github, id: "1003", login: yuki }], teams: [shop] }';
    configured = configured.replace('people:', `people:\n  ${yuki}`);
    const token = await opened();
    expect(await personOfSession(room, token)).toBeDefined();
    const id = createHash('sha256').update(token).digest('hex');
    await sql
      .raw(`UPDATE person_sessions SET ${column} = ${value} WHERE token_sha256 = '${id}'`)
      .execute(database.db);
    expect(await personOfSession(room, token)).toBeUndefined();
    configured = before;
  });

  it('is not made by who can write to the database: no row of theirs, and no copy of another’s, opens one', async () => {
    await opened();
    const token = `sks_${'b'.repeat(43)}`;
    const id = createHash('sha256').update(token).digest('hex');
    await sql`INSERT INTO person_sessions (token_sha256, person, statement_sha256, opened_at, expires_at, code)
      SELECT ${id}, person, ${id}, opened_at, expires_at, code FROM person_sessions
      WHERE code IS NOT NULL AND closed_at IS NULL ORDER BY opened_at DESC LIMIT 1`.execute(database.db);
    expect(await personOfSession(room, token)).toBeUndefined();
  });

  it('is kept as a hash only', async () => {
    const token = await opened();
    const rows = async () =>
      (await sql<{ row: string }>`SELECT s::text AS row FROM person_sessions s`.execute(database.db)).rows;
    expect(JSON.stringify(await rows())).not.toContain(token.slice(4));
  });
});

describe('over HTTP', () => {
  const post = (body: unknown, language = 'en') =>
    app.request('/v1/sessions', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept-language': language },
      body: JSON.stringify(body),
    });
  const asked = (path: string, token: string, method = 'GET') =>
    app.request(path, { method, headers: { authorization: `Bearer ${token}` } });

  it('signs in, says who that is, and signs out', async () => {
    const answer = await post(signedNow());
    expect(answer.status).toBe(201);
    const { token, person } = z.object({ token: z.string(), person: z.string() }).parse(await answer.json());
    expect(person).toBe('hanako');
    expect(await (await asked('/v1/me', token)).json()).toEqual({
      person: 'hanako',
      teams: ['shop'],
      administrator: true,
      mayBreakGlass: false,
    });
    expect((await asked('/v1/sessions/current', token, 'DELETE')).status).toBe(204);
    expect((await asked('/v1/me', token)).status).toBe(401);
    expect(logged.join('')).not.toContain(token);
  });

  it('refuses in the language of who asks, with a rule and a remedy', async () => {
    const statement = statementFor();
    const body = { statement, signature: sign(statement, 'stranger') };
    const english = problemDocumentSchema.parse(await (await post(body)).json());
    const japanese = problemDocumentSchema.parse(await (await post(body, 'ja')).json());
    expect(english).toMatchObject({ code: 'unauthenticated', reasons: [{ rule: 'session.key-unknown' }] });
    expect(english.reasons[0]?.remedy).toContain('public key');
    expect(japanese.reasons[0]?.remedy).toContain('公開鍵');
  });

  it('knows nobody by a made-up token', async () => {
    for (const token of ['sks_', `sks_${'a'.repeat(43)}`, 'skg_x', 'x']) {
      expect((await asked('/v1/me', token)).status).toBe(401);
    }
  });
});
