import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseExternalId } from '#accounts/core';
import type { Problem, Result } from '#core-values';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { connectedTestApp, testKeyring } from '../testing/connected.ts';
import { type Asked, type FakeNetwork, fakeNetwork, json } from '../testing/fake-network.ts';
import { githubConnections } from './connections.ts';

/** A GitHub of a few lines: repositories by id, their names, and which installation holds them. */
let names: Map<number, string>;
let held: Map<number, number[]>;
let suspended: Set<number>;
let database: TestDatabase;
let network: FakeNetwork;
const keyring = testKeyring();

const NOT_FOUND = () => json({ message: 'Not Found' }, { status: 404 });
const repository = (id: number) => {
  const [login = '', name = ''] = (names.get(id) ?? '').split('/');
  return { id, name, owner: { login }, default_branch: 'main' };
};

function answer({ url, method, body, headers }: Asked): Response {
  const { pathname } = new URL(url);
  const path = pathname.replace(/^\/api\/v3/, '');
  if (path === '/app/installations')
    return json(
      [...held.keys()].map((id) => ({ id, suspended_at: suspended.has(id) ? '2026-11-01T00:00:00Z' : null })),
    );
  const token = /^\/app\/installations\/(\d+)\/access_tokens$/.exec(path)?.[1];
  if (token !== undefined && method === 'POST') return tokenFor(Number(token), body);
  const [, of] = /^Bearer ghs_(\d+)_/.exec(headers.get('authorization') ?? '') ?? [];
  if (path === '/installation/repositories') {
    const ids = held.get(Number(of)) ?? [];
    return json({ total_count: ids.length, repositories: ids.map(repository) });
  }
  const name = /^\/repos\/([^/]+\/[^/]+)$/.exec(path)?.[1];
  const found = [...names].find(([, one]) => one === name)?.[0];
  return found === undefined ? NOT_FOUND() : json(repository(found));
}

let tokens = 0;
function tokenFor(installation: number, body: string): Response {
  const ids = held.get(installation);
  if (ids === undefined) return NOT_FOUND();
  const asked: number[] | undefined = body === '' ? undefined : JSON.parse(body).repository_ids;
  if (asked?.some((id) => !ids.includes(id))) return json({ message: 'not accessible' }, { status: 422 });
  tokens += 1;
  return json(
    {
      token: `ghs_${installation}_${tokens}`,
      expires_at: new Date(network.clock.now() + 3_600_000).toISOString().replace(/\.\d{3}Z$/, 'Z'),
      ...(asked !== undefined && { repositories: asked.map(repository) }),
    },
    { status: 201 },
  );
}

beforeEach(async () => {
  database = await testDatabase();
  names = new Map([
    [7, 'shop/infra'],
    [8, 'shop/site'],
  ]);
  held = new Map([
    [1, [8]],
    [2, [7]],
  ]);
  suspended = new Set();
  tokens = 0;
  network = fakeNetwork(answer);
  await connectedTestApp(database, keyring);
});
afterEach(() => database.close());

const connecting = () => githubConnections({ db: database.db, keyring, network });
const at = (id: string, host = 'github.com') => {
  const parsed = parseExternalId(id);
  if (parsed === undefined) throw new Error(`${id} is no id.`);
  return { host, id: parsed };
};
const rule = (result: Result<unknown, Problem>) => (result.ok ? 'ok' : result.error.reasons[0].rule);
const asked = (words: string) => network.asked.filter(({ url }) => url.includes(words)).length;

test('a repository is found by its id, through whichever installation holds it, with a token for it alone', async () => {
  const found = await connecting().repository(at('7'));
  expect(found).toMatchObject({
    ok: true,
    value: {
      id: '7',
      host: 'github.com',
      owner: 'shop',
      name: 'infra',
      defaultBranch: 'main',
      app: { id: 4711 },
    },
  });
  const scoped = network.asked.filter(({ body }) => body.includes('repository_ids'));
  expect(scoped.map(({ body }) => body)).toEqual(['{"repository_ids":[7]}']);
});

test('a token serves until five minutes before its end, and ten who ask at once share one', async () => {
  const connections = connecting();
  await connections.repository(at('7'));
  const before = asked('/access_tokens');
  await Promise.all(Array.from({ length: 10 }, () => connections.repository(at('7'))));
  network.clock.advance(54 * 60_000);
  await connections.repository(at('7'));
  expect(asked('/access_tokens')).toBe(before);
  network.clock.advance(2 * 60_000);
  await Promise.all(Array.from({ length: 10 }, () => connections.repository(at('7'))));
  expect(asked('/access_tokens')).toBe(before + 1);
});

test('the App signs for ten minutes at most, from a minute ago', async () => {
  await connecting().repository(at('7'));
  const jwt = network.asked[0]?.headers.get('authorization')?.split('.')[1] ?? '';
  const { iat, exp, iss } = JSON.parse(Buffer.from(jwt, 'base64url').toString());
  const now = Math.floor(network.clock.now() / 1000);
  expect([iss, now - iat, exp - iat <= 600]).toEqual(['4711', 60, true]);
});

test('a repository that was renamed is found by its new name', async () => {
  const connections = connecting();
  await connections.repository(at('7'));
  names.set(7, 'shop/infrastructure');
  const found = await connections.repository(at('7'));
  expect(found.ok && found.value.name).toBe('infrastructure');
});

test('somebody who takes the old name of a repository is never taken for it', async () => {
  const connections = connecting();
  await connections.repository(at('7'));
  names.set(7, 'shop/infrastructure');
  names.set(666, 'shop/infra');
  const found = await connections.repository(at('7'));
  expect(found.ok && [found.value.owner, found.value.name]).toEqual(['shop', 'infrastructure']);
});

test('a repository that moved to another installation is found there', async () => {
  const connections = connecting();
  await connections.repository(at('7'));
  network.clock.advance(3_600_000);
  held = new Map([[3, [7, 8]]]);
  expect(rule(await connections.repository(at('7')))).toBe('ok');
});

test('a repository without the App is a problem that says so, and GitHub is not asked for it again and again', async () => {
  const connections = connecting();
  expect(rule(await connections.repository(at('9')))).toBe('github.not-installed');
  const before = network.asked.length;
  expect(rule(await connections.repository(at('9')))).toBe('github.not-installed');
  expect(network.asked.length).toBe(before);
  network.clock.advance(60_000);
  held.set(1, [8, 9]);
  names.set(9, 'shop/new');
  expect(rule(await connections.repository(at('9')))).toBe('ok');
});

test('a suspended installation is left alone', async () => {
  suspended.add(2);
  expect(rule(await connecting().repository(at('7')))).toBe('github.not-installed');
});

test('the same id on another host is another repository', async () => {
  expect(rule(await connecting().repository(at('7', 'github.example.com')))).toBe('github.not-connected');
  await connectedTestApp(database, keyring, { host: 'github.example.com' });
  held = new Map([[5, [7]]]);
  network.asked.splice(0);
  const found = await connecting().repository(at('7', 'github.example.com'));
  expect(found.ok && found.value.host).toBe('github.example.com');
  expect(network.asked.every(({ url }) => url.startsWith('https://github.example.com/api/v3/'))).toBe(true);
});

test('a hint that was forged in the database leads to no other repository', async () => {
  await sql`INSERT INTO github_repositories SELECT 'github.com', '7', id, 1, now() FROM github_apps`.execute(
    database.db,
  );
  expect(rule(await connecting().repository(at('7')))).toBe('ok');
  expect(network.asked.filter(({ url }) => url.endsWith('/repos/shop/site'))).toEqual([]);
});

test('an App whose row was changed in the database signs nothing for the new host', async () => {
  await sql`UPDATE github_apps SET host = 'evil.example'`.execute(database.db);
  expect(rule(await connecting().repository(at('7', 'evil.example')))).toBe('github.app-tampered');
  expect(network.asked).toEqual([]);
});
