import { type Browser, chromium } from 'playwright-core';
import { findChromium, HOW_TO_GET_CHROMIUM } from '../../scripts/setup/chromium.ts';

export async function openBrowser(): Promise<Browser> {
  const executablePath = findChromium(process.env);
  if (executablePath === undefined) throw new Error(`No Chromium was found. ${HOW_TO_GET_CHROMIUM.en}`);
  return chromium.launch({
    executablePath,
    // Containers run as root, where Chromium's own sandbox cannot.
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
}
