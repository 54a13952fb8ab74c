/**
 * `node scripts/make-pictures.ts`: plays the demo and takes the pictures of the READMEs from its pages, into docs/images. To be run, and looked at,
 * when a page looks different.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { enrolAt } from '../demo/newcomer.ts';
import { indexedPng } from './indexed-png.ts';
import { findChromium, HOW_TO_GET_CHROMIUM } from './setup/chromium.ts';

const ROOT = join(import.meta.dirname, '..');
const IMAGES = join(ROOT, 'docs/images');
const LOCALES = { en: 'en-US', ja: 'ja-JP' } as const;
type Language = keyof typeof LOCALES;

const DESK = { viewport: { width: 1440, height: 1080 } } as const;
const PHONE = {
  ...{ viewport: { width: 360, height: 720 }, deviceScaleFactor: 1.5 },
  ...{ isMobile: true, hasTouch: true },
} as const;

await mkdir(IMAGES, { recursive: true });
const demo = spawn(process.execPath, [join(ROOT, 'demo/start.ts'), '--lang', 'en'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const executablePath = findChromium(process.env);
  if (executablePath === undefined) throw new Error(HOW_TO_GET_CHROMIUM.en);
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = await chromium.launch({ executablePath, args });
  await takeAll(browser, await printedLink());
  await browser.close();
} finally {
  demo.kill('SIGINT');
  if (demo.exitCode === null) await once(demo, 'exit');
}

/** Once the story was played. */
async function printedLink(): Promise<URL> {
  let said = '';
  for await (const chunk of demo.stdout) {
    process.stdout.write(chunk);
    said += String(chunk);
    const link = /^ +(http:\S+\/welcome\?\S+)$/m.exec(said)?.[1];
    if (link !== undefined) return new URL(link);
  }
  throw new Error('The demo printed no link');
}

async function takeAll(browser: Browser, link: URL): Promise<void> {
  const first = await browser.newContext({ locale: LOCALES.en });
  await enrolAt(await first.newPage(), link.href);
  const storageState = await first.storageState();
  const plan = /\/changes\/[^?]+/.exec(link.search)?.[0] ?? '';
  for (const language of ['en', 'ja'] as const) {
    const as = (how: BrowserContextOptions): BrowserContextOptions => ({
      ...{ ...how, storageState, locale: LOCALES[language], timezoneId: 'Asia/Tokyo' },
      ...{ colorScheme: 'light', reducedMotion: 'reduce' },
    });
    const desk = await (await browser.newContext(as(DESK))).newPage();
    await desk.goto(`${link.origin}/`);
    await desk.getByText('shop-production').first().waitFor();
    await take(desk, 'overview', language);
    await desk.goto(`${link.origin}${plan}`);
    await desk.getByText('shared-with-account').waitFor();
    await take(desk, 'plan', language);
    const phone = await (await browser.newContext(as(PHONE))).newPage();
    await phone.goto(`${link.origin}${plan}`);
    await phone.getByRole('button', { name: /^(Approve…|承認…)$/ }).click();
    await phone.getByRole('dialog').waitFor();
    await take(phone, 'approve', language);
  }
}

async function take(page: Page, name: string, language: Language): Promise<void> {
  const loading = page.getByText(/^(Loading|読み込み中)$/);
  while ((await loading.count()) > 0) await loading.first().waitFor({ state: 'detached' });
  await page.evaluate('document.fonts.ready');
  const picture = await page.screenshot({ animations: 'disabled' });
  await writeFile(join(IMAGES, `${name}.${language}.png`), indexedPng(picture));
}
