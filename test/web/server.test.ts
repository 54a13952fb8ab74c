import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testDatabase } from '#platform/testing';
import { API_TYPES, apiTypes } from '../../scripts/make-web-api.ts';
import { apiDocument, askGuideServer } from '../../scripts/setup/guide-server.ts';
import { WEB_DIST } from '../../scripts/setup/web.ts';

test('The server has the pages that were built, and the API that they were written for: else run scripts/make-web-api.ts', async () => {
  await using database = await disposable();
  await askGuideServer(database.url, async (url) => {
    const page = await fetch(`${url}/changes`, { headers: { accept: 'text/html' } });
    expect(page.headers.get('content-security-policy')).toContain("trusted-types 'none'");
    expect(await page.text()).toBe(await readFile(join(WEB_DIST, 'index.html'), 'utf8'));
    expect(await readFile(API_TYPES, 'utf8')).toBe(apiTypes(await apiDocument(url)));
  });
});

const disposable = async () => {
  const database = await testDatabase();
  return { url: database.url, [Symbol.asyncDispose]: database.close };
};
