import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { testDatabase } from '#platform/testing';
import { API_TYPES, apiTypes } from '../../scripts/make-web-api.ts';
import { servedApiDocument } from '../../scripts/setup/api-document.ts';

test('The types of the pages are those of the API: else run scripts/make-web-api.ts', async () => {
  const database = await testDatabase();
  try {
    expect(await readFile(API_TYPES, 'utf8')).toBe(apiTypes(await servedApiDocument(database.url)));
  } finally {
    await database.close();
  }
});
