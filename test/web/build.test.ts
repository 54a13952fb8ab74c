import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readPages } from '#platform';
import { WEB_DIST } from '../../scripts/setup/web.ts';

const MOST_BYTES = 200_000;

test('The first load is below 200 kB, compressed', async () => {
  const pages = await readPages(WEB_DIST);
  const index = await readFile(join(WEB_DIST, 'index.html'), 'utf8');
  const loaded = [...index.matchAll(/(?:src|href)="\/assets\/([^"]+)"/g)].map((match) => match[1] ?? '');
  expect(loaded.some((name) => name.endsWith('.js'))).toBe(true);
  const files = [pages?.index, ...loaded.map((name) => pages?.assets.get(name))];
  const bytes = files.map((file) => file?.compressed.gzip?.length ?? Number.NaN);
  const sum = bytes.reduce((total, one) => total + one, 0);
  expect(sum).toBeLessThan(MOST_BYTES);
});

test('Nothing in the build is inline, or of another server', async () => {
  const index = await readFile(join(WEB_DIST, 'index.html'), 'utf8');
  expect(index).not.toMatch(/<style|style="|<script(?![^>]*\ssrc=)|\son\w+=|data:|https?:/);
});
