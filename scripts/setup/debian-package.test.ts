import { expect, it } from 'vitest';
import { HOW_TO_GET_CHROMIUM } from './chromium.ts';
import { installPackage } from './debian-package.ts';
import { HOW_TO_GET_PROMTOOL } from './promtool.ts';

it('a Debian package is installed by root alone; others are told the command', async () => {
  const absent = (): Promise<never> => Promise.reject(new Error('no apt-get here'));
  const ran: string[] = [];
  const run = async (program: string, args: readonly string[]): Promise<void> => {
    ran.push([program, ...args].join(' '));
  };
  expect(await installPackage('chromium', false, run)).toBe(false);
  expect(ran).toEqual([]);
  expect(await installPackage('chromium', true, run)).toBe(true);
  expect(ran.at(-1)).toMatch(/^apt-get install .*chromium$/);
  expect(await installPackage('chromium', true, absent)).toBe(false);
  for (const words of Object.values(HOW_TO_GET_CHROMIUM))
    expect(words).toContain('sudo apt-get install chromium');
  for (const words of Object.values(HOW_TO_GET_PROMTOOL))
    expect(words).toContain('sudo apt-get install prometheus');
});
