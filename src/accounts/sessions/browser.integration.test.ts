import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listAudit } from '#audit';
import { epochMs, parsePersonName } from '#core-values';
import { z } from '#platform';
import type { SignInHow } from '../core/index.ts';
import { insertSession, sessionId } from './store.ts';
import { type BrowserWorld, browserWorld, cookieOf } from './testing.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
let world: BrowserWorld;
beforeAll(async () => {
  world = await browserWorld();
});
beforeEach(() => world.clock.advance(1_000));
afterAll(() => world.close());

const PASSKEY: SignInHow = { kind: 'passkey', credential: 'cred-1' };
const signedIn = (person = 'hanako', how: SignInHow = PASSKEY) => world.signIn(person, how);
const me = (cookie: string) => world.asked('/v1/me', { cookie });
const newest = async (kind: string) =>
  (await listAudit(world.database.db, { filter: { kind }, limit: 1 })).entries[0];

describe('a browser’s session', () => {
  it('is a cookie that no script, no other site and no other host can touch', async () => {
    const answer = await world.signInAnswer('hanako', PASSKEY);
    const [cookie] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/^__Host-sekisho=skb_[A-Za-z0-9_-]{43}; /);
    expect(cookie?.split('; ').slice(1).toSorted()).toEqual([
      'HttpOnly',
      'Max-Age=43200',
      'Path=/',
      'SameSite=Strict',
      'Secure',
    ]);
  });

  it('stands in the API’s document by the name that it has, at what people ask', async () => {
    const document = await (await world.asked('/v1/openapi.json', {})).json();
    const [name] = (await signedIn()).split('=');
    expect(document).toMatchObject({
      paths: { '/v1/me': { get: { security: [{ bearer: [] }, { browser: [] }] } } },
      components: { securitySchemes: { browser: { in: 'cookie', name }, bearer: { type: 'http' } } },
    });
  });

  it('says who is signed in, by what and until when', async () => {
    const answer = await me(await signedIn());
    expect(await answer.json()).toMatchObject({
      person: 'hanako',
      administrator: true,
      session: { signedInBy: 'passkey', mayOnlyEnrol: false, id: expect.stringMatching(/^bse_/) },
    });
  });

  it('is audited with device and way, without its token', async () => {
    const cookie = await signedIn();
    const entry = await newest('session.opened');
    expect(entry).toMatchObject({
      actor: { name: 'hanako' },
      evidence: { how: PASSKEY, device: 'Test/1.0' },
    });
    expect(JSON.stringify(entry)).not.toContain(cookie.slice(-43));
  });

  it('ends after two hours without use and after twelve hours at most', async () => {
    const idle = await signedIn();
    world.clock.advance(2 * HOUR_MS);
    const answer = await me(idle);
    expect(answer.status).toBe(401);
    let busy = await signedIn();
    for (let hour = 1; hour < 12; hour += 1) {
      world.clock.advance(HOUR_MS);
      const kept = await me(busy);
      expect(kept.status).toBe(200);
      busy = cookieOf(kept) ?? busy;
    }
    world.clock.advance(HOUR_MS);
    expect((await me(busy)).status).toBe(401);
  });

  it('takes its cookie away when it is signed out, and else leaves it: another tab may have signed in meanwhile', async () => {
    const cookie = await signedIn();
    const out = await world.asked('/v1/sessions/current', { cookie, method: 'DELETE' });
    expect(out.headers.getSetCookie()[0]).toContain('Max-Age=0');
    const late = await me(cookie);
    expect([late.status, late.headers.getSetCookie()]).toEqual([401, []]);
  });

  it('gets a new token every fifteen minutes of use, one for requests at the same moment', async () => {
    const before = await signedIn();
    expect(cookieOf(await me(before))).toBeUndefined();
    world.clock.advance(15 * MINUTE_MS);
    const answers = await Promise.all(Array.from({ length: 6 }, () => me(before)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 200));
    const given = answers.flatMap((answer) => cookieOf(answer) ?? []);
    expect(given).toHaveLength(1);
    expect((await me(given[0] ?? '')).status).toBe(200);
  });

  it('attack 24: ends for thief and owner when a token is used again that was replaced, and is audited', async () => {
    const stolen = await signedIn();
    await me(stolen);
    world.clock.advance(15 * MINUTE_MS);
    const owners = cookieOf(await me(stolen)) ?? expect.unreachable();
    await me(owners);
    world.clock.advance(MINUTE_MS);
    const thief = await me(stolen);
    expect(thief.status).toBe(401);
    expect(await thief.json()).toMatchObject({ reasons: [{ rule: 'session.token-reused' }] });
    expect((await me(owners)).status).toBe(401);
    expect(await newest('session.stolen')).toMatchObject({
      subject: { person: 'hanako' },
      reasons: [{ rule: 'session.token-reused' }],
    });
  });

  it('attack 24: is a new one at each sign-in: a token that was planted before is not taken up, and ends (session fixation)', async () => {
    const planted = await signedIn('taro');
    const invented = `__Host-sekisho=skb_${'a'.repeat(43)}`;
    for (const cookie of [planted, invented]) {
      const answer = await world.signInAnswer('hanako', PASSKEY, { cookie });
      const given = cookieOf(answer) ?? expect.unreachable();
      expect(given).not.toBe(cookie);
      expect(await (await me(given)).json()).toMatchObject({ person: 'hanako' });
      expect((await me(cookie)).status).toBe(401);
    }
    const { entries } = await listAudit(world.database.db, { filter: { kind: 'session.opened' }, limit: 2 });
    expect(entries.map(({ evidence }) => evidence)).toEqual([
      expect.not.objectContaining({ replaced: expect.anything() }),
      expect.objectContaining({ replaced: { session: expect.stringMatching(/^bse_/), person: 'taro' } }),
    ]);
  });

  it('attack 21: is nobody’s once its person, or the account that they signed in with, has left the configuration', async () => {
    const how = { kind: 'provider', provider: 'google', subject: '1001' } as const;
    const [byPasskey, byProvider] = [await signedIn(), await signedIn('hanako', how)];
    expect((await me(byProvider)).status).toBe(200);
    const before = world.configure((yaml) => yaml.replace('subject: "1001"', 'subject: "1002"'));
    expect((await me(byProvider)).status).toBe(401);
    expect((await me(byPasskey)).status).toBe(200);
    world.configure(() => before.replaceAll('hanako', 'yuki'));
    expect((await me(byPasskey)).status).toBe(401);
    world.configure(() => before);
  });

  it('by a link may do nothing but enrol a passkey', async () => {
    const how = { kind: 'link', link: 'sil_1', purpose: 'invite', vouchedBy: null } as const;
    const cookie = await signedIn('taro', how);
    expect(await (await me(cookie)).json()).toMatchObject({ session: { mayOnlyEnrol: true } });
    const refused = await world.asked('/v1/sessions', { cookie });
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ reasons: [{ rule: 'session.enrol-first' }] });
  });

  it.each([
    ['person', `'taro'`],
    ['how', `'{"kind":"passkey","credential":"other"}'`],
    ['ends_at', `ends_at + interval '1 year'`],
    ['last_used_at', `last_used_at + interval '1 hour'`],
    ['issued_at', `issued_at + interval '1 hour'`],
    ['spent_sha256', `ARRAY[repeat('0', 64)]`],
    ['former_sha256', `repeat('0', 64)`],
    ['code', `sha256('x')`],
    ['code', 'NULL'],
  ])('is nobody’s when its %s was changed to %s in the database', async (column, value) => {
    const cookie = await signedIn();
    expect((await me(cookie)).status).toBe(200);
    await sql
      .raw(`UPDATE browser_sessions SET ${column} = ${value} WHERE token_sha256 = '${hashOf(cookie)}'`)
      .execute(world.database.db);
    expect((await me(cookie)).status).toBe(401);
  });

  it('is not made by who can write to the database: no token planted as newest, former or spent signs in', async () => {
    const planted = `__Host-sekisho=skb_${'b'.repeat(43)}`;
    for (const column of ['token_sha256', 'former_sha256']) {
      const cookie = await signedIn();
      await sql
        .raw(
          `UPDATE browser_sessions SET ${column} = '${hashOf(planted)}' WHERE token_sha256 = '${hashOf(cookie)}'`,
        )
        .execute(world.database.db);
      expect((await me(planted)).status).toBe(401);
      await sql`DELETE FROM browser_sessions WHERE closed_at IS NULL`.execute(world.database.db);
    }
  });

  it('is not opened again by taking its end away in the database', async () => {
    const cookie = await signedIn();
    expect((await world.asked('/v1/sessions/current', { cookie, method: 'DELETE' })).status).toBe(204);
    expect((await me(cookie)).status).toBe(401);
    await sql`UPDATE browser_sessions SET closed_at = NULL, closed_why = NULL`.execute(world.database.db);
    expect((await me(cookie)).status).toBe(401);
  });

  it('is kept as hashes only', async () => {
    const cookie = await signedIn();
    const { rows } = await sql<{ row: string }>`SELECT s::text AS row FROM browser_sessions s`.execute(
      world.database.db,
    );
    expect(JSON.stringify(rows)).not.toContain(cookie.slice(-43));
    expect(world.logged()).not.toContain(cookie.slice(-43));
  });

  it('carries a stream that began with it until it ends, and neither renews itself nor counts as used by that', async () => {
    const cookie = await signedIn();
    const still = async () => (await world.asked('/test/still', { cookie })).json();
    await me(cookie);
    world.clock.advance(2 * HOUR_MS - 1);
    expect(await still()).toBe(true);
    world.clock.advance(1);
    expect(await still()).toBe(false);
    const other = await signedIn();
    expect(await (await world.asked('/test/still', { cookie: other })).json()).toBe(true);
    await world.asked('/v1/sessions/current', { cookie: other, method: 'DELETE' });
    expect(await (await world.asked('/test/still', { cookie: other })).json()).toBe(false);
    expect(await (await world.asked('/test/still', {})).json()).toBe(false);
  });

  it('is not looked at beside a bearer token, which stands for itself', async () => {
    const cookie = await signedIn();
    const answer = await world.asked('/v1/me', { cookie, headers: { authorization: 'Bearer sks_none' } });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ reasons: [{ rule: 'request.not-signed-in' }] });
  });
});

describe('attack 24: a request with the cookie that another site made (CSRF)', () => {
  const change = (cookie: string, headers: Record<string, string>) =>
    world.asked('/v1/sessions/current', { cookie, method: 'DELETE', headers: { origin: '', ...headers } });

  it.each([
    ['without Origin', {}],
    ['from another origin', { origin: 'https://evil.example' }],
    ['from a sibling host', { origin: 'https://other.shop.example' }],
    ['from our host over plain http', { origin: 'http://sekisho.shop.example' }],
    ['from a sandboxed frame', { origin: 'null' }],
    ['of which the browser says it is cross-site', { origin: 'OWN', 'sec-fetch-site': 'cross-site' }],
    ['of which the browser says it is same-site', { origin: 'OWN', 'sec-fetch-site': 'same-site' }],
  ])('is refused %s, and changes nothing', async (_, headers: Record<string, string>) => {
    const cookie = await signedIn();
    const origin = headers.origin === 'OWN' ? { origin: world.origin } : {};
    const answer = await change(cookie, { ...headers, ...origin });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ reasons: [{ rule: 'request.foreign-origin' }] });
    expect((await me(cookie)).status).toBe(200);
  });

  it.each([
    ['another site', 'cross-site', 403],
    ['a sibling host, or another port of localhost', 'same-site', 403],
    ['our own page', 'same-origin', 200],
    ['the person, who typed its address', 'none', 200],
  ])('is a read that %s made (%s): answered %i', async (_, site, status) => {
    const cookie = await signedIn();
    const answer = await world.asked('/v1/me', { cookie, headers: { origin: '', 'sec-fetch-site': site } });
    expect(answer.status).toBe(status);
  });

  it('is refused as a form: a body must be declared as JSON', async () => {
    const cookie = await signedIn();
    const answer = await world.asked('/test/change', {
      ...{ cookie, method: 'POST', body: '{"a":1}' },
      headers: { 'content-type': 'text/plain' },
    });
    expect(await answer.json()).toMatchObject({ reasons: [{ rule: 'request.not-json' }] });
    const json = await world.asked('/test/change', { cookie, method: 'POST', body: '{"a":1}' });
    expect(json.status).toBe(200);
  });

  it('passes from our own page', async () => {
    const cookie = await signedIn();
    const answer = await change(cookie, { origin: world.origin, 'sec-fetch-site': 'same-origin' });
    expect(answer.status).toBe(204);
  });
});

const list = z.object({ sessions: z.array(z.unknown()).default([]) });

describe('the list of sessions', () => {
  const listed = async (cookie: string, query = '') => {
    const answer = await world.asked(`/v1/sessions${query}`, { cookie });
    return { status: answer.status, body: list.parse(await answer.json()) };
  };
  const revoke = (cookie: string, id: string) =>
    world.asked(`/v1/sessions/${id}`, { cookie, method: 'DELETE' });
  const idOf = async (cookie: string): Promise<string> => {
    const known = z.object({ session: z.object({ id: z.string() }) });
    return known.parse(await (await me(cookie)).json()).session.id;
  };

  it('shows a person their own, and an administrator anybody’s', async () => {
    const [admin, taro] = [await signedIn(), await signedIn('taro')];
    expect((await listed(taro)).body.sessions).toMatchObject([
      { person: 'taro', device: 'Test/1.0', current: true, signedInBy: 'passkey' },
    ]);
    expect((await listed(admin, '?person=taro')).body.sessions).toMatchObject([
      { person: 'taro', current: false },
    ]);
    expect((await listed(taro, '?person=hanako')).status).toBe(403);
  });

  it('shows command lines too, and ends one: a token stolen from a disk is taken back', async () => {
    const cookie = await signedIn('taro');
    const { token, id } = await commandLine('taro');
    const { sessions } = (await listed(cookie)).body;
    expect(sessions.filter((one) => JSON.stringify(one).includes('command-line'))).toMatchObject([
      { id, kind: 'command-line', signedInBy: 'ssh-key', current: false },
    ]);
    const bearer = () => world.asked('/v1/me', { headers: { authorization: `Bearer ${token}` } });
    expect((await bearer()).status).toBe(200);
    expect((await revoke(await signedIn(), id)).status).toBe(204);
    expect((await bearer()).status).toBe(401);
    expect((await revoke(cookie, id)).status).toBe(404);
  });

  it('ends one of theirs; not that of another, which is audited; an administrator ends anybody’s', async () => {
    const [admin, taro, phone] = [await signedIn(), await signedIn('taro'), await signedIn('taro')];
    expect((await revoke(taro, await idOf(phone))).status).toBe(204);
    expect((await me(phone)).status).toBe(401);
    expect(await newest('session.revoked')).toMatchObject({
      actor: { name: 'taro' },
      subject: { person: 'taro' },
    });
    expect((await revoke(taro, await idOf(admin))).status).toBe(404);
    expect(await newest('session.revoke-refused')).toMatchObject({
      actor: { name: 'taro' },
      subject: { person: 'hanako' },
    });
    expect((await me(admin)).status).toBe(200);
    expect((await revoke(admin, await idOf(taro))).status).toBe(204);
    expect((await me(taro)).status).toBe(401);
  });
});

/** A session as `sekisho login` opens it. */
async function commandLine(name: string): Promise<{ readonly token: string; readonly id: string }> {
  const token = `sks_${randomBytes(32).toString('base64url')}`;
  const tokenSha256 = createHash('sha256').update(token).digest('hex');
  const person = parsePersonName(name) ?? expect.unreachable();
  const openedAt = world.clock.now();
  const times = { openedAt, expiresAt: epochMs(openedAt + 12 * HOUR_MS) };
  const session = { tokenSha256, statementSha256: tokenSha256, person, ...times };
  await world.room.inTransaction((tx) => insertSession(tx, session, world.room.sessionKey));
  return { token, id: sessionId(session) };
}

const hashOf = (cookie: string): string =>
  createHash('sha256')
    .update(cookie.replace(/^[^=]*=/, ''))
    .digest('hex');
