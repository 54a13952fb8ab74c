import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fetchInto } from './fetch-into.ts';
import { type Scene, scene } from './testing.ts';

let here: Scene;
let directory: string;
beforeEach(async () => {
  here = await scene();
  directory = await mkdtemp(join(tmpdir(), 'sekisho-fetch-'));
});
afterEach(async () => {
  await here.github.stop();
  await rm(directory, { recursive: true, force: true });
});

test('git finds a pull request’s merge by the name that the stand-in gave it, and nothing wrong with it', async () => {
  const { github, repository } = here;
  const git = async (...args: readonly string[]): Promise<string> =>
    (await promisify(execFile)('git', [...args], { cwd: directory })).stdout;
  const { head, mergeCommit } = github.openPullRequest({
    ...{ repository, author: 'alice', branch: 'change' },
    // In git's order a folder stands where its name with a slash would.
    files: { 'shop/main.tf': null, 'shop/new/main.tf': 'é\n', 'shop.tf': '', 'shop-a/b.tf': 'b\n' },
  });
  const base = repository.branches.get('main') ?? '';
  await git('init', '--quiet');
  await fetchInto(directory, repository, mergeCommit ?? '');
  await git('fsck', '--strict', '--full');
  await git('checkout', '--quiet', '--detach', mergeCommit ?? '');
  expect((await git('rev-parse', 'HEAD', 'HEAD^1', 'HEAD^2')).trim().split('\n')).toEqual([
    mergeCommit,
    base,
    head.sha,
  ]);
  expect(await readFile(join(directory, 'shop/new/main.tf'), 'utf8')).toBe('é\n');
  expect((await git('diff', '--name-status', base)).split('\n')).toContain('D\tshop/main.tf');
});
