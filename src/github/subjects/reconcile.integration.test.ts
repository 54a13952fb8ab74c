import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Organization, parseExternalId } from '#accounts/core';
import { type AuditEntry, appendAudit } from '#audit';
import { err, ok, type Problem, parsePlanId, parseStackName, problem, verbatim } from '#core-values';
import { type HandClock, handClock, inTransaction } from '#platform';
import { type TestDatabase, testDatabase } from '#platform/testing';
import type { GitHubConnections, GitHubRepository } from '../api/port.ts';
import { commentsToHandle } from '../store/comments.ts';
import { connectedTestApp, testKeyring } from '../testing/connected.ts';
import { followAudit } from './follow.ts';
import { dueSubjects, markSubjects } from './queue.ts';
import { configuredRepositories, markConfigured, syncAny } from './reconcile.ts';
import type { AnySubject } from './subject.ts';

let database: TestDatabase;
let clock: HandClock;
let found: Map<string, unknown[]>;
let reached: Problem | undefined;
let asked: string[];
const keyring = testKeyring();

const idOf = (words: string) => {
  const id = parseExternalId(words);
  if (id === undefined) throw new Error(`${words} is no id.`);
  return id;
};
const stack = (name: string, id: string, issuer = 'https://token.actions.githubusercontent.com') => ({
  name,
  repository: { id, issuer: { url: issuer } },
});
const organization = () =>
  ({
    stacks: [
      stack('shop-production', '7'),
      stack('shop-staging', '7'),
      stack('site', '8', 'https://github.example.com/_services/token'),
      stack('elsewhere', '9', 'https://gitlab.com'),
    ],
  }) as unknown as Organization;

const AT = { host: 'github.com', id: idOf('7') };
const repository = {
  ...AT,
  all: async (route: string) => {
    asked.push(route);
    return ok(found.get(route) ?? []);
  },
} as unknown as GitHubRepository;
const connections: GitHubConnections = {
  repository: async () => (reached === undefined ? ok(repository) : err(reached)),
};
const on = () => ({ db: database.db, clock, organization, connections });

beforeEach(async () => {
  database = await testDatabase();
  clock = handClock();
  found = new Map();
  reached = undefined;
  asked = [];
  await connectedTestApp(database, keyring);
});
afterEach(() => database.close());

const words = ({ kind, at, key }: AnySubject): string => `${kind} ${at.host} ${at.id} ${key}`.trim();
const dirty = async () =>
  (await dueSubjects(database.db, clock.now(), 100)).map(({ subject }) => words(subject)).toSorted();
const clean = () =>
  sql`UPDATE github_subjects SET dirty_since = NULL, synced_at = ${new Date(clock.now())}`.execute(
    database.db,
  );
const sync = (subject: AnySubject) =>
  syncAny(on(), {
    'pull-request': async () => ok({ isOpen: true }),
    drift: async () => ok({ isOpen: true }),
  })(subject, new AbortController().signal);
const REPOSITORY: AnySubject = { kind: 'repository', at: AT, key: '' };

test('only repositories of sekisho.yaml that are on some GitHub are looked at, each once, by host and id', async () => {
  expect(configuredRepositories(organization())).toEqual([AT, { host: 'github.example.com', id: '8' }]);
  await markConfigured(on());
  expect(await dirty()).toEqual(['repository github.com 7']);
});

test('what sekisho.yaml does not name, or no App reaches, is not asked for', async () => {
  for (const at of [
    { host: 'github.com', id: idOf('666') },
    { host: 'github.example.com', id: idOf('8') },
    { host: 'github.example.com', id: idOf('7') },
  ])
    expect(await sync({ kind: 'repository', at, key: '' })).toEqual(ok({ isOpen: false }));
  expect(asked).toEqual([]);
});

const PULLS = 'GET /repos/{owner}/{repo}/pulls';
const COMMENTS = 'GET /repos/{owner}/{repo}/issues/comments';
const pull = (number: number, updated_at = '2026-11-02T01:00:00Z', sha = 'a') => ({
  number,
  updated_at,
  head: { sha },
});

test('a missed webhook is found: what is new, was pushed to or is gone is marked, and nothing else', async () => {
  const look = async (...pulls: readonly object[]) => {
    found.set(PULLS, [...pulls]);
    expect(await sync(REPOSITORY)).toEqual(ok({ isOpen: true }));
    const marked = await dirty();
    await clean();
    return marked;
  };
  const [one, two] = ['pull-request github.com 7 1', 'pull-request github.com 7 2'];
  expect(await look(pull(1), pull(2))).toEqual([one, two]);
  expect(await look(pull(1), pull(2))).toEqual([]);
  expect(await look(pull(1, '2026-11-02T01:00:00Z', 'b'), pull(2))).toEqual([one]);
  expect(await look(pull(2))).toEqual([one]);
});

test('a repository without the App is no failure; GitHub that is down is', async () => {
  const because = (rule: string): Problem =>
    problem('outside-failed', { rule, message: verbatim('x'), remedy: verbatim('x') });
  reached = because('github.not-installed');
  expect(await sync(REPOSITORY)).toEqual(ok({ isOpen: false }));
  reached = because('github.unreachable');
  expect(await sync(REPOSITORY)).toEqual(err(reached));
});

describe('a command that no webhook delivered', () => {
  const comment = (given: object = {}) => {
    const at = new Date(clock.now() - 60_000).toISOString().replace('.000Z', 'Z');
    return {
      id: 99,
      body: '/sekisho apply',
      html_url: 'https://github.com/shop/infra/pull/12#issuecomment-99',
      user: { id: 42 },
      created_at: at,
      updated_at: at,
      ...given,
    };
  };
  const waiting = async () => {
    await sync(REPOSITORY);
    await sync(REPOSITORY);
    return (await commentsToHandle(database.db, AT, '12')).map(({ commentId }) => commentId);
  };

  test('is found within minutes, once', async () => {
    found.set(COMMENTS, [comment()]);
    expect(await waiting()).toEqual(['99']);
    expect(await dirty()).toEqual(['pull-request github.com 7 12']);
  });

  test.each([
    ['was edited', { updated_at: '2026-11-02T02:59:30Z' }],
    [
      'is older than a quarter of an hour',
      { created_at: '2026-11-02T02:40:00Z', updated_at: '2026-11-02T02:40:00Z' },
    ],
    ['is on an issue', { html_url: 'https://github.com/shop/infra/issues/12#issuecomment-99' }],
    ['says nothing to us', { body: 'LGTM' }],
    ['is of nobody', { user: null }],
  ])('is not one that %s', async (_, given) => {
    found.set(COMMENTS, [comment(given)]);
    expect(await waiting()).toEqual([]);
  });
});

describe('following the audit log', () => {
  const PLAN = parsePlanId('pln_00000000-0000-7000-8000-000000000001');
  const OTHER = parsePlanId('pln_00000000-0000-7000-8000-000000000002');
  const entry = (
    stackName: string | undefined,
    plan: typeof PLAN,
    kind: AuditEntry['kind'] = 'plan.uploaded',
  ): AuditEntry => {
    const name = stackName === undefined ? undefined : parseStackName(stackName);
    return {
      at: clock.now(),
      kind,
      actor: { kind: 'server', name: 'sekisho' },
      subject: { ...(name !== undefined && { stack: name }), ...(plan !== undefined && { plan }) },
      outcome: 'done',
    };
  };
  const write = (...entries: readonly AuditEntry[]) =>
    inTransaction(database.db, async (tx) => {
      for (const one of entries) await appendAudit(tx, one);
    });
  const follow = async () => {
    const following = { ...on(), pullRequestOf: async (plan: string) => (plan === PLAN ? 12 : undefined) };
    while (await followAudit(following));
  };

  test('begins where the log ends, and then marks the pull request of every plan that something happened to', async () => {
    await write(entry('shop-production', PLAN));
    await follow();
    expect(await dirty()).toEqual([]);
    await write(entry('shop-production', PLAN), entry('shop-production', PLAN), entry(undefined, undefined));
    await follow();
    expect(await dirty()).toEqual(['pull-request github.com 7 12']);
  });

  test('marks whoever is merged and waits, for a plan of the main branch; everybody, for what is about the stack', async () => {
    await follow();
    await inTransaction(database.db, (tx) =>
      markSubjects(
        tx,
        ['3', '4'].map((key): AnySubject => ({ kind: 'pull-request', at: AT, key })),
        clock.now(),
      ),
    );
    await sql`UPDATE github_subjects SET version = 'closed' WHERE key = '4'`.execute(database.db);
    await clean();
    await write(entry('shop-staging', OTHER));
    await follow();
    expect(await dirty()).toEqual(['drift github.com 7 shop-staging', 'pull-request github.com 7 4']);
    await clean();
    await write(entry('shop-staging', undefined, 'stack.unlocked'));
    await follow();
    expect(await dirty()).toEqual([
      'drift github.com 7 shop-staging',
      'pull-request github.com 7 3',
      'pull-request github.com 7 4',
    ]);
  });

  test('leaves alone what is on no GitHub, and what sekisho.yaml does not know', async () => {
    await follow();
    await write(entry('elsewhere', PLAN), entry('unknown', PLAN));
    await follow();
    expect(await dirty()).toEqual([]);
  });

  test('sees each of a thousand entries, also when five replicas follow while they are written', async () => {
    await follow();
    const seen = new Set<string>();
    const plans = Array.from({ length: 1_000 }, (_, at) =>
      parsePlanId(`pln_00000000-0000-7000-8000-${String(at).padStart(12, '0')}`),
    );
    const following = {
      ...on(),
      pullRequestOf: async (plan: string) => {
        seen.add(plan);
        return Number(plan.slice(-12)) + 1;
      },
    };
    const writing = (async () => {
      for (let from = 0; from < plans.length; from += 100)
        await write(...plans.slice(from, from + 100).map((plan) => entry('shop-production', plan)));
    })();
    let isWriting = true;
    const done = writing.finally(() => {
      isWriting = false;
    });
    const replica = async () => {
      while (isWriting) await followAudit(following);
    };
    await Promise.all([done, ...Array.from({ length: 5 }, replica)]);
    while (await followAudit(following));
    expect(seen.size).toBe(1_000);
    const { rows } = await sql<{ n: number }>`
      SELECT count(*)::int AS n FROM github_subjects WHERE kind = 'pull-request'`.execute(database.db);
    expect(rows).toEqual([{ n: 1_000 }]);
  });
});
