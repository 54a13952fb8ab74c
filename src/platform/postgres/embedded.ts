import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { err, ok, type Problem, type Result } from '#core-values';
import { prepareEmbeddedPostgres } from './binaries.ts';
import { type DirectoryLock, lockDirectory } from './directory-lock.ts';
import {
  findHome,
  makePrivateFolder,
  makeSocketFolder,
  type ServerHome,
  SHORT_SOCKET_PREFIX,
} from './home.ts';
import { asUser, endOrphan, lastWords, logFileOf, type Postmaster, spawnPostmaster } from './postmaster.ts';
import {
  directoryUnusable,
  initFailed,
  otherMajorVersion,
  passwordMissing,
  serverLost,
  startFailed,
} from './problems.ts';

const run = promisify(execFile);

const NAME = 'sekisho';
const POLL_MS = 50;
const RETRY_MS = 250;
/** Crash recovery replays at most `max_wal_size` (1 GB): seconds, on a slow disk a minute or two. */
const START_LIMIT_MS = 180_000;

export interface EmbeddedPostgresOptions {
  /** A directory for the database alone; made if missing. */
  readonly directory: string;
  /**
   * No fsync: several times faster, and a power cut destroys everything. For tests only.
   * @default false
   */
  readonly unsafeWithoutDurability?: boolean;
}

export interface EmbeddedPostgres {
  /** Carries the password: never show or log it. */
  readonly url: string;
  /** Where the data really is: differs from the asked directory when that was closed to the server's user. */
  readonly dataDirectory: string;
  readonly logFile: string;
  /** Settles if the server ends without being asked to; never otherwise. */
  readonly lost: Promise<Problem>;
  stop(): Promise<void>;
}

/** Errors and crashes go to the log, data never: no statements, no DETAIL lines with rows. */
const SETTINGS = [
  'listen_addresses=',
  'port=5432',
  'unix_socket_permissions=0700',
  'max_connections=100',
  'synchronous_commit=on',
  'full_page_writes=on',
  'timezone=UTC',
  'log_timezone=UTC',
  'lc_messages=C',
  'log_checkpoints=off',
  'log_min_error_statement=panic',
  'log_error_verbosity=terse',
];

/**
 * Starts a PostgreSQL of our own on a directory: made on first use, recovered after a crash, never
 * shared with another Sekisho process. It listens on a private Unix socket and nowhere else.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<Result<EmbeddedPostgres, Problem>> {
  const shipped = await prepareEmbeddedPostgres({ cacheFolder: options.directory });
  if (!shipped.ok) return shipped;
  const home = await findHome(options.directory, shipped.value);
  if (!home.ok) return home;
  const lock = await lockDirectory(home.value.folder);
  if (!lock.ok) return lock;
  try {
    const started = await startLocked(home.value, lock.value, options);
    if (!started.ok) await lock.value.release();
    return started;
  } catch (cause) {
    await lock.value.release();
    return err(directoryUnusable(home.value.folder, cause instanceof Error ? cause.message : String(cause)));
  }
}

async function startLocked(
  home: ServerHome,
  lock: DirectoryLock,
  options: EmbeddedPostgresOptions,
): Promise<Result<EmbeddedPostgres, Problem>> {
  const dataDirectory = join(home.folder, 'data');
  const password = await initialize(home, dataDirectory);
  if (!password.ok) return password;
  const orphan = await endOrphan(dataDirectory);
  if (!orphan.ok) return orphan;
  const socketFolder = await makeSocketFolder(home);
  const urlOf = (database: string): string =>
    `postgresql://${NAME}:${password.value}@localhost/${database}?host=${encodeURIComponent(socketFolder)}`;
  const fsync = options.unsafeWithoutDurability === true ? 'fsync=off' : 'fsync=on';
  const postmaster = await startPostmaster(home, socketFolder, [...SETTINGS, fsync], urlOf('postgres'));
  if (!postmaster.ok) return postmaster;

  let stopping = false;
  const cleanUp = async (): Promise<void> => {
    if (socketFolder.startsWith(SHORT_SOCKET_PREFIX))
      await rm(socketFolder, { recursive: true, force: true });
    await lock.release();
  };
  return ok({
    url: urlOf(NAME),
    dataDirectory,
    logFile: logFileOf(home),
    lost: new Promise((resolve) => {
      void postmaster.value.ended.then(async () => {
        if (!stopping) resolve(serverLost(logFileOf(home), await lastWords(home)));
      });
    }),
    stop: async () => {
      if (stopping) return;
      stopping = true;
      await postmaster.value.stop();
      await cleanUp();
    },
  });
}

/** Makes password and data on first use; an interrupted attempt leaves nothing that looks finished. */
async function initialize(home: ServerHome, dataDirectory: string): Promise<Result<string, Problem>> {
  const passwordFile = join(home.folder, 'password');
  const major = home.binaries.version.split('.')[0] ?? '';
  const found = (await readFile(join(dataDirectory, 'PG_VERSION'), 'utf8').catch(ifMissing)).trim();
  if (found !== '' && found !== major) return err(otherMajorVersion(dataDirectory, found, major));
  const known = (await readFile(passwordFile, 'utf8').catch(ifMissing)).trim();
  if (found !== '') return known === '' ? err(passwordMissing(passwordFile)) : ok(known);

  const password = known === '' ? randomBytes(32).toString('base64url') : known;
  await writeDurably(passwordFile, password);
  const unfinished = `${dataDirectory}.new`;
  const passwordForInit = `${unfinished}.password`;
  await rm(unfinished, { recursive: true, force: true });
  await makePrivateFolder(unfinished, home.user);
  try {
    await writeDurably(passwordForInit, password);
    if (home.user !== undefined) await chown(passwordForInit, home.user.uid, home.user.gid);
    await run(
      join(home.binaries.folder, 'bin', 'initdb'),
      [
        ...['--pgdata', unfinished, '--username', NAME, '--pwfile', passwordForInit],
        ...['--auth', 'scram-sha-256', '--encoding', 'UTF8', '--data-checksums', '--no-instructions'],
        ...['--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
      ],
      asUser(home),
    );
  } catch (cause) {
    const words = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : String(cause);
    return err(initFailed(dataDirectory, words));
  } finally {
    await rm(passwordForInit, { force: true });
  }
  await rename(unfinished, dataDirectory);
  return ok(password);
}

/** A missing file reads as empty; any other failure to read is one. */
function ifMissing(cause: unknown): string {
  if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return '';
  throw cause;
}

async function writeDurably(file: string, words: string): Promise<void> {
  const unfinished = `${file}.unfinished`;
  await rm(unfinished, { force: true });
  const handle = await open(unfinished, 'wx', 0o600);
  try {
    await handle.writeFile(`${words}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(unfinished, file);
}

async function startPostmaster(
  home: ServerHome,
  socketFolder: string,
  settings: readonly string[],
  url: string,
): Promise<Result<Postmaster, Problem>> {
  const deadlineMs = performance.now() + START_LIMIT_MS;
  for (;;) {
    const postmaster = await spawnPostmaster(home, socketFolder, settings);
    while (!postmaster.hasEnded() && performance.now() < deadlineMs) {
      if (await answers(url)) return ok(postmaster);
      await delay(POLL_MS);
    }
    const words = await lastWords(home);
    await postmaster.stop();
    // Children of a server that was itself killed hold its shared memory a moment longer.
    const passing = /pre-existing shared memory block|lock file "postmaster.pid"/.test(words);
    if (!passing || performance.now() >= deadlineMs) return err(startFailed(logFileOf(home), words));
    await delay(RETRY_MS);
  }
}

/** Whether the server takes connections; makes our database on the way, which initdb does not. */
async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [NAME]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${NAME}`);
    return true;
  } catch {
    // Not there yet, or still recovering: the caller asks again until the server ends or time is up.
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
