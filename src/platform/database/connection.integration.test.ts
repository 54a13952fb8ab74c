import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Problem, Result } from '#core-values';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { openDatabase, parseInt8 } from './connection.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const ruleOf = (result: Result<unknown, Problem>): string =>
  result.ok ? 'ok' : result.error.reasons[0].rule;

test('int8 is a number, a date stays as written, and a moment is a Date', async () => {
  const { rows } = await sql`
    SELECT 9007199254740991::int8 AS big, '2026-02-28'::date AS day, '2026-02-28T00:00Z'::timestamptz AS moment`.execute(
    database.db,
  );
  expect(rows).toEqual([{ big: 9007199254740991, day: '2026-02-28', moment: new Date('2026-02-28T00:00Z') }]);
});

test('an int8 that a number cannot hold is an error, not a rounded value', async () => {
  expect(() => parseInt8('9007199254740992')).toThrow(RangeError);
  await expect(sql`SELECT 9007199254740993::int8`.execute(database.db)).rejects.toThrow(RangeError);
});

test('every connection has its limits', async () => {
  const { rows } = await sql`
    SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock,
      current_setting('idle_in_transaction_session_timeout') AS idle`.execute(database.db);
  expect(rows).toEqual([{ statement: '30s', lock: '10s', idle: '1min' }]);
});

test('a lost idle connection is reported and replaced', async () => {
  const lost: Error[] = [];
  const one = await openDatabase(database.url, {
    maxConnections: 1,
    onConnectionLost: (cause) => lost.push(cause),
  });
  if (!one.ok) throw new Error('not opened');
  const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(one.value.db);
  await sql`SELECT pg_terminate_backend(${rows[0]?.pid}, 5000)`.execute(database.db);
  await expect.poll(() => lost.length).toBe(1);
  await sql`SELECT 1`.execute(one.value.db);
  await one.value.close();
});

test.each(['', 'mysql://u:p@h/d', 'sekisho.db'])(
  '%j is refused as the address of a database',
  async (url) => {
    expect(ruleOf(await openDatabase(url))).toBe('database.bad-url');
  },
);

test('a server that is not there, or refuses the password, is named without the password', async () => {
  const closed = await openDatabase('postgresql://me:hunter2@127.0.0.1:1/shop');
  expect(ruleOf(closed)).toBe('database.cannot-connect');
  expect(JSON.stringify(closed)).toContain('127.0.0.1:1/shop');
  const wrong = new URL(database.url);
  wrong.password = 'hunter2';
  const refused = await openDatabase(wrong.href);
  expect(ruleOf(refused)).toBe('database.cannot-connect');
  expect(JSON.stringify([closed, refused])).not.toContain('hunter2');
});

test('a server older than PostgreSQL 15 is refused', async () => {
  const server = createServer((socket) => {
    // The wire protocol's shortest conversation: welcome, then one row for whatever is asked.
    const message = (type: string, ...body: readonly Buffer[]): Buffer => {
      const length = Buffer.alloc(4);
      length.writeInt32BE(4 + Buffer.concat(body).length);
      return Buffer.concat([Buffer.from(type), length, ...body]);
    };
    const ready = message('Z', Buffer.from('I'));
    const [oneColumn, noFacts] = [
      Buffer.from([0, 1]),
      Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 25, 255, 255, 255, 255, 255, 255, 0, 0]),
    ];
    socket.once('data', () => {
      socket.write(Buffer.concat([message('R', Buffer.alloc(4)), ready]));
      socket.on('data', (data) => {
        if (data[0] !== 0x51) return;
        const row = message('D', oneColumn, Buffer.from([0, 0, 0, 5]), Buffer.from('14.19'));
        const columns = message('T', oneColumn, Buffer.from('server_version\0'), noFacts);
        socket.write(Buffer.concat([columns, row, message('C', Buffer.from('SHOW\0')), ready]));
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const refused = await openDatabase(`postgresql://me@127.0.0.1:${port}/shop?sslmode=disable`);
  expect(ruleOf(refused)).toBe('database.server-too-old');
  expect(refused.ok ? '' : refused.error.reasons[0].message.en).toContain('14.19');
  server.close();
});
