import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { epochMs, type Language } from '#core-values';
import type { CliContext } from './context.ts';
import { doctor } from './doctor.ts';
import { runProgram } from './program.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sekisho-doctor-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const put = (name: string, script: string): Promise<void> =>
  writeFile(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });

async function run(args: readonly string[] = [], language: Language = 'en') {
  let words = '';
  let exitCode = 0;
  const stdout: CliContext['stdout'] = {
    write: (more) => {
      words += more;
    },
    isTerminal: false,
    columns: 80,
  };
  const context: CliContext = {
    // Nothing listens on port 1: the clock is not compared, and nothing leaves this machine.
    env: { PATH: folder, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
    cwd: folder,
    language,
    stdout,
    stderr: stdout,
    clock: { now: () => epochMs(0) },
    exitWith: (code) => {
      exitCode = code;
    },
  };
  const summary = { en: '', ja: '' };
  await runProgram(
    ['doctor', ...args],
    [{ path: ['doctor'], summary, load: async () => doctor }],
    context,
    '0',
  );
  return { words, exitCode };
}

describe('sekisho doctor', () => {
  it('ends with 4 and names what the main job lacks, what it is for and how to get it', async () => {
    const { words, exitCode } = await run();
    expect(exitCode).toBe(4);
    expect(words).toContain('✗ Terraform / OpenTofu  not found');
    expect(words).toContain('needed for making plan files');
    expect(words).toContain('https://developer.hashicorp.com/terraform/install');
    expect(words).toContain('✗ ssh-keygen  not found');
  });

  it('ends with 0 when the main job can run, although the demo lacks its stand-in', async () => {
    await put('terraform', `echo '{"terraform_version": "1.11.4"}'`);
    await put('ssh-keygen', 'true');
    const { words, exitCode } = await run();
    expect(exitCode).toBe(0);
    expect(words).toContain('✓ Terraform 1.11.4');
    expect(words).toContain('✗ moto_server');
    expect(words).toContain('Ready');
  });

  it('does not take a clock that could not be compared for a wrong one', async () => {
    expect((await run()).words).toContain('? Clock  not compared');
  });

  it('speaks Japanese', async () => {
    const { words } = await run([], 'ja');
    expect(words).toContain('見つかりません');
    expect(words).toContain('準備が整っていません');
  });

  it('tells a program the same in JSON', async () => {
    await put('terraform', `echo '{"terraform_version": "1.4.0"}'`);
    const { words } = await run(['--format', 'json']);
    const report = JSON.parse(words);
    expect(report).toMatchObject({ version: 1, ready: false });
    expect(report.checks).toContainEqual(
      expect.objectContaining({ name: 'Terraform / OpenTofu', need: 'main', status: 'unusable' }),
    );
  });
});
