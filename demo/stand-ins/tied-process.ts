import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';

/** A program that cannot outlive us, not even when we are killed. */
export interface TiedProcess {
  /** Everything it wrote so far to standard output and error, the last 64 KiB. */
  output(): string;
  readonly exited: Promise<void>;
  stop(): Promise<void>;
}

const KEPT_OUTPUT_CHARACTERS = 65_536;

/**
 * The shell leads a process group of its own and reads a pipe whose other end only we hold: the pipe closes when we
 * end, however we end, and then the group is killed. When the program ends first, it takes the shell along.
 */
const KEEPER = '("$@"; kill -KILL 0) & cat >/dev/null; kill -KILL 0';

export function startTied(
  path: string,
  args: readonly string[],
  options: { readonly env: NodeJS.ProcessEnv; readonly cwd: string },
): TiedProcess {
  const child = spawn('/bin/sh', ['-c', KEEPER, 'sh', path, ...args], {
    ...options,
    detached: true,
    stdio: 'pipe',
  });
  let output = '';
  const keep = (words: Buffer): void => {
    output = (output + words.toString()).slice(-KEPT_OUTPUT_CHARACTERS);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const exited = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      output += error.message;
      resolve();
    });
    child.once('close', () => resolve());
  });
  // A running stand-in alone does not keep the event loop alive; waiting for its end does.
  hold(child, 'unref');
  return {
    output: () => output,
    exited,
    stop: () => {
      hold(child, 'ref');
      child.stdin.destroy();
      return exited;
    },
  };
}

function hold(child: ChildProcess, verb: 'ref' | 'unref'): void {
  child[verb]();
  // Typed as plain streams, but a child's pipes are sockets.
  for (const pipe of child.stdio) if (pipe instanceof Socket) pipe[verb]();
}
