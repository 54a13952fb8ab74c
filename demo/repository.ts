import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { REVISIONS, type Revision } from './revisions.ts';

const run = promisify(execFile);

/** The shop's Git repository, as its team sees it. */
export interface ShopRepository {
  readonly directory: string;
  /** Lays the files of `demo/revisions/<revision>` over the repository and commits them; answers the commit. */
  commitRevision(revision: Revision, author: string): Promise<string>;
  /** Commits files by path; for what no revision holds. */
  commitFiles(files: Readonly<Record<string, string>>, author: string, message: string): Promise<string>;
  head(): Promise<string>;
  /** A fresh checkout of one commit at `directory`, as a runner makes it. */
  checkout(commit: string, directory: string): Promise<void>;
}

const DEMO = import.meta.dirname;

/** What the demo's files call the accounts, and the real ids. */
export type AccountIds = Readonly<Record<'111111111111' | '222222222222', string>>;

/** Makes the repository with `demo/stacks` and `demo/workflows` as its first commit. */
export async function createRepository(options: {
  readonly directory: string;
  readonly git: string;
  readonly accountIds: AccountIds;
  /** Writes the providers' lock file into a stack's folder, as `terraform init` on somebody's laptop does. */
  readonly lockProviders: (stackFolder: string) => Promise<void>;
}): Promise<ShopRepository> {
  const { directory, accountIds } = options;
  const git = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await run(options.git, [...args], { cwd: directory, env: gitEnvironment() });
    return stdout.trim();
  };
  await mkdir(directory, { recursive: true });
  await git('init', '--quiet', '--initial-branch=main');
  const commit = async (author: string, message: string): Promise<string> => {
    await git('add', '--all');
    const identity = ['-c', `user.name=${author}`, '-c', `user.email=${author}@shop.example`];
    await git(...identity, 'commit', '--quiet', '--message', message);
    return git('rev-parse', 'HEAD');
  };
  await layOver(join(DEMO, 'stacks'), join(directory, 'stacks'), accountIds);
  await layOver(join(DEMO, 'workflows'), join(directory, '.github/workflows'), accountIds);
  await lockAll(join(directory, 'stacks'), options.lockProviders);
  await writeFile(join(directory, '.gitignore'), '.terraform/\n*.tfplan\n');
  await commit('platform', 'Begin');
  return {
    directory,
    commitRevision: async (revision, author) => {
      await layOver(join(DEMO, 'revisions', revision), directory, accountIds);
      return commit(author, REVISIONS[revision]);
    },
    commitFiles: async (files, author, message) => {
      for (const [path, words] of Object.entries(files)) {
        await mkdir(dirname(join(directory, path)), { recursive: true });
        await writeFile(join(directory, path), words);
      }
      return commit(author, message);
    },
    head: () => git('rev-parse', 'HEAD'),
    checkout: async (sha, target) => {
      await git('worktree', 'add', '--quiet', '--detach', target, sha);
    },
  };
}

/** All stacks use the same provider, so one of them is locked and the others get its file. */
async function lockAll(stacks: string, lock: (stackFolder: string) => Promise<void>): Promise<void> {
  const [first = '', ...others] = (await readdir(stacks)).sort();
  await lock(join(stacks, first));
  for (const other of others) await cp(join(stacks, first, LOCK_FILE), join(stacks, other, LOCK_FILE));
  await rm(join(stacks, first, '.terraform'), { recursive: true, force: true });
}

const LOCK_FILE = '.terraform.lock.hcl';

/** Nothing of the person's own Git configuration (signing, hooks, templates) may reach the demo. */
const gitEnvironment = (): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
});

/** Copies a folder, with the real account ids in its files. */
async function layOver(from: string, to: string, accountIds: AccountIds): Promise<void> {
  await cp(from, to, { recursive: true });
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const copy = join(to, entry.parentPath.slice(from.length), entry.name);
    const words = Object.entries(accountIds).reduce(
      (text, [written, real]) => text.replaceAll(written, real),
      await readFile(copy, 'utf8'),
    );
    await writeFile(copy, words);
  }
}
