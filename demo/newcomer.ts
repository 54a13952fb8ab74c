import { type Browser, chromium, type Page } from 'playwright-core';
import { findChromium } from '../scripts/setup/chromium.ts';

/*
 * A newcomer for `--once`, where nobody sits at the browser: follows the printed link in Chromium, whose virtual authenticator asks for a
 * finger and gets it.
 */

const PATIENCE_MS = 120_000;

/** Chromium, where this machine has one that starts. */
export async function browserHere(): Promise<Browser | undefined> {
  const executablePath = findChromium(process.env);
  if (executablePath === undefined) return undefined;
  // Containers run as root, where Chromium's own sandbox cannot.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args }).catch(() => undefined);
}

/** Enrols, reads and approves; answers once the page, never loaded again, says that the change is applied. */
export async function approveAsNewcomer(browser: Browser, link: string): Promise<void> {
  const context = await browser.newContext({ locale: 'en-US' });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  await enrolAt(page, link);
  const guide = page.getByRole('region', { name: 'Your first approval' });
  await guide.waitFor();
  let loads = 0;
  page.on('load', () => {
    loads += 1;
  });
  await page.getByRole('button', { name: 'Approve…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Approve with passkey' }).click();
  await guide.getByText('It is applied').waitFor();
  if (loads > 0) throw new Error('The page had to be loaded again');
  await context.close();
}

/** Follows the link, enrols, and goes on to where the link leads. */
export async function enrolAt(page: Page, link: string): Promise<void> {
  await giveAuthenticator(page);
  await page.goto(link);
  await page.getByRole('button', { name: 'Open the link' }).click();
  await page.getByRole('button', { name: 'Enrol a passkey' }).click();
  await page.getByRole('link', { name: 'Go on' }).click();
}

async function giveAuthenticator(page: Page): Promise<void> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true },
      ...{ hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    },
  });
}
