import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findChromium, HOW_TO_GET_CHROMIUM, installChromium } from './chromium.ts';

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

it('a browser is installed by root alone; others are told the command', async () => {
  const ran: string[] = [];
  const run = async (program: string, args: readonly string[]): Promise<void> => {
    ran.push([program, ...args].join(' '));
  };
  expect(await installChromium(false, run)).toBe(false);
  expect(ran).toEqual([]);
  expect(await installChromium(true, run)).toBe(true);
  expect(ran.at(-1)).toMatch(/^apt-get install .*chromium$/);
  expect(await installChromium(true, () => Promise.reject(new Error('no apt-get here')))).toBe(false);
  for (const words of Object.values(HOW_TO_GET_CHROMIUM))
    expect(words).toContain('sudo apt-get install chromium');
});
