import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { oneAtATime } from './one-at-a-time.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sekisho-lock-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('works that want the same place are done one after the other, failed ones too', async () => {
  let under = 0;
  const work = async (fails: boolean): Promise<number> => {
    under += 1;
    const seen = under;
    await new Promise(setImmediate);
    under -= 1;
    if (fails) throw new Error('it failed');
    return seen;
  };
  const file = join(folder, 'not-there-yet', 'lock');
  const all = await Promise.allSettled(
    [false, true, false].map((fails) => oneAtATime(file, () => work(fails))),
  );
  expect(all.map((one) => (one.status === 'fulfilled' ? one.value : 'failed'))).toEqual([1, 'failed', 1]);
});

it('a process that was killed keeps nobody waiting', async () => {
  const file = join(folder, 'lock');
  const module = JSON.stringify(join(import.meta.dirname, 'one-at-a-time.ts'));
  const words = `import { oneAtATime } from ${module};
    setInterval(() => {}, 1000);
    oneAtATime(${JSON.stringify(file)}, () => new Promise(() => console.log('has it')));`;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  let done = false;
  const waiting = oneAtATime(file, async () => {
    done = true;
  });
  await new Promise(setImmediate);
  expect(done).toBe(false);
  holder.kill('SIGKILL');
  await waiting;
  expect(done).toBe(true);
});
