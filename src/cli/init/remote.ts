import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What Git tells of a folder; a member is absent where it tells nothing. */
export interface GitFacts {
  /** The repository's folder. */
  readonly root?: string;
  readonly remote?: Remote;
  /** `main`: the remote's default branch. */
  readonly branch?: string;
}

export interface Remote {
  /** `github.com` */
  readonly host: string;
  /** `shop/infra` */
  readonly name: string;
}

const run = promisify(execFile);

export async function gitFacts(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<GitFacts> {
  const git = async (...args: readonly string[]): Promise<string | undefined> => {
    try {
      // No prompt, no pager, and nothing from the repository's own configuration is run by these.
      const options = {
        env: { PATH: env.PATH, HOME: env.HOME, GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' },
        timeout: 10_000,
      };
      return (await run('git', ['-C', folder, ...args], options)).stdout.trim() || undefined;
    } catch {
      return undefined;
    }
  };
  const root = await git('rev-parse', '--show-toplevel');
  if (root === undefined) return {};
  const remote = parseRemote((await git('config', '--get', 'remote.origin.url')) ?? '');
  const head = await git('symbolic-ref', '--short', 'refs/remotes/origin/HEAD');
  return {
    root,
    ...(remote !== undefined && { remote }),
    ...(head !== undefined && { branch: head.replace(/^origin\//, '') }),
  };
}

/** `git@github.com:shop/infra.git`, `https://github.com/shop/infra`, `ssh://git@host:22/shop/infra.git`. Credentials in it are dropped. */
export function parseRemote(url: string): Remote | undefined {
  const [, host, name] =
    /^(?:https?|ssh|git):\/\/(?:[^@/]*@)?([^/:]+)(?::[0-9]+)?\/(.+?)(?:\.git)?\/?$/.exec(url) ??
    /^(?:[^@/]+@)?([^/:]+):(?!\/)(.+?)(?:\.git)?\/?$/.exec(url) ??
    [];
  return host === undefined || name === undefined || !name.includes('/') ? undefined : { host, name };
}
