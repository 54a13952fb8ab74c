import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const CLI = join(import.meta.dirname, 'cli.ts');

test('a reader that closes early does not end the command: what it was to do is done, and the exit code tells', async () => {
  const child = spawn(process.execPath, [CLI, 'policy', 'test', 'no-such-folder'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  child.stderr.destroy();
  const [code] = await once(child, 'exit');
  expect(code).toBe(2);
});
