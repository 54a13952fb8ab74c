import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeAll } from './write-files.ts';

test('a symbolic link in the repository leads no file of ours to another place', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sekisho-init-'));
  try {
    const elsewhere = join(folder, 'elsewhere');
    writeFileSync(elsewhere, 'precious');
    symlinkSync(elsewhere, join(folder, 'sekisho.yaml.sekisho-new'));
    await writeAll(folder, [{ path: 'sekisho.yaml', text: 'version: 1\n' }]);
    expect(readFileSync(elsewhere, 'utf8')).toBe('precious');
    expect(readFileSync(join(folder, 'sekisho.yaml'), 'utf8')).toBe('version: 1\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
