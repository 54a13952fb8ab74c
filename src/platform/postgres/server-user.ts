import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { err, ok, type Problem, type Result } from '#core-values';
import { noUnprivilegedUser } from './problems.ts';

const run = promisify(execFile);

/** Whom PostgreSQL runs as, when that is not ourselves. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

export const runsAsRoot = (): boolean => process.getuid?.() === 0;

/**
 * The user PostgreSQL shall run as: `undefined` for ourselves; for root, who may not, the owner of the
 * data that is there, else `sekisho`, else `postgres`, else a system user `sekisho` made now.
 */
export async function chooseServerUser(
  dataDirectory: string,
): Promise<Result<ServerUser | undefined, Problem>> {
  if (!runsAsRoot()) return ok(undefined);
  const owner = await stat(dataDirectory).catch(() => undefined);
  if (owner !== undefined && owner.uid !== 0) return ok({ uid: owner.uid, gid: owner.gid });
  for (const name of ['sekisho', 'postgres']) {
    const user = await findUser(name);
    if (user !== undefined) return ok(user);
  }
  try {
    await run('useradd', [
      '--system',
      '--user-group',
      '--no-create-home',
      '--shell',
      '/usr/sbin/nologin',
      'sekisho',
    ]);
    const user = await findUser('sekisho');
    return user === undefined ? err(noUnprivilegedUser('useradd made no user')) : ok(user);
  } catch (cause) {
    return err(noUnprivilegedUser(cause instanceof Error ? cause.message.trim() : String(cause)));
  }
}

async function findUser(name: string): Promise<ServerUser | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

/** Whether the user can go into the directory, asked of the kernel: modes, ACLs and mounts all count. */
export const canReach = (user: ServerUser, directory: string): Promise<boolean> =>
  run('/bin/sh', ['-c', 'cd "$1"', 'sh', directory], { uid: user.uid, gid: user.gid, cwd: '/' }).then(
    () => true,
    () => false,
  );
