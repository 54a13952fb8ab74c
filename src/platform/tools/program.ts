import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import type { ToolSurroundings } from './tool.ts';

/**
 * The first file of this name on PATH that we may execute, or `undefined`. Relative PATH entries are
 * passed over: what they mean would depend on the folder a job happens to stand in.
 */
export async function findProgram(name: string, { env }: ToolSurroundings): Promise<string | undefined> {
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    if (!isAbsolute(folder)) continue;
    const path = join(folder, name);
    if (await isExecutableFile(path)) return path;
  }
  return undefined;
}

export async function isExecutableFile(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

export type Answer =
  | { readonly kind: 'answered'; readonly exitCode: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'not-started'; readonly message: string };

/** Runs a program without a shell and without standard input, and takes what it says within the time limit. */
export function ask(
  path: string,
  args: readonly string[],
  { env, timeoutMs }: ToolSurroundings,
): Promise<Answer> {
  return new Promise((resolve) => {
    const options = { env: { ...env }, timeout: timeoutMs, killSignal: 'SIGKILL', encoding: 'utf8' } as const;
    const child = execFile(path, [...args], options, (error, stdout, stderr) => {
      if (error === null) return resolve({ kind: 'answered', exitCode: 0, stdout, stderr });
      if (typeof error.code === 'number') {
        return resolve({ kind: 'answered', exitCode: error.code, stdout, stderr });
      }
      if (error.killed === true) return resolve({ kind: 'timed-out' });
      return resolve({ kind: 'not-started', message: error.message });
    });
    child.stdin?.end();
  });
}

/** The first version number that `PROGRAM --version` says, or `undefined` when it does not say one in time. */
export async function programVersion(path: string, where: ToolSurroundings): Promise<string | undefined> {
  const answer = await ask(path, ['--version'], where);
  if (answer.kind !== 'answered' || answer.exitCode !== 0) return undefined;
  return /\d+(?:\.\d+)+/.exec(answer.stdout)?.[0];
}
