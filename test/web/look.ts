import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import axe, { type AxeResults } from 'axe-core';
import { expect } from 'vitest';
import type { Visit } from './stage.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Kept as artefacts, to be looked at. */
export const SCREENSHOTS = process.env.SEKISHO_SCREENSHOTS ?? join(ROOT, '.sekisho/screenshots');

const NORMS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Takes a picture, and expects of every page: nothing went wrong, nothing sticks out, nobody is kept out (axe), no word is missing. */
export async function expectGoodLook({ page, view, wrongs }: Visit, name: string): Promise<void> {
  const { language, theme, width } = view;
  await page.evaluate(() => document.fonts.ready);
  await mkdir(SCREENSHOTS, { recursive: true });
  await page.screenshot({
    path: join(SCREENSHOTS, `${name}.${language}.${theme}.${width}.png`),
    fullPage: true,
    animations: 'disabled',
  });
  expect(wrongs()).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.lang)).toBe(language);
  // Not `innerWidth`, which grows on phones with what sticks out.
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  expect(await violationsOf(page)).toEqual([]);
}

async function violationsOf(page: Visit['page']): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(
    (norms): Promise<AxeResults> =>
      (globalThis as unknown as { axe: typeof axe }).axe.run({ runOnly: { type: 'tag', values: norms } }),
    NORMS,
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary}`),
  );
}
