import { createHmac } from 'node:crypto';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseExternalId } from '#accounts/core';
import { handClock, inTransaction } from '#platform';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { disconnectApp, type SealedApp } from '../store/apps.ts';
import { commentsToHandle, settleComment } from '../store/comments.ts';
import { connectedTestApp, testKeyring, WEBHOOK_SECRET } from '../testing/connected.ts';
import { type Delivery, receiveDelivery } from './receive.ts';

let database: TestDatabase;
let app: SealedApp;
let pokes = 0;
const keyring = testKeyring();
const clock = handClock();

beforeEach(async () => {
  database = await testDatabase();
  app = await connectedTestApp(database, keyring);
  pokes = 0;
});
afterEach(() => database.close());

const sign = (body: string, secret = WEBHOOK_SECRET): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

const PUSHED = JSON.stringify({ action: 'synchronize', repository: { id: 7 }, pull_request: { number: 12 } });

function receive(given: Partial<Omit<Delivery, 'body'>> & { readonly words?: string } = {}) {
  const { words = PUSHED, ...changed } = given;
  return receiveDelivery(
    {
      db: database.db,
      clock,
      keyring,
      poke: () => {
        pokes += 1;
      },
    },
    {
      app: app.id,
      delivery: 'd-1',
      event: 'pull_request',
      signature: sign(words),
      body: async () => Buffer.from(words),
      ...changed,
    },
  );
}

const count = async (table: string): Promise<number> => {
  const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM ${sql.table(table)}`.execute(
    database.db,
  );
  return rows[0]?.n ?? -1;
};
const generation = async (): Promise<number | undefined> => {
  const { rows } = await sql<{ generation: number }>`SELECT generation FROM github_subjects`.execute(
    database.db,
  );
  return rows[0]?.generation;
};
const said = async (...given: Parameters<typeof receive>): Promise<string> => {
  const received = await receive(...given);
  return received.ok ? received.value : received.error.reasons[0].rule;
};

test('a signed delivery marks its subject, and wakes who works on subjects', async () => {
  expect(await said()).toBe('marked');
  expect([await count('github_deliveries'), await count('github_subjects'), pokes]).toEqual([1, 1, 1]);
});

test('attack 12: what is not signed with the secret of this very App leaves nothing', async () => {
  const other = await connectedTestApp(database, keyring, {
    appId: 4712,
    webhookSecret: 'another-secret-of-this-app',
  });
  for (const forged of [
    { signature: sign(PUSHED, 'guessed-secret-of-the-app') },
    { signature: undefined },
    { signature: `sha1=${createHmac('sha1', WEBHOOK_SECRET).update(PUSHED).digest('hex')}` },
    { signature: sign(`${PUSHED} `) },
    { app: other.id },
    { app: 'gha_00000000-0000-0000-0000-000000000000' },
    { app: "' OR 1=1 --" },
  ])
    expect(await said(forged)).toBe('github.webhook-not-signed');
  expect([await count('github_deliveries'), await count('github_subjects'), pokes]).toEqual([0, 0, 0]);
});

test('a body is not even read for an App that is not connected, or without a signature', async () => {
  let reads = 0;
  const on = { db: database.db, clock, keyring, poke: () => undefined };
  const body = async () => {
    reads += 1;
    return Buffer.from(PUSHED);
  };
  const delivery = { app: app.id, delivery: 'd', event: 'push', signature: undefined, body };
  await receiveDelivery(on, delivery);
  await receiveDelivery(on, { ...delivery, app: 'gha_none', signature: sign(PUSHED) });
  expect(reads).toBe(0);
});

test('an App that was disconnected delivers nothing more', async () => {
  await inTransaction(database.db, (tx) => disconnectApp(tx, app.id, { by: 'hanako', at: clock.now() }));
  expect(await said()).toBe('github.webhook-not-signed');
});

test('attack 12: a replay counts once, also when forty come at the same time', async () => {
  const answers = await Promise.all(Array.from({ length: 40 }, () => said()));
  expect(answers.filter((answer) => answer === 'marked')).toHaveLength(1);
  expect(answers.filter((answer) => answer === 'repeated')).toHaveLength(39);
  expect([await count('github_deliveries'), await generation()]).toEqual([1, 1]);
});

test('another delivery of the same change marks again, and one of another App is its own', async () => {
  expect([await said(), await said({ delivery: 'd-2' })]).toEqual(['marked', 'marked']);
  const other = await connectedTestApp(database, keyring, { appId: 4712 });
  expect(await said({ app: other.id })).toBe('marked');
  expect([await count('github_deliveries'), await generation()]).toEqual([3, 3]);
});

test('an event that nobody knows is taken and ignored; what is signed and no JSON is refused', async () => {
  expect(await said({ event: 'star', words: '{"action":"created"}' })).toBe('ignored');
  expect(await said({ delivery: 'd-2', words: 'payload=%7B%7D' })).toBe('github.webhook-malformed');
  expect(await said({ delivery: "d'3" })).toBe('github.webhook-malformed');
  expect(await count('github_deliveries')).toBe(1);
});

test('a change of a team marks every open subject of the App’s repositories, and no other', async () => {
  await sql`INSERT INTO github_repositories VALUES ('github.com', '7', ${app.id}, 1, now())`.execute(
    database.db,
  );
  await said();
  await said({ delivery: 'd-2', words: PUSHED.replace('"id":7', '"id":8') });
  await sql`UPDATE github_subjects SET dirty_since = NULL`.execute(database.db);
  expect(await said({ delivery: 'd-3', event: 'team', words: '{"action":"edited"}' })).toBe('marked');
  const { rows } = await sql`SELECT repository_id FROM github_subjects WHERE dirty_since IS NOT NULL`.execute(
    database.db,
  );
  expect(rows).toEqual([{ repository_id: '7' }]);
});

describe('a command in a comment', () => {
  const id = parseExternalId('7');
  if (id === undefined) throw new Error('7 is an id.');
  const at = { host: 'github.com', id };
  const comment = (body: string, action = 'created', commentId = 99): string =>
    JSON.stringify({
      action,
      repository: { id: 7 },
      issue: { number: 12, pull_request: {} },
      comment: { id: commentId, body, user: { id: 42 } },
    });
  const event = 'issue_comment';
  const waiting = async () =>
    (await commentsToHandle(database.db, at, '12')).map(({ commentId }) => commentId);

  test('waits once, whatever is delivered of it afterwards', async () => {
    await said({ event, words: comment('/sekisho apply') });
    await said({ event, delivery: 'd-2', words: comment('/sekisho apply') });
    await said({ event, delivery: 'd-3', words: comment('/sekisho approve', 'edited') });
    await said({ event, delivery: 'd-4', words: comment('/sekisho help', 'created', 100) });
    expect(await waiting()).toEqual(['99', '100']);
  });

  test('is handled by one, and stays handled, even for who writes into the database', async () => {
    await said({ event, words: comment('/sekisho apply') });
    const [first] = await commentsToHandle(database.db, at, '12');
    if (first === undefined) throw new Error('It waits.');
    const settle = () =>
      inTransaction(database.db, (tx) => settleComment(tx, first, { outcome: 'done', now: clock.now() }));
    expect((await Promise.all([settle(), settle(), settle()])).filter(Boolean)).toHaveLength(1);
    expect(await waiting()).toEqual([]);
    await expect(
      sql`UPDATE github_comments SET handled_at = NULL, outcome = NULL`.execute(database.db),
    ).rejects.toThrow(/handled once/);
    await expect(sql`DELETE FROM github_comments`.execute(database.db)).rejects.toThrow(/handled once/);
  });
});
