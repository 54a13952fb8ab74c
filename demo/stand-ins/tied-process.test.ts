import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { startTied } from './tied-process.ts';

const run = promisify(execFile);
const surroundings = { env: { PATH: '/usr/bin:/bin' }, cwd: '/' };

/** Waits until the process has ended, reaped or not; the test's own time limit is the limit. */
async function ended(pid: string): Promise<void> {
  for (;;) {
    const state = await run('ps', ['-o', 'stat=', '-p', pid]).catch(() => ({ stdout: '' }));
    if (state.stdout === '' || state.stdout.startsWith('Z')) return;
  }
}

describe('a tied process', () => {
  it('ends when it is stopped, with all it has started', async () => {
    const tied = startTied('/bin/sh', ['-c', 'sleep 100 & echo $!; wait'], surroundings);
    while (!tied.output().includes('\n')) await new Promise((resolve) => setImmediate(resolve));
    await tied.stop();
    await ended(tied.output().trim());
  });

  it('ends when we are killed', async () => {
    const module = join(import.meta.dirname, 'tied-process.ts');
    const script = `import { startTied } from ${JSON.stringify(module)};
      const tied = startTied('/bin/sh', ['-c', 'echo $$; exec sleep 100'], { env: process.env, cwd: '/' });
      const look = setInterval(() => { if (tied.output() !== '') { console.log(tied.output()); clearInterval(look); setInterval(() => undefined, 1000); } }, 5);`;
    const us = spawn(process.execPath, ['--input-type=module-typescript', '--eval', script], {
      stdio: 'pipe',
    });
    const [words] = await once(us.stdout, 'data');
    us.kill('SIGKILL');
    await ended(String(words).trim());
  });

  it('tells when the program ends by itself, and what it said', async () => {
    const tied = startTied('/bin/sh', ['-c', 'echo no such port >&2; exit 3'], surroundings);
    await tied.exited;
    expect(tied.output()).toContain('no such port');
  });
});
