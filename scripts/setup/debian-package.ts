import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

type Run = (program: string, args: readonly string[]) => Promise<unknown>;

/** Where nobody has to be asked for a password: in containers, which run as root and have apt-get. True when it came to its end. */
export async function installPackage(
  name: string,
  isRoot: boolean,
  run: Run = promisify(execFile),
): Promise<boolean> {
  if (!isRoot) return false;
  try {
    await run('apt-get', ['update', '-qq']);
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name]);
    return true;
  } catch {
    return false;
  }
}
