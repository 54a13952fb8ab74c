/* A new user at a fresh copy of the repository with three stacks, one for each test. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { CliContext } from '../../context.ts';
import { runCommand, type Said } from '../../testing.ts';
import { initWith } from '../init.ts';
import type { Prompter } from '../prompter.ts';

export const CASE = join(import.meta.dirname, '..', 'cases', 'three-stacks');
export const HANAKO =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAII4DW8+Yy/V4bp7e856zzh6tX3xUM5M9v2cCvuwDcnvi hanako';
export const YUKI = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP0bgLIGeJxpDmkwLPLB+ALQkzr7tEkN8EGx3/abDXnB yuki';
export const SOURCE = 'shop/sekisho@0123456789abcdef0123456789abcdef01234567';
export const SERVER_ROLE = 'arn:aws:iam::333333333333:role/sekisho-server';

export let world = '';
/** The repository of the test that runs. */
export let root = '';

/** To be called by each file of tests: this module may be loaded once for several of them. */
export function newUserForEachTest(): void {
  let number = 0;
  beforeAll(() => {
    world = mkdtempSync(join(tmpdir(), 'sekisho-init-'));
    writeFileSync(join(world, 'hanako.pub'), `${HANAKO}\n`);
    writeFileSync(join(world, 'yuki.pub'), `${YUKI}\n`);
  });
  afterAll(() => rmSync(world, { recursive: true }));
  beforeEach(() => {
    number += 1;
    root = join(world, String(number));
    cpSync(join(CASE, 'repository'), root, { recursive: true });
    execFileSync('git', ['init', '-q', '-b', 'main', root]);
    execFileSync('git', ['-C', root, 'remote', 'add', 'origin', 'git@github.com:shop/infra.git']);
  });
}

/** What GitHub tells of the shop. */
const IDS: Readonly<Record<string, unknown>> = {
  '/repos/shop/infra': { id: 700100, owner: { id: 900 } },
  '/users/hanako': { id: 1002 },
  '/users/yuki': { id: 1003 },
};
export const asked: { url: string; authorization: string | null }[] = [];
export const github: typeof fetch = async (input, init) => {
  const url = new URL(String(input));
  asked.push({ url: url.href, authorization: new Headers(init?.headers).get('authorization') });
  const found = IDS[url.pathname.replace('/api/v3', '')];
  return found === undefined ? new Response('', { status: 404 }) : Response.json(found);
};
const silent: typeof fetch = async () => new Response('', { status: 503 });

interface Given {
  readonly prompter?: Prompter;
  readonly fetch?: typeof fetch;
  readonly env?: CliContext['env'];
  readonly language?: 'en' | 'ja';
}

export const init = (
  argv: readonly string[],
  { prompter, fetch: ask = silent, env = {}, language = 'en' }: Given = {},
): Promise<Said> =>
  runCommand(
    initWith({
      fetch: ask,
      keyboard: () => {
        if (prompter === undefined) throw new Error('nobody is there');
        return prompter;
      },
    }),
    argv,
    {
      cwd: root,
      language,
      env: { PATH: process.env.PATH, ...env },
      ...(prompter !== undefined && { ask: async () => '' }),
    },
  );

export const FLAGS = [
  ...['--yes', '--branch', 'main', '--repository-id', '700100', '--owner-id', '900'],
  ...['--server', 'https://sekisho.shop.example', '--server-role', SERVER_ROLE, '--source', SOURCE],
  ...['--person', 'hanako=1002', '--person', 'yuki=1003'],
  ...['--key', 'hanako=../hanako.pub', '--key', 'yuki=../yuki.pub'],
];

export const written = (folder = root): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter(
      (path) => !path.startsWith('.git/') && !path.startsWith('stacks/') && !path.startsWith('modules/'),
    )
    .toSorted();
