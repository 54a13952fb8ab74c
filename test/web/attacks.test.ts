import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deviceOf } from './authenticator.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const DESK = { language: 'en', theme: 'light', width: 1440 } as const;

/** What each attempt came to: `ran`, or how the browser refused it. */
async function attempt(words: string): Promise<unknown> {
  await using visit = await stage.visit('/changes', DESK, 'hanako');
  await visit.page.getByText('No plans yet').waitFor();
  return await visit.page.evaluate(words);
}

describe('attack 24, scripts by text: even code of ours that is careless with text runs none of it', () => {
  it('markup out of a plan becomes no elements', async () => {
    const words = `(() => { try { document.body.innerHTML = '<img src=x onerror=1>'; return 'ran'; } catch (e) { return e.name; } })()`;
    expect(await attempt(words)).toBe('TypeError');
  });

  it('text becomes no code', async () => {
    const words = `new Promise((resolve) => {
      document.addEventListener('securitypolicyviolation', ({ violatedDirective }) => resolve(violatedDirective));
      const link = document.createElement('a');
      link.setAttribute('href', 'javascript:document.title="ran"');
      document.body.append(link);
      link.click();
      setTimeout(() => resolve('ran'), 2000);
    })`;
    expect(await attempt(words)).toMatch(/script/);
  });

  it('no style is taken from text, so nothing can be hidden or moved by it', async () => {
    const words = `new Promise((resolve) => {
      document.addEventListener('securitypolicyviolation', ({ violatedDirective }) => resolve(violatedDirective));
      const style = document.createElement('style');
      style.textContent = 'main { display: none }';
      document.head.append(style);
      setTimeout(() => resolve('ran'), 2000);
    })`;
    expect(await attempt(words)).toBe('style-src-elem');
  });

  it('nothing is sent to another server', async () => {
    const words = `new Promise((resolve) => {
      const refused = new Set();
      document.addEventListener('securitypolicyviolation', ({ violatedDirective }) => {
        refused.add(violatedDirective);
        if (refused.size === 3) resolve([...refused].sort());
      });
      fetch('http://127.0.0.1:9/').catch(() => undefined);
      new Image().src = 'http://127.0.0.1:9/';
      const form = document.createElement('form');
      form.action = 'http://127.0.0.1:9/';
      document.body.append(form);
      form.submit();
      setTimeout(() => resolve([...refused].sort()), 2000);
    })`;
    expect(await attempt(words)).toEqual(['connect-src', 'form-action', 'img-src']);
  });
});

it('attack 24, clickjacking: another site cannot put a page of ours into a frame', async () => {
  const site = createServer((_, answer) => {
    answer.setHeader('content-type', 'text/html');
    answer.end(`<iframe src="${stage.url}/changes"></iframe>`);
  });
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  const address = site.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    await using visit = await stage.visit('/changes', DESK, 'hanako');
    await visit.page.goto(`http://127.0.0.1:${port}/`);
    const frame = () => visit.page.frames()[1]?.url();
    await expect.poll(frame).not.toBe('');
    expect(frame()).toBe('chrome-error://chromewebdata/');
  } finally {
    site.close();
  }
});

it('attack 24, open redirect: a welcome leads on to our own pages alone', async () => {
  await using signedIn = await stage.visit('/welcome?returnTo=//evil.example/', DESK, 'hanako');
  const goOn = signedIn.page.getByRole('link', { name: 'Go on' });
  expect(await goOn.getAttribute('href')).toBe('/');

  const link = new URL((await stage.firstLink())?.url ?? expect.unreachable());
  await using invited = await stage.visit(`/welcome?returnTo=https://evil.example/${link.hash}`, DESK);
  await deviceOf(invited.page);
  await invited.page.getByRole('button', { name: 'Open the link' }).click();
  await invited.page.getByRole('button', { name: 'Enrol a passkey' }).click();
  expect(await invited.page.getByRole('link', { name: 'Go on' }).getAttribute('href')).toBe('/');
});
