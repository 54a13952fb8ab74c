import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '#core-values';
import { RULES } from '../core/review/registry.ts';
import { rulesPage } from './rules-page.ts';

const PAGES = { en: '../../../docs/rules.md', ja: '../../../docs/rules.ja.md' } as const;

describe('documentation of rules', () => {
  it.each(LANGUAGES)(
    'docs/rules (%s) is what the rules say: run node scripts/make-rules-docs.ts',
    (language) => {
      expect(readFileSync(new URL(PAGES[language], import.meta.url), 'utf8')).toBe(rulesPage(language));
    },
  );

  it('every rule speaks both languages, Japanese in Japanese letters', () => {
    for (const rule of RULES) {
      for (const words of [rule.title, rule.sees, rule.why, rule.remedy]) {
        expect(words.en).toMatch(/[a-z]/);
        expect(words.ja).toMatch(/[\u3040-\u30ff\u4e00-\u9fff]/);
      }
    }
  });
});
