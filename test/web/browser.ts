import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const ON_MACS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** A Chromium of this machine, or the one that `SEKISHO_CHROMIUM` names. */
export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumOnThisMachine(),
    // Containers run as root, where Chromium's own sandbox cannot.
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
}

function chromiumOnThisMachine(): string {
  const named = process.env.SEKISHO_CHROMIUM;
  if (named !== undefined && named !== '') return named;
  const folders = (process.env.PATH ?? '').split(delimiter);
  const places = [...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))), ...ON_MACS];
  const found = places.find((path) => existsSync(path));
  if (found === undefined) {
    throw new Error(
      'The tests of the pages need Chromium: install it (apt install chromium) or name one in SEKISHO_CHROMIUM.',
    );
  }
  return found;
}
