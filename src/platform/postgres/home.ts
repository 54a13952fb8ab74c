import { createHash } from 'node:crypto';
import {
  access,
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rename,
  writeFile,
} from 'node:fs/promises';
import { basename, join } from 'node:path';
import { err, ok, type Problem, type Result } from '#core-values';
import { copyBinaries, type PostgresBinaries } from './binaries.ts';
import { directoryUnusable, movedDataMissing, notPrepared } from './problems.ts';
import { canReach, chooseServerUser, runsAsRoot, type ServerUser } from './server-user.ts';

/** Where one embedded server lives, and whom it runs as. */
export interface ServerHome {
  /** Holds `data`, `password`, `lock` and `postgresql.log`. */
  readonly folder: string;
  readonly user: ServerUser | undefined;
  readonly binaries: PostgresBinaries;
}

/** Where root keeps what an unprivileged user must be able to reach (Filesystem Hierarchy Standard 3.0, 5.8). */
export const SYSTEM_FOLDER = '/var/lib/sekisho';

/** In the asked directory, when the data had to go elsewhere: where it went. */
const POINTER = 'moved-to';

/** `sun_path` holds 104 bytes on macOS (108 on Linux), the last one being NUL. */
const SOCKET_PATH_BYTES = 103;
const SOCKET_NAME = '/.s.PGSQL.5432';

/**
 * Finds the folder for the asked directory. That is the directory itself, except when we are root and
 * the user whom PostgreSQL must run as cannot reach it (below /root, say): then a folder below
 * `/var/lib/sekisho`, noted in the asked directory's file `moved-to`. Binaries likewise.
 */
export async function findHome(
  directory: string,
  shipped: PostgresBinaries,
): Promise<Result<ServerHome, Problem>> {
  try {
    // Root's server is another user, who must pass through the folders made here.
    await mkdir(directory, { recursive: true, mode: runsAsRoot() ? 0o711 : 0o700 });
    const folder = await findFolder(directory);
    if (!folder.ok) return folder;
    const user = await chooseServerUser(join(folder.value, 'data'));
    if (!user.ok) return user;
    if (user.value === undefined) return ok({ folder: folder.value, user: undefined, binaries: shipped });
    const binaries = await reachableBinaries(user.value, shipped);
    return binaries.ok ? ok({ folder: folder.value, user: user.value, binaries: binaries.value }) : binaries;
  } catch (cause) {
    return err(directoryUnusable(directory, wordsOf(cause)));
  }
}

const wordsOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

async function findFolder(directory: string): Promise<Result<string, Problem>> {
  const pointer = join(directory, POINTER);
  const noted = (await readFile(pointer, 'utf8').catch(() => '')).trim();
  if (noted === '') return runsAsRoot() ? reachableFolder(directory, pointer) : ok(directory);
  // Never an empty database in the place of one that was lost.
  return (await exists(noted)) ? ok(noted) : err(movedDataMissing(noted, pointer));
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** The directory, or one below `/var/lib/sekisho` that is noted in the file `pointer`. */
async function reachableFolder(directory: string, pointer: string): Promise<Result<string, Problem>> {
  const user = await chooseServerUser(join(directory, 'data'));
  if (!user.ok || user.value === undefined) return user.ok ? ok(directory) : user;
  // Others may pass through, and see nothing: what is inside has modes of its own.
  await chmod(directory, 0o711);
  if (await canReach(user.value, directory)) return ok(directory);

  const resolved = await realpath(directory);
  const derived = `${basename(resolved)}-${createHash('sha256').update(resolved).digest('hex').slice(0, 12)}`;
  const folder = join(SYSTEM_FOLDER, derived);
  for (const part of [SYSTEM_FOLDER, folder]) {
    await mkdir(part, { recursive: true });
    await chmod(part, part === SYSTEM_FOLDER ? 0o755 : 0o711);
  }
  if (!(await canReach(user.value, folder)))
    return err(directoryUnusable(folder, `not reachable for user id ${user.value.uid}`));
  await writeFile(`${pointer}.new`, `${folder}\n`);
  await rename(`${pointer}.new`, pointer);
  return ok(folder);
}

async function reachableBinaries(
  user: ServerUser,
  shipped: PostgresBinaries,
): Promise<Result<PostgresBinaries, Problem>> {
  if (await canReach(user, join(shipped.folder, 'bin'))) return ok(shipped);
  try {
    const copy = await copyBinaries(shipped, SYSTEM_FOLDER);
    await chmod(SYSTEM_FOLDER, 0o755);
    return ok(copy);
  } catch (cause) {
    return err(notPrepared(SYSTEM_FOLDER, wordsOf(cause)));
  }
}

/** Makes a private folder that belongs to the server's user. */
export async function makePrivateFolder(path: string, user: ServerUser | undefined): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await chmod(path, 0o700);
  if (user !== undefined) await chown(path, user.uid, user.gid);
}

/** Prefix of the short socket folders that stand in for directories too deep for a socket's path. */
export const SHORT_SOCKET_PREFIX = '/tmp/sekisho-postgres-';

/** A private folder for the Unix socket: in the home if its path is short enough, else a new one in /tmp. */
export async function makeSocketFolder(home: ServerHome): Promise<string> {
  const inside = join(home.folder, 'socket');
  const folder =
    Buffer.byteLength(inside + SOCKET_NAME) <= SOCKET_PATH_BYTES
      ? inside
      : await mkdtemp(SHORT_SOCKET_PREFIX);
  await makePrivateFolder(folder, home.user);
  return folder;
}
