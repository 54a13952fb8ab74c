import { expect } from 'vitest';
import { expectGoodLook } from './look.ts';
import type { Visit } from './stage.ts';

const refusal = (status: number, code: string, message: string) => ({
  status,
  contentType: 'application/problem+json',
  body: JSON.stringify({
    ...{ type: `urn:sekisho:problem:${code}`, title: code, status, code, detail: message },
    ...{ reasons: [{ rule: 'test.rule', message, remedy: 'Ask.' }], requestId: 'request-of-a-test' },
  }),
});

interface PageWithStates {
  readonly url: string;
  /** What the page asks first: the path, as far as its query. */
  readonly asks: RegExp;
  /** For pictures. */
  readonly name: string;
  /** Until the content is there. */
  readonly content: () => Promise<void>;
}

/** A page that loads, then failed, then is denied, then is there, and then without a network, each with its picture. */
export async function expectStates(
  visit: Visit,
  { url, asks, name, content }: PageWithStates,
): Promise<void> {
  const { page, view } = visit;
  const isJapanese = view.language === 'ja';
  const path = (address: URL): boolean => asks.test(address.pathname);
  const waiting: (() => Promise<void>)[] = [];
  await page.route(path, (route) => {
    waiting.push(() => route.fulfill(refusal(500, 'internal', 'The server failed.')));
  });
  await page.goto(url);
  const loading = page.getByRole('status').getByText(isJapanese ? '読み込み中' : 'Loading');
  await loading.first().waitFor();
  await expect.poll(() => waiting.length).toBeGreaterThan(0);
  await expectGoodLook(visit, `${name}-loading`);
  for (const answer of waiting) await answer();
  await page.getByText('The server failed. Ask.').waitFor();
  await page.getByText('request-of-a-test').waitFor();
  await expectGoodLook(visit, `${name}-failed`);
  await page.unroute(path);
  await page.route(path, (route) => route.fulfill(refusal(403, 'denied', 'Not for you.')));
  await page.getByRole('button', { name: isJapanese ? '再試行' : 'Try again' }).click();
  await page.getByText('Not for you. Ask.').waitFor();
  await expectGoodLook(visit, `${name}-denied`);
  await page.unroute(path);
  await page.reload();
  await content();
  await page.context().setOffline(true);
  await page.getByText(isJapanese ? 'オフラインです。' : 'You are offline.').waitFor();
  await content();
  await expectGoodLook(visit, `${name}-offline`);
}
