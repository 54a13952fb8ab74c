import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCommand } from '../testing.ts';
import { ANSWERS_FILE, writeAnswers } from './answers.ts';
import { initWith } from './init.ts';
import { linkOut } from './links-out.ts';
import { surveyOf } from './survey.ts';

let folder: string;
let root: string;
let elsewhere: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sekisho-links-'));
  root = join(folder, 'repository');
  elsewhere = join(folder, 'elsewhere');
  mkdirSync(join(root, 'stacks', 'network'), { recursive: true });
  mkdirSync(join(root, '.git'));
  mkdirSync(elsewhere);
  writeFileSync(join(root, 'stacks', 'network', 'main.tf'), STACK);
});
afterEach(() => rmSync(folder, { recursive: true }));

const STACK = 'terraform {\n  backend "s3" {}\n}\nprovider "aws" {\n  region = "ap-northeast-1"\n}\n';

describe('a symbolic link', () => {
  test.each([
    ['../elsewhere', 'sekisho'],
    ['../nowhere', 'sekisho'],
    ['.git', 'sekisho'],
    ['stacks', undefined],
    ['.', undefined],
  ])('to %s on the way to a file: %s', async (target, link) => {
    symlinkSync(target, join(root, 'sekisho'));
    expect(await linkOut(root, 'sekisho/sekisho.yaml')).toBe(link);
  });

  test('behind another that stays within is seen', async () => {
    symlinkSync('stacks', join(root, 'sekisho'));
    symlinkSync(elsewhere, join(root, 'stacks', 'roles'));
    expect(await linkOut(root, 'sekisho/roles/main.tf')).toBe('sekisho/roles');
  });
});

const init = (...more: readonly string[]) =>
  runCommand(
    initWith({
      keyboard: () => {
        throw new Error('nobody is there');
      },
    }),
    [
      ...['--yes', '--branch', 'main', '--ci', 'github', '--repository', 'shop/infra'],
      ...['--repository-id', '700100', '--owner-id', '900', '--server', 'https://sekisho.shop.example'],
      ...['--server-role', 'arn:aws:iam::123456789012:role/sekisho-server'],
      ...['--source', `shop/sekisho@${'0'.repeat(40)}`, '--stack', 'stacks/network=111111111111'],
      ...['--person', 'hanako=1002', '--key', 'hanako=hanako.pub', ...more],
    ],
    { cwd: root, env: {} },
  );

describe('sekisho init', () => {
  test.each(['sekisho', '.github', '.github/workflows'])(
    'writes nothing where %s leads out of the repository, and names it',
    async (link) => {
      const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAII4DW8+Yy/V4bp7e856zzh6tX3xUM5M9v2cCvuwDcnvi hanako';
      writeFileSync(join(root, 'hanako.pub'), key);
      if (link.includes('/')) mkdirSync(join(root, '.github'));
      symlinkSync(elsewhere, join(root, link));
      const said = await init();
      expect(said.err).toContain(`${link} is a symbolic link that leads out of the repository`);
      expect(said.exit).not.toBe(0);
      expect(readdirSync(elsewhere)).toEqual([]);
    },
  );

  test('keeps answers through no link by the name of its working file', async () => {
    const precious = join(elsewhere, 'precious');
    writeFileSync(precious, 'precious');
    symlinkSync(precious, join(root, `${ANSWERS_FILE}.new`));
    await writeAnswers(join(root, ANSWERS_FILE), {});
    expect(readFileSync(precious, 'utf8')).toBe('precious');
  });

  test('finds no stack behind a folder that leads out of the repository, and says so', async () => {
    writeFileSync(join(elsewhere, 'main.tf'), STACK);
    symlinkSync(elsewhere, join(root, 'stacks', 'linked'));
    const survey = await surveyOf(root, []);
    if (!survey.ok) return expect.unreachable();
    expect(survey.value.stacks.map(({ path }) => path)).toEqual(['stacks/network']);
    expect(survey.value.faults.map(({ rule, place }) => [rule, place?.file])).toEqual([
      ['init.leads-out', 'stacks/linked'],
    ]);
  });

  test('takes no backend from a .terraform that leads out of the repository', async () => {
    const config = { bucket: 'bucket-of-another', region: 'eu-west-1' };
    writeFileSync(join(elsewhere, 'terraform.tfstate'), JSON.stringify({ backend: { config } }));
    symlinkSync(elsewhere, join(root, 'stacks', 'network', '.terraform'));
    expect(JSON.stringify(await surveyOf(root, []))).not.toContain('bucket-of-another');
  });
});
