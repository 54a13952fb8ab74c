import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ciStacks } from './ci-stacks.ts';
import { runCommand } from './testing.ts';

const ROOT = 'terraform {\n  backend "s3" {}\n}\n';

let root: string;
let repository: string;
let server: Server;
let env: Record<string, string>;
let answer: unknown;
let tokens: (string | undefined)[];

const account = { id: '111111111111', name: 'shop', environment: 'production' };
const stack = (name: string, path: string, more: object = {}) => ({
  ...{ name, path, account, region: 'ap-northeast-1', dependsOn: [] },
  ...more,
});

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'sekisho-stacks-'));
  repository = join(root, 'repository');
  mkdirSync(repository);
  answer = {
    stacks: [
      stack('network', 'stacks/network'),
      stack('shop', 'stacks/shop', { dependsOn: ['network'], applyEnvironment: 'production' }),
      stack('web', 'stacks/web', { alsoAffectedBy: ['environments/*.tfvars'] }),
    ],
  };
  tokens = [];
  server = createServer((request, response) => {
    tokens.push(request.headers.authorization);
    response.writeHead(request.url === '/v1/job-stacks' ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const nobody = {
    GIT_AUTHOR_NAME: 'n',
    GIT_AUTHOR_EMAIL: 'n@example.com',
    GIT_COMMITTER_NAME: 'n',
    GIT_COMMITTER_EMAIL: 'n@example.com',
  };
  env = {
    ...{ PATH: process.env.PATH ?? '', HOME: root, GIT_CONFIG_GLOBAL: '/dev/null', ...nobody },
    ...{ SEKISHO_URL: `http://127.0.0.1:${port}`, SEKISHO_ID_TOKEN: 'header.payload.signature' },
    ...{ GITHUB_OUTPUT: join(root, 'output'), GITHUB_STEP_SUMMARY: join(root, 'summary') },
  };
  git('init', '--quiet', '--initial-branch=main');
  write({
    'stacks/network/main.tf': ROOT,
    'stacks/shop/main.tf': `${ROOT}module "queue" {\n  source = "../../modules/queue"\n}\n`,
    'stacks/web/main.tf': ROOT,
    'modules/queue/main.tf': 'variable "name" {}\n',
    'environments/prod.tfvars': '',
  });
  commit();
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(root, { recursive: true });
});

const git = (...args: readonly string[]): string =>
  execFileSync('git', [...args], { cwd: repository, env, encoding: 'utf8', stdio: 'pipe' }).trim();
const write = (files: Readonly<Record<string, string>>): void => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(repository, path)), { recursive: true });
    writeFileSync(join(repository, path), text);
  }
};
function commit(): string {
  git('add', '--all');
  git('commit', '--quiet', '--message=change');
  return git('rev-parse', 'HEAD');
}
const event = (name: string, payload: object): Record<string, string> => {
  writeFileSync(join(root, 'event.json'), JSON.stringify(payload));
  return { ...env, GITHUB_EVENT_NAME: name, GITHUB_EVENT_PATH: join(root, 'event.json') };
};
const pullRequest = (base: string, head: string): object => ({
  pull_request: { base: { sha: base }, head: { sha: head } },
});
const run = (argv: readonly string[], given: Record<string, string> = env, cwd = repository) =>
  runCommand(ciStacks, argv, { env: given, cwd });
/** `shop module modules/queue/main.tf` */
const reasonsOf = (out: string): readonly string[] => {
  const { stacks } = JSON.parse(out) as {
    stacks: { stack: string; reasons: { kind: string; path: string }[] }[];
  };
  return stacks.flatMap(({ stack: name, reasons }) =>
    reasons.map(({ kind, path }) => `${name} ${kind} ${path}`),
  );
};
const outputs = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readFileSync(join(root, 'output'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );

describe('sekisho ci stacks', { timeout: 60_000 }, () => {
  it('sets a matrix for GitHub, in waves, and tells why in log and summary', async () => {
    write({ 'modules/queue/main.tf': '# changed\n', 'stacks/network/variables.tf': '' });
    commit();
    const said = await run(['--base', 'HEAD^', '--format', 'github']);
    expect([said.exit, said.err]).toEqual([0, '']);
    expect(said.out).toContain('module changed: modules/queue/main.tf (stacks/shop → modules/queue)');
    const { matrix = '', ...others } = outputs();
    const common = { environment: 'production', account: '111111111111', region: 'ap-northeast-1' };
    expect(JSON.parse(matrix)).toEqual({
      include: [
        { stack: 'network', path: 'stacks/network', wave: 1, ...common },
        { stack: 'shop', path: 'stacks/shop', wave: 2, ...common, applyEnvironment: 'production' },
      ],
    });
    expect(others).toEqual({ any: 'true', count: '2', stacks: '["network","shop"]', deleted: '[]' });
    expect(readFileSync(join(root, 'summary'), 'utf8')).toContain(
      '| `shop` | production | 2 | `stacks/shop` |',
    );
  });

  it('says so where nothing is affected, also in Japanese', async () => {
    write({ 'README.md': 'changed' });
    commit();
    const said = await runCommand(ciStacks, ['--base', 'HEAD^', '--format', 'github'], {
      ...{ env, cwd: repository, language: 'ja' },
    });
    expect(said.out).toContain('影響を受けるスタックはありません(全 3 スタック)');
    expect(outputs()).toMatchObject({ any: 'false', matrix: '{"include":[]}' });
  });

  it('compares the merge of a pull request with its first parent, whatever else came to main (Atlantis 1122 for deleted stacks)', async () => {
    const stale = git('rev-parse', 'HEAD');
    git('checkout', '--quiet', '-b', 'feature');
    rmSync(join(repository, 'stacks/web'), { recursive: true });
    const head = commit();
    git('checkout', '--quiet', 'main');
    write({ 'stacks/network/elsewhere.tf': '' });
    commit();
    git('merge', '--quiet', '--no-ff', '--message=merge', 'feature');
    const given = event('pull_request', pullRequest(stale, head));
    const said = await run(['--format', 'github'], given);
    expect(outputs()).toMatchObject({
      any: 'false',
      deleted: '[{"stack":"web","path":"stacks/web","fate":"deleted"}]',
    });
    expect(said.out).toContain('web is not planned: its folder stacks/web is deleted.');
  });

  it('compares a branch with where it left its base, for a pull request without a merge and for a queue', async () => {
    const base = git('rev-parse', 'HEAD');
    git('checkout', '--quiet', '-b', 'feature');
    write({ 'environments/prod.tfvars': 'a = 1\n' });
    commit();
    git('checkout', '--quiet', 'main');
    write({ 'stacks/network/elsewhere.tf': '' });
    const newer = commit();
    git('checkout', '--quiet', 'feature');
    const expected = ['web declared environments/prod.tfvars'];
    for (const sha of [base, newer]) {
      const given = event('pull_request', pullRequest(sha, git('rev-parse', 'HEAD')));
      expect(reasonsOf((await run(['--format', 'json'], given)).out)).toEqual(expected);
    }
    const queued = event('merge_group', { merge_group: { base_sha: newer } });
    expect(reasonsOf((await run(['--format', 'json'], queued)).out)).toEqual(expected);
  });

  it('keeps all of a pull request whose author merged its base into it, and whose head is checked out', async () => {
    git('checkout', '--quiet', '-b', 'feature');
    write({ 'stacks/web/x.tf': '' });
    commit();
    git('checkout', '--quiet', 'main');
    write({ 'stacks/network/elsewhere.tf': '' });
    const base = commit();
    git('checkout', '--quiet', 'feature');
    git('merge', '--quiet', '--no-ff', '--message=merge', 'main');
    const given = event('pull_request', pullRequest(base, git('rev-parse', 'HEAD')));
    expect(reasonsOf((await run(['--format', 'json'], given)).out)).toEqual(['web folder stacks/web/x.tf']);
  });

  it('compares a push with what the branch was, also where history was rewritten', async () => {
    write({ 'stacks/web/x.tf': '' });
    const dropped = commit();
    git('reset', '--quiet', '--hard', 'HEAD^');
    write({ 'stacks/network/x.tf': '' });
    commit();
    const said = await run(['--format', 'json'], event('push', { before: dropped }));
    expect(reasonsOf(said.out)).toEqual(
      ['network folder stacks/network/x.tf', 'web folder stacks/web/x.tf'].sort(),
    );
  });

  it.each(['0'.repeat(40), 'a'.repeat(40)])(
    'takes every stack where there is nothing before: %s',
    async (before) => {
      const said = await run(['--format', 'json'], event('push', { before }));
      expect(reasonsOf(said.out)).toHaveLength(3);
      expect(said.out).toContain('checkout.nothing-before');
    },
  );

  it('takes every stack with --all, and nothing of the files that are not committed', async () => {
    write({ 'stacks/shop/broken.tf': 'module "x" {' });
    const said = await run(['--all']);
    expect([said.exit, said.err]).toEqual([0, '']);
    expect(said.out).toContain('3 of 3 stacks to plan');
    expect(said.out).not.toContain('broken.tf');
  });

  it('follows renames and links as git has them', async () => {
    mkdirSync(join(repository, 'live'));
    renameSync(join(repository, 'stacks/shop'), join(repository, 'live/shop'));
    symlinkSync('../../shared/providers.tf.shared', join(repository, 'stacks/web/providers.tf'));
    write({ 'shared/providers.tf.shared': 'provider "aws" {}\n' });
    commit();
    write({ 'shared/providers.tf.shared': 'provider "aws" {\n  region = "eu-west-1"\n}\n' });
    commit();
    const moved = await run(['--base', 'HEAD~2', '--format', 'json']);
    expect(JSON.parse(moved.out).stacks).toMatchObject([
      { stack: 'shop', fate: 'moved', movedTo: 'live/shop', wave: 0 },
      { stack: 'web', fate: 'plan' },
    ]);
    const linked = await run(['--base', 'HEAD^', '--format', 'json']);
    expect(reasonsOf(linked.out)).toEqual(['web shared-file shared/providers.tf.shared']);
  });
});

describe('sekisho ci stacks refuses', { timeout: 60_000 }, () => {
  it('a checkout that is too shallow to compare, and says how to get one', async () => {
    write({ 'stacks/web/x.tf': '' });
    const before = git('rev-parse', 'HEAD');
    const head = commit();
    const shallow = join(root, 'shallow');
    git('clone', '--quiet', '--depth=1', `file://${repository}`, shallow);
    const events: readonly [string, object][] = [
      ['push', { before }],
      ['pull_request', pullRequest(before, head)],
    ];
    for (const [name, payload] of events) {
      const said = await run([], event(name, payload), shallow);
      expect(said.exit).toBe(2);
      expect(said.err).toContain('checkout.too-shallow');
      expect(said.err).toContain('fetch-depth: 0');
    }
    expect(tokens).toEqual([]);
  });

  it.each([
    [[], 'ci.nothing-to-compare'],
    [['--base', 'nowhere'], 'checkout.unknown-commit'],
    [['--base', '--output=x'], 'checkout.unknown-commit'],
    [['--head', 'nowhere', '--all'], 'checkout.unknown-commit'],
    [['--base', 'HEAD', '--all'], 'ci.base-and-all'],
  ])('%j: %s', async (argv, rule) => {
    const said = await run(argv);
    expect([said.exit, said.out]).toEqual([2, '']);
    expect(said.err).toContain(rule);
  });

  it('an event that says nothing, unless told what to compare', async () => {
    const said = await run([], event('schedule', {}));
    expect(said.err).toContain('An event of kind “schedule” does not say what to compare with.');
    expect((await run([], event('push', { before: '--output=x' }))).exit).toBe(2);
  });

  it('a repository without stacks, because silence would look like “nothing is affected”', async () => {
    answer = { stacks: [] };
    const said = await run(['--all']);
    expect([said.exit, said.out]).toEqual([2, '']);
    expect(said.err).toContain('ci.no-stacks');
  });

  it('a folder that is no checkout', async () => {
    const said = await run(['--all'], env, root);
    expect([said.exit, said.out]).toEqual([4, '']);
    expect(said.err).toContain('not a git repository');
  });

  it('more jobs than a matrix makes, and spreads them over parts where asked', async () => {
    answer = {
      stacks: Array.from({ length: 300 }, (_, index) =>
        stack(`s-${index}`, 'stacks/web', { region: `eu-west-${index}` }),
      ),
    };
    const refused = await run(['--all', '--format', 'github']);
    expect(refused.exit).toBe(2);
    expect(refused.err).toContain('--parts 2');
    await run(['--all', '--format', 'github', '--parts', '2']);
    const { 'matrix-1': first = '', 'matrix-2': second = '', any } = outputs();
    expect([JSON.parse(first).include.length, JSON.parse(second).include.length, any]).toEqual([
      256,
      44,
      'true',
    ]);
  });

  it('to let a file’s name write into the log, the summary or the outputs', async () => {
    write({ 'stacks/web/a\n::error::x`|<b>\u001b[31m.tf': '' });
    commit();
    const said = await run(['--base', 'HEAD^', '--format', 'github']);
    expect(said.out).not.toMatch(/^::/m);
    expect(said.out).not.toContain('\u001b[31m');
    const summary = readFileSync(join(root, 'summary'), 'utf8');
    expect(summary).not.toContain('<b>');
    expect(summary.split('\n').filter((line) => line.includes('error'))).toHaveLength(1);
    expect(Object.keys(outputs())).toEqual(['matrix', 'any', 'count', 'stacks', 'deleted']);
  });
});
