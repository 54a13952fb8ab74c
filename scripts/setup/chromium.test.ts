import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findChromium } from './chromium.ts';

it('the browser of the tests is the one that was named, or the first on PATH', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sekisho-chromium-'));
  try {
    await writeFile(join(folder, 'chromium-browser'), '');
    const PATH = `/not-there:${folder}`;
    expect(findChromium({ PATH })).toBe(join(folder, 'chromium-browser'));
    expect(findChromium({ PATH, SEKISHO_CHROMIUM: process.execPath })).toBe(process.execPath);
    expect(findChromium({ PATH, SEKISHO_CHROMIUM: '/not-there/chrome' })).toBeUndefined();
  } finally {
    await rm(folder, { recursive: true });
  }
});
