/**
 * Writes docs/rules.md and docs/rules.ja.md from the registry of rules, so that they cannot say something else than the
 * program does: `node scripts/make-rules-docs.ts`. A test compares them.
 */
import { writeFileSync } from 'node:fs';
import type { Language } from '../src/core-values/index.ts';
import { rulesPage } from '../src/plan/render/rules-page.ts';

const PAGES: readonly (readonly [Language, string])[] = [
  ['en', '../docs/rules.md'],
  ['ja', '../docs/rules.ja.md'],
];

for (const [language, path] of PAGES) writeFileSync(new URL(path, import.meta.url), rulesPage(language));
