import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const ON_MACS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** The browser that the tests of the pages drive: the one that `SEKISHO_CHROMIUM` names, or one of this machine. */
export function findChromium(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const named = env.SEKISHO_CHROMIUM;
  if (named !== undefined && named !== '') return existsSync(named) ? named : undefined;
  const folders = (env.PATH ?? '').split(delimiter);
  const places = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [...places, ...ON_MACS].find((path) => existsSync(path));
}

export const HOW_TO_GET_CHROMIUM = {
  en: 'Install Chromium or Chrome (sudo apt-get install chromium), or name one in SEKISHO_CHROMIUM.',
  ja: 'Chromium か Chrome をインストールするか(sudo apt-get install chromium)、SEKISHO_CHROMIUM でパスを指定してください。',
} as const;
