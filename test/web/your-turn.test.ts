import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { deviceOf } from './authenticator.ts';
import { openBrowser } from './browser.ts';
import { expectGoodLook } from './look.ts';
import { visit } from './stage.ts';

// What `npm start` leaves to a newcomer, by nothing but what its terminal says.

const START = join(import.meta.dirname, '../../demo/start.ts');
const PHONE = { language: 'ja', theme: 'light', width: 360 } as const;
/** Terraform loads its provider for each step: a minute on a busy machine. */
const PATIENCE_MS = 240_000;

let demo: ChildProcess;
let browser: Browser;
let said = '';
beforeAll(async () => {
  demo = spawn(process.execPath, [START, '--page', '--lang', 'ja'], { stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [demo.stdout, demo.stderr])
    stream?.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
      demo.emit('said');
    });
  demo.once('exit', () => demo.emit('said'));
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  if (demo.exitCode !== null) return;
  const gone = once(demo, 'exit');
  demo.kill('SIGINT');
  await gone;
});

/** The part in brackets, or the whole, once the terminal has said it. */
async function told(pattern: RegExp): Promise<string> {
  for (;;) {
    const [whole, part] = pattern.exec(said) ?? [];
    if (whole !== undefined) return part ?? whole;
    if (demo.exitCode !== null) throw new Error(`The demo ended:\n${said}`);
    await once(demo, 'said');
  }
}

it('leads a newcomer from its link to a change that they reject, and to one that is applied before their eyes', {
  timeout: 2 * PATIENCE_MS,
}, async () => {
  const link = new URL(await told(/^ +(http:\S+\/welcome\?\S+)$/m));
  expect(link.hostname).toBe('localhost');
  const path = link.href.slice(link.origin.length);
  await using visitor = await visit({ browser, url: link.origin, path, view: PHONE, as: undefined });
  const { page } = visitor;
  page.setDefaultTimeout(PATIENCE_MS);
  await deviceOf(page);
  await page.getByRole('button', { name: 'リンクを開く' }).click();
  await page.getByRole('button', { name: 'パスキーを登録' }).click();
  await page.getByRole('link', { name: '続ける' }).click();

  const guide = page.getByRole('region', { name: 'はじめての承認' });
  await guide.getByText('指摘事項を読む').waitFor();
  await page.getByText('shared-with-account').waitFor();
  await expectGoodLook(visitor, 'your-turn');
  await page.getByRole('button', { name: '却下…' }).click();
  await page.getByRole('button', { name: 'パスキーで却下' }).click();
  await guide.getByText('ここで終わり').waitFor();
  await told(/承認されなかったため、CI ジョブに認証情報は発行されませんでした/);

  await page.goto(await told(/こちらで承認を待っています。\s+(http:\S+)/));
  await page.getByText('レビューでの指摘はありません').waitFor();
  let loads = 0;
  page.on('load', () => {
    loads += 1;
  });
  await page.getByRole('button', { name: '承認…' }).click();
  await page.getByRole('button', { name: 'パスキーで承認' }).click();
  await guide.getByText('適用されました').waitFor();
  expect(loads).toBe(0);
  await expectGoodLook(visitor, 'your-turn-applied');
  await told(/待っていた CI ジョブがこのプランだけの認証情報を受け取り、適用しました/);

  await guide.getByRole('button', { name: 'ガイドを閉じる' }).click();
  await guide.waitFor({ state: 'detached' });
  demo.kill('SIGINT');
  await once(demo, 'exit');
  expect(demo.exitCode).toBe(0);
});
