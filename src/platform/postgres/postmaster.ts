import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { err, ok, type Problem, type Result } from '#core-values';
import { type ServerHome, SHORT_SOCKET_PREFIX } from './home.ts';
import { orphanStays } from './problems.ts';

const run = promisify(execFile);

const POLL_MS = 250;
const FAST_STOP_MS = 30_000;
const IMMEDIATE_STOP_MS = 10_000;
const LOG_LIMIT_BYTES = 10_000_000;

/**
 * Runs the server given as arguments, and stops it (fast) when standard input ends: when we ask for it,
 * and when the kernel closes our end because we were killed. As the server's parent the shell cannot
 * mistake another process for it. POSIX shells start background commands with SIGINT ignored, which
 * PostgreSQL overrides with its own handlers.
 */
const SUPERVISOR = `
exec 3<&0
"$@" 3<&- &
server=$!
( read -r _ <&3; kill -INT "$server" ) &
watcher=$!
wait "$server"
code=$?
kill "$watcher" 2>/dev/null
wait "$watcher" 2>/dev/null
exit "$code"
`;

export interface Postmaster {
  /** Settles when the server has ended, for whatever reason. */
  readonly ended: Promise<number | null>;
  hasEnded(): boolean;
  /** Fast shutdown; after 30 seconds an immediate one (which is safe: the next start recovers). */
  stop(): Promise<void>;
}

export const logFileOf = (home: ServerHome): string => join(home.folder, 'postgresql.log');

/** Starts `postgres` on the home's data, listening on a Unix socket in `socketFolder` only. */
export async function spawnPostmaster(
  home: ServerHome,
  socketFolder: string,
  settings: readonly string[],
): Promise<Postmaster> {
  const dataDirectory = join(home.folder, 'data');
  const log = await openLog(logFileOf(home));
  const server = [join(home.binaries.folder, 'bin', 'postgres'), '-D', dataDirectory, '-k', socketFolder];
  const child = spawn(
    '/bin/sh',
    ['-c', SUPERVISOR, 'sekisho-postgres', ...server, ...settings.flatMap((setting) => ['-c', setting])],
    {
      ...asUser(home),
      // Its own session: Ctrl-C in our terminal must reach us only, so that we stop before the database does.
      detached: true,
      stdio: ['pipe', log.fd, log.fd],
    },
  );
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => resolve(code));
    child.once('error', () => resolve(null));
  });
  await log.close();
  child.stdin?.on('error', () => undefined);
  return {
    ended,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined,
    stop: () => stopPostmaster(child, ended, dataDirectory),
  };
}

export const asUser = (home: ServerHome) => ({
  ...home.user,
  // The working directory we were started in may be closed to the server's user.
  cwd: '/',
  env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
});

async function stopPostmaster(
  child: ChildProcess,
  ended: Promise<number | null>,
  dataDirectory: string,
): Promise<void> {
  child.stdin?.end();
  if (await settlesWithin(ended, FAST_STOP_MS)) return;
  const pid = await livePostmaster(dataDirectory);
  if (pid !== undefined) signal(pid, 'SIGQUIT');
  await settlesWithin(ended, IMMEDIATE_STOP_MS);
}

async function settlesWithin(promise: Promise<unknown>, limitMs: number): Promise<boolean> {
  const timer = new AbortController();
  const late = delay(limitMs, false, { signal: timer.signal }).catch(() => false);
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    timer.abort();
  }
}

/**
 * Ends a server that an earlier, killed run left on this data, and removes what it left behind. The
 * caller holds the directory's lock, so no living Sekisho depends on it.
 */
export async function endOrphan(dataDirectory: string): Promise<Result<void, Problem>> {
  const pidFile = join(dataDirectory, 'postmaster.pid');
  const socketFolder = (await readFile(pidFile, 'utf8').catch(() => '')).split('\n')[4] ?? '';
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    const pid = await livePostmaster(dataDirectory);
    if (pid === undefined) break;
    if (waitedMs > FAST_STOP_MS + IMMEDIATE_STOP_MS) return err(orphanStays(pid, dataDirectory));
    if (waitedMs === 0) signal(pid, 'SIGINT');
    if (waitedMs === FAST_STOP_MS) signal(pid, 'SIGQUIT');
    await delay(POLL_MS);
  }
  // Whatever stands in it is dead, or another program that got the same pid after a reboot.
  await rm(pidFile, { force: true });
  if (socketFolder.startsWith(SHORT_SOCKET_PREFIX) && dirname(socketFolder) === dirname(SHORT_SOCKET_PREFIX))
    await rm(socketFolder, { recursive: true, force: true });
  return ok(undefined);
}

/** The pid of the server that runs on this data; `undefined` if none does, whatever `postmaster.pid` says. */
async function livePostmaster(dataDirectory: string): Promise<number | undefined> {
  const pid = Number(
    (await readFile(join(dataDirectory, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0],
  );
  if (!Number.isSafeInteger(pid) || pid <= 1) return undefined;
  const commandLine = await commandLineOf(pid);
  return commandLine.includes('postgres') && commandLine.includes(dataDirectory) ? pid : undefined;
}

async function commandLineOf(pid: number): Promise<string> {
  if (process.platform === 'linux') return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return run('ps', ['-o', 'command=', '-p', String(pid)]).then(
    ({ stdout }) => stdout,
    () => '',
  );
}

function signal(pid: number, name: 'SIGINT' | 'SIGQUIT'): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended between our look and our signal; the caller looks again.
  }
}

async function openLog(file: string) {
  const size = await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
  if (size > LOG_LIMIT_BYTES) await rename(file, `${file}.1`);
  return open(file, 'a', 0o600);
}

/** The last lines the server wrote about itself, for a message. They hold no data: see the settings. */
export async function lastWords(home: ServerHome): Promise<string> {
  const lines = (await readFile(logFileOf(home), 'utf8').catch(() => '')).trimEnd().split('\n');
  return lines.slice(-4).join(' | ');
}
