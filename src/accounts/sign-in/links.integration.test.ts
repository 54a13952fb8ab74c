import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listAudit } from '#audit';
import { epochMs, type PersonName, parsePersonName } from '#core-values';
import { z } from '#platform';
import { LINK_NAMESPACE, type LinkStatement, linkStatementText } from '../core/index.ts';
import { type PasskeyRoom, statementChallenge } from '../passkeys/index.ts';
import { enrolled, removed, softwareAuthenticator } from '../passkeys/testing.ts';
import { BROWSER_YAML, type BrowserWorld, browserWorld, cookieOf } from '../sessions/testing.ts';
import { linkRoutes, makeFirstLink } from './index.ts';
import { partyOf } from './room.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
let home: string;
let world: BrowserWorld;
let nonce = 0;
const alarms: string[] = [];

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'sekisho-links-'));
  const [hanako, taro] = [makeKey('hanako'), makeKey('taro')];
  makeKey('stranger');
  const yaml = BROWSER_YAML.replace(
    'subject: "1001" }] }',
    `subject: "1001" }], keys: ["${hanako}"] }`,
  ).replace(
    '{ name: taro, identities: [{ issuer: github, id: "1002" }], teams: [shop] }',
    `{ name: taro, identities: [{ issuer: github, id: "1002" }], teams: [shop], keys: ["${taro}"] }
  - { name: yuki, identities: [{ issuer: github, id: "1003" }], teams: [shop] }`,
  );
  const alarm: PasskeyRoom['alarm'] = ({ person }) => void alarms.push(person);
  world = await browserWorld({ yaml, routes: (room) => [linkRoutes({ ...room, alarm })] });
});
beforeEach(() => world.clock.advance(1_000));
afterAll(async () => {
  await world.close();
  rmSync(home, { recursive: true });
});

function makeKey(name: string): string {
  const file = join(home, name);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', file]);
  return readFileSync(`${file}.pub`, 'utf8').trim();
}

const sign = (statement: string, key: string, namespace: string = LINK_NAMESPACE): string =>
  execFileSync('ssh-keygen', ['-Y', 'sign', '-q', '-n', namespace, '-f', join(home, key)], {
    input: statement,
    stdio: ['pipe', 'pipe', 'ignore'],
    encoding: 'utf8',
  });

const sha256 = (words: string): string => createHash('sha256').update(words).digest('hex');
const nameOf = (words: string): PersonName => parsePersonName(words) ?? expect.unreachable();

function statementFor(person: string, more: Partial<LinkStatement> = {}): string {
  nonce += 1;
  return linkStatementText({
    ...{ server: 'https://sekisho.shop.example', person: nameOf(person), purpose: 'invite' },
    ...{ at: world.clock.now(), nonce: String(nonce).padStart(22, 'n'), ...more },
  });
}

const RECOVERY = { purpose: 'recovery', reason: 'lost her phone' } as const;
const ask = (statement: string, key = 'hanako', namespace?: string) =>
  post('/v1/sign-in/links', { statement, signature: sign(statement, key, namespace) });
const post = (path: string, body: unknown, headers: Record<string, string> = {}, cookie?: string) =>
  world.asked(path, {
    ...{ method: 'POST', body: JSON.stringify(body), headers },
    ...(cookie === undefined ? {} : { cookie }),
  });
/** Enrols a passkey for somebody; answers it, and how to take it away. */
async function passkeyOf(person: string) {
  const party = partyOf(world.room);
  const authenticator = softwareAuthenticator({ origin: party.origin });
  await enrolled(world.database.db, party, authenticator, { person });
  return { authenticator, remove: () => removed(world.database.db, party, authenticator) };
}
const answered = z.object({ url: z.string(), expiresAt: z.string() });
const tokenOf = (url: string): string => new URL(url).hash.slice(1);
const linkFor = async (person: string, more: Partial<LinkStatement> = {}, key = 'hanako') =>
  tokenOf(answered.parse(await (await ask(statementFor(person, more), key)).json()).url);
const open = (token: string, headers: Record<string, string> = {}, cookie?: string) =>
  post('/v1/sign-in/link', { token }, headers, cookie);
const ruleOf = async (answer: Response): Promise<string> =>
  z.object({ reasons: z.array(z.object({ rule: z.string() })) }).parse(await answer.json()).reasons[0]
    ?.rule ?? '';
const newest = async (kind: string) =>
  (await listAudit(world.database.db, { filter: { kind }, limit: 1 })).entries[0];

describe('a link', () => {
  it('is made by an administrator’s signature, shown once with its token behind #, and audited without it', async () => {
    const answer = await ask(statementFor('yuki'));
    expect(answer.status).toBe(201);
    const { url, expiresAt } = answered.parse(await answer.json());
    expect(url).toMatch(/^https:\/\/sekisho\.shop\.example\/welcome#skl_[A-Za-z0-9_-]{43}$/);
    expect(Date.parse(expiresAt)).toBe(world.clock.now() + 24 * HOUR_MS);
    const entry = await newest('sign-in-link.made');
    expect(entry).toMatchObject({
      actor: { name: 'hanako' },
      subject: { person: 'yuki' },
      evidence: { purpose: 'invite' },
    });
    const { rows } = await sql<{ row: string }>`SELECT l::text AS row FROM sign_in_links l`.execute(
      world.database.db,
    );
    expect(JSON.stringify([entry, rows, world.logged()])).not.toContain(tokenOf(url));
  });

  it('signs in to a session that may only enrol, and tells who vouches', async () => {
    const answer = await open(await linkFor('yuki'));
    expect(await answer.json()).toEqual({ person: 'yuki', purpose: 'invite', vouchedBy: 'hanako' });
    const cookie = cookieOf(answer) ?? expect.unreachable();
    expect(await (await world.asked('/v1/me', { cookie })).json()).toMatchObject({
      session: { signedInBy: 'link', mayOnlyEnrol: true },
    });
    expect(await newest('session.opened')).toMatchObject({
      evidence: { how: { kind: 'link', vouchedBy: 'hanako' } },
    });
  });

  it('attack 20: opens once, however many browsers open it at the same moment', async () => {
    const token = await linkFor('yuki');
    const answers = await Promise.all(Array.from({ length: 8 }, () => open(token)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([
      200,
      ...Array.from({ length: 7 }, () => 401),
    ]);
    expect(await ruleOf(await open(token))).toBe('sign-in-link.spent');
    expect(await newest('sign-in-link.refused')).toMatchObject({ outcome: 'denied' });
  });

  it('runs out, and gives way to a newer one', async () => {
    const old = await linkFor('yuki');
    const newer = await linkFor('yuki');
    expect(await ruleOf(await open(old))).toBe('sign-in-link.spent');
    world.clock.advance(24 * HOUR_MS);
    expect(await ruleOf(await open(newer))).toBe('sign-in-link.spent');
  });

  it('attack 24: is opened by our own page only, so that no other site signs a browser in (login CSRF)', async () => {
    const token = await linkFor('yuki');
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: '' },
      { 'sec-fetch-site': 'cross-site' },
    ]) {
      expect(await ruleOf(await open(token, headers))).toBe('request.foreign-origin');
    }
    expect((await open(token)).status).toBe(200);
  });

  it('attack 24: opens a new session in place of what the browser brought along (session fixation)', async () => {
    const planted = await world.signIn('taro', { kind: 'passkey', credential: 'x' });
    const answer = await open(await linkFor('yuki'), {}, planted);
    expect(cookieOf(answer)).not.toBe(planted);
    expect((await world.asked('/v1/me', { cookie: planted })).status).toBe(401);
  });

  it.each([
    [
      'a person without an administrator’s rights',
      () => ask(statementFor('yuki'), 'taro'),
      'sign-in-link.only-administrators',
    ],
    ['a stranger', () => ask(statementFor('yuki'), 'stranger'), 'sign-in-link.bad-signature'],
    [
      'a signature for something else',
      () => ask(statementFor('yuki'), 'hanako', 'sekisho-session@v1'),
      'sign-in-link.bad-signature',
    ],
    [
      'a signature over other words',
      () =>
        post('/v1/sign-in/links', {
          statement: statementFor('yuki'),
          signature: sign(statementFor('taro'), 'hanako'),
        }),
      'sign-in-link.bad-signature',
    ],
    [
      'a request of six minutes ago',
      () => ask(statementFor('yuki', { at: epochMs(world.clock.now() - 6 * MINUTE_MS) })),
      'sign-in-link.statement-stale',
    ],
    [
      'a request to another server',
      () => ask(statementFor('yuki', { server: 'https://evil.example' })),
      'sign-in-link.other-server',
    ],
    ['a request for nobody', () => ask(statementFor('nobody')), 'sign-in-link.person-unknown'],
    [
      'a recovery without reason',
      () => ask(statementFor('yuki', { purpose: 'recovery' })),
      'sign-in-link.reason',
    ],
    [
      'words with more behind them',
      () => ask(`${statementFor('yuki')}more\n`),
      'sign-in-link.statement-malformed',
    ],
  ])('is not made for %s', async (_, asking: () => Promise<Response>, rule) => {
    expect(await ruleOf(await asking())).toBe(rule);
    expect(await newest('sign-in-link.refused')).toMatchObject({ reasons: [{ rule }] });
  });

  it('attack 20: is not made twice by one signed request', async () => {
    const statement = statementFor('yuki');
    expect((await ask(statement)).status).toBe(201);
    expect(await ruleOf(await ask(statement))).toBe('sign-in-link.statement-used');
  });

  it('is made by everybody for themselves, with the SSH key that they approve with', async () => {
    const answer = await open(await linkFor('taro', {}, 'taro'));
    expect(await answer.json()).toMatchObject({ person: 'taro', vouchedBy: 'taro' });
  });

  it('is made with an administrator’s passkey too, for this very request and no other', async () => {
    const { authenticator, remove } = await passkeyOf('hanako');
    const [statement, other] = [statementFor('yuki'), statementFor('taro')];
    const assertion = authenticator.assert(statementChallenge(statement));
    expect(await ruleOf(await post('/v1/sign-in/links', { statement: other, assertion }))).toBe(
      'passkey.other-challenge',
    );
    expect((await post('/v1/sign-in/links', { statement, assertion })).status).toBe(201);
    expect(await newest('sign-in-link.made')).toMatchObject({ actor: { name: 'hanako' } });
    await remove();
  });

  it('is not made with a passkey by anybody else, for themselves neither: what is lost is not lost then', async () => {
    const { authenticator, remove } = await passkeyOf('taro');
    const statement = statementFor('taro', RECOVERY);
    const assertion = authenticator.assert(statementChallenge(statement));
    expect(await ruleOf(await post('/v1/sign-in/links', { statement, assertion }))).toBe(
      'sign-in-link.only-administrators',
    );
    await remove();
  });

  it('attack 24: suspends the passkey that asks for it with a counter that goes back, and alarms at once', async () => {
    const { authenticator, remove } = await passkeyOf('hanako');
    const asking = (lies = {}) => {
      const statement = statementFor('yuki');
      return { statement, assertion: authenticator.assert(statementChallenge(statement), lies) };
    };
    expect((await post('/v1/sign-in/links', asking())).status).toBe(201);
    expect(alarms).toEqual([]);
    const copied = await post('/v1/sign-in/links', asking({ usesAgo: 1 }));
    expect(await ruleOf(copied)).toBe('passkey.suspended');
    expect(alarms.splice(0)).toEqual(['hanako']);
    expect(await newest('passkey.suspended')).toMatchObject({ subject: { person: 'hanako' } });
    await remove();
  });

  it('attack 24: suspends no passkey by an old request that somebody sends again, and signs nobody out', async () => {
    const { authenticator, remove } = await passkeyOf('hanako');
    const how = { kind: 'passkey', credential: authenticator.credentialId } as const;
    const cookie = await world.signIn('hanako', how);
    const asking = () => {
      const statement = statementFor('yuki');
      return { statement, assertion: authenticator.assert(statementChallenge(statement)) };
    };
    const [first, unsent, second] = [asking(), asking(), asking()];
    for (const request of [first, second]) {
      expect((await post('/v1/sign-in/links', request)).status).toBe(201);
    }
    expect(await ruleOf(await post('/v1/sign-in/links', first))).toBe('sign-in-link.statement-used');
    world.clock.advance(6 * MINUTE_MS);
    expect(await ruleOf(await post('/v1/sign-in/links', unsent))).toBe('sign-in-link.statement-stale');
    expect((await world.asked('/v1/me', { cookie })).status).toBe(200);
    expect(alarms).toEqual([]);
    await remove();
  });

  it('is not made by a session alone, an administrator’s neither: a stolen one would enrol passkeys for anybody', async () => {
    const cookie = await world.signIn('hanako', { kind: 'passkey', credential: 'x' });
    const answer = await post(
      '/v1/sign-in/links',
      { statement: statementFor('yuki'), signature: '' },
      {},
      cookie,
    );
    expect(await ruleOf(answer)).toBe('sign-in-link.bad-signature');
  });

  it('attack 21: no longer opens when whoever made it is no administrator any more, or left', async () => {
    const token = await linkFor('yuki');
    const before = world.configure((yaml) =>
      yaml.replace('administrators: [hanako]', 'administrators: [taro]'),
    );
    expect(await ruleOf(await open(token))).toBe('sign-in-link.no-longer');
    world.configure(() => before);
    expect(await ruleOf(await open(token))).toBe('sign-in-link.spent');
  });

  it('attack 21: is good for nothing any more, though open, when whoever made it is no administrator any more, or left', async () => {
    const enrolling = cookieOf(await open(await linkFor('yuki', RECOVERY))) ?? expect.unreachable();
    const own = cookieOf(await open(await linkFor('taro', {}, 'taro'))) ?? expect.unreachable();
    const statusOf = async (cookie: string) => (await world.asked('/v1/me', { cookie })).status;
    const before = world.configure((yaml) =>
      yaml.replace('administrators: [hanako]', 'administrators: [taro]'),
    );
    expect([await statusOf(enrolling), await statusOf(own)]).toEqual([401, 200]);
    world.configure(() => before);
    expect(await statusOf(enrolling)).toBe(200);
  });

  it.each([
    ['person', `'hanako'`],
    ['purpose', `'invite', reason = NULL`],
    ['expires_at', `expires_at + interval '1 year'`],
    ['made_by', `'taro'`],
    ['reason', `'another'`],
    ['code', 'NULL'],
  ])('opens nothing when its %s was changed to %s in the database', async (column, value) => {
    const token = await linkFor('yuki', RECOVERY);
    await sql
      .raw(`UPDATE sign_in_links SET ${column} = ${value} WHERE token_sha256 = '${sha256(token)}'`)
      .execute(world.database.db);
    expect(await ruleOf(await open(token))).toBe('sign-in-link.spent');
  });

  it('is not opened again by taking its use away in the database', async () => {
    const token = await linkFor('yuki');
    expect((await open(token)).status).toBe(200);
    await sql`UPDATE sign_in_links SET used_at = NULL`.execute(world.database.db);
    expect(await ruleOf(await open(token))).toBe('sign-in-link.spent');
  });
});

describe('a recovery', () => {
  it('ends every session of the person, and says why in the log', async () => {
    const cookie = await world.signIn('yuki', { kind: 'passkey', credential: 'lost' });
    const token = await linkFor('yuki', RECOVERY);
    expect(await newest('sign-in-link.made')).toMatchObject({
      evidence: { purpose: 'recovery', reason: 'lost her phone' },
    });
    expect((await world.asked('/v1/me', { cookie })).status).toBe(200);
    expect((await open(token)).status).toBe(200);
    expect((await world.asked('/v1/me', { cookie })).status).toBe(401);
    expect(await newest('session.revoked')).toMatchObject({
      subject: { person: 'yuki' },
      evidence: { because: { link: expect.stringMatching(/^sil_/) } },
    });
  });

  it('is for who has a passkey, an invitation for who has none: also when one was enrolled since', async () => {
    const token = await linkFor('yuki');
    const { remove } = await passkeyOf('yuki');
    expect(await ruleOf(await open(token))).toBe('sign-in-link.no-longer');
    expect(await ruleOf(await ask(statementFor('yuki')))).toBe('sign-in-link.has-passkey');
    expect((await open(await linkFor('yuki', RECOVERY))).status).toBe(200);
    await remove();
  });
});

describe('the first link', () => {
  it('is for the first administrator, an hour, once, and a newer one takes its place', async () => {
    const [old, link] = [await makeFirstLink(world.room), await makeFirstLink(world.room)];
    expect(link).toMatchObject({ person: 'hanako', expiresAt: world.clock.now() + HOUR_MS });
    expect(await ruleOf(await open(tokenOf(old?.url ?? '')))).toBe('sign-in-link.spent');
    const answer = await open(tokenOf(link?.url ?? ''));
    expect(await answer.json()).toEqual({ person: 'hanako', purpose: 'first', vouchedBy: null });
    expect(await newest('sign-in-link.made')).toMatchObject({ actor: { kind: 'server' } });
  });

  it('is not made, and no longer opens, once an administrator has a passkey', async () => {
    const link = await makeFirstLink(world.room);
    const { remove } = await passkeyOf('hanako');
    expect(await makeFirstLink(world.room)).toBeUndefined();
    expect(await ruleOf(await open(tokenOf(link?.url ?? '')))).toBe('sign-in-link.no-longer');
    await remove();
  });
});
