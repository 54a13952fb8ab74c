import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Problem, Result } from '#core-values';
import { kill, killWriters, postmasterPid, startWriter } from './crash-testing.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded.ts';

const run = promisify(execFile);

let folder: string;
/** A directory that has a database already, for tests that need no first start. */
let used: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sekisho-embedded-'));
  await run('chmod', ['711', folder]);
  used = join(folder, 'used');
  await (await started(used)).stop();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function started(directory: string): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ directory });
  if (!server.ok) throw new Error(server.error.reasons[0].message.en);
  return server.value;
}

async function valuesOf(url: string, sql: string): Promise<readonly unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<unknown[]>({ text: sql, rowMode: 'array' });
  await client.end();
  return rows.flat();
}

const ruleOf = (result: Result<unknown, Problem>): string =>
  result.ok ? 'ok' : result.error.reasons[0].rule;

test('the server is durable, checked, UTF-8, sorted by code point, and on no network', async () => {
  const server = await started(used);
  const settings = ['fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums', 'server_encoding'];
  const wanted = [...settings, 'listen_addresses', 'password_encryption'];
  expect(
    await valuesOf(server.url, `SELECT current_setting(name) FROM unnest('{${wanted}}'::text[]) AS name`),
  ).toEqual(['on', 'on', 'on', 'on', 'UTF8', '', 'scram-sha-256']);
  expect(await valuesOf(server.url, `SELECT 'Z' < 'a', upper('é')`)).toEqual([true, 'É']);
  await server.stop();
});

test('the password is random, needed, and readable by its owner alone', async () => {
  const server = await started(used);
  const url = new URL(server.url);
  expect(url.password).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect((await stat(join(used, 'password'))).mode & 0o777).toBe(0o600);
  url.password = 'wrong';
  await expect(valuesOf(url.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
  await server.stop();
  expect(await readFile(server.logFile, 'utf8')).not.toContain(new URL(server.url).password);
});

test('a second process on the directory is refused with the pid of the first', async () => {
  const writer = startWriter(used, 0);
  await writer.started;
  const second = await startEmbeddedPostgres({ directory: used });
  expect(ruleOf(second)).toBe('postgres.directory-in-use');
  expect(second.ok ? '' : second.error.reasons[0].message.en).toContain(`(pid ${writer.child.pid})`);
  await writer.acknowledges(10);
  await kill(writer.child);
});

test('a second start in the same process is refused too', async () => {
  const server = await started(used);
  expect(ruleOf(await startEmbeddedPostgres({ directory: used }))).toBe('postgres.directory-in-use');
  await server.stop();
  await (await started(used)).stop();
});

test('no acknowledged commit is lost when the process is killed again and again', async () => {
  const { acknowledged, lost } = await killWriters(join(folder, 'killed'), 8);
  expect(lost).toEqual([]);
  expect(acknowledged).toBeGreaterThan(250);
});

test('the server ends by itself soon after its process was killed', async () => {
  const writer = startWriter(used, 1_000_000);
  await writer.acknowledges(1);
  const pid = await postmasterPid(join(used, 'data'));
  await kill(writer.child);
  await expect
    .poll(
      () =>
        run('ps', ['-p', String(pid)]).then(
          () => true,
          () => false,
        ),
      { timeout: 20_000 },
    )
    .toBe(false);
});

/** Pids of the children of a process. */
async function childrenOf(parent: number): Promise<readonly number[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'ppid=,pid=']);
  const pairs = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/ +/).map(Number));
  return pairs.flatMap(([ppid, pid]) => (ppid === parent && pid !== undefined ? [pid] : []));
}

test('a server that outlived its process and its supervisor is ended, and nothing is lost', async () => {
  const writer = startWriter(used, 2_000_000);
  await writer.acknowledges(20);
  const orphan = await postmasterPid(join(used, 'data'));
  const supervisor = Number((await run('ps', ['-o', 'ppid=', '-p', String(orphan)])).stdout);
  const watchers = (await childrenOf(supervisor)).filter((pid) => pid !== orphan);
  for (const pid of [supervisor, ...watchers]) process.kill(pid, 'SIGKILL');
  await kill(writer.child);
  process.kill(orphan, 0);

  const server = await started(used);
  expect(await postmasterPid(join(used, 'data'))).not.toBe(orphan);
  const found = new Set(await valuesOf(server.url, 'SELECT number::int FROM written'));
  expect([...writer.acknowledged].filter((number) => !found.has(number))).toEqual([]);
  await server.stop();
});

test('a left-over pid file that names another living process harms neither', async () => {
  // PostgreSQL fears only a process of its own user.
  const { uid, gid } = await stat(join(used, 'data'));
  const bystander = spawn('sleep', ['300'], { uid, gid, cwd: '/' });
  await writeFile(
    join(used, 'data/postmaster.pid'),
    `${bystander.pid}\n${join(used, 'data')}\n1\n5432\n/tmp\n\n`,
  );
  const server = await started(used);
  expect(await postmasterPid(join(used, 'data'))).not.toBe(bystander.pid);
  await server.stop();
  expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
  bystander.kill();
});

test('a directory too deep for the path of a socket works, and leaves nothing in /tmp', async () => {
  const socketFolders = async () =>
    (await readdir('/tmp')).filter((name) => name.startsWith('sekisho-postgres-'));
  const before = new Set(await socketFolders());
  const server = await started(join(folder, 'deep'.repeat(20), 'deeper'.repeat(20)));
  expect(await valuesOf(server.url, 'SELECT 1')).toEqual([1]);
  const socket = new URL(server.url).searchParams.get('host') ?? '';
  expect(dirname(socket)).toBe('/tmp');
  expect((await stat(socket)).mode & 0o777).toBe(0o700);
  await server.stop();
  await expect(stat(socket)).rejects.toThrow('ENOENT');
  expect((await socketFolders()).filter((name) => before.has(name))).toHaveLength(before.size);
});

test('a first start that was interrupted is begun anew', async () => {
  const directory = join(folder, 'interrupted');
  await mkdir(join(directory, 'data.new'), { recursive: true });
  await writeFile(join(directory, 'data.new', 'half'), '');
  await (await started(directory)).stop();
  expect(await readdir(directory)).not.toContain('data.new');
});

test('when the server dies, the caller hears of it', async () => {
  const server = await started(used);
  process.kill(await postmasterPid(server.dataDirectory), 'SIGQUIT');
  expect((await server.lost).reasons[0].rule).toBe('postgres.lost');
  await server.stop();
});

test('data of another major version, and data without its password, are refused as they are', async () => {
  const directory = join(folder, 'refused');
  await mkdir(join(directory, 'data'), { recursive: true });
  await writeFile(join(directory, 'data', 'PG_VERSION'), '17\n');
  expect(ruleOf(await startEmbeddedPostgres({ directory }))).toBe('postgres.other-major-version');
  await writeFile(join(directory, 'data', 'PG_VERSION'), '18\n');
  expect(ruleOf(await startEmbeddedPostgres({ directory }))).toBe('postgres.password-missing');
  expect(await readdir(join(directory, 'data'))).toEqual(['PG_VERSION']);
});

test('a database that was moved away and is missing there is not replaced by an empty one', async () => {
  const directory = join(folder, 'moved');
  await mkdir(directory);
  await writeFile(join(directory, 'moved-to'), `${join(folder, 'lost')}\n`);
  expect(ruleOf(await startEmbeddedPostgres({ directory }))).toBe('postgres.moved-data-missing');
  await (await started(join(folder, 'lost'))).stop();
  const server = await started(directory);
  expect(server.dataDirectory).toBe(join(folder, 'lost', 'data'));
  await server.stop();
});
