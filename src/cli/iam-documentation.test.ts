import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Language } from '#core-values';
import { evaluationSchema, POLICY_KINDS } from '#iam/core';
import { iamEvaluate } from './iam-evaluate.ts';
import { runCommand } from './testing.ts';

const page = (language: Language): string =>
  readFileSync(
    join(import.meta.dirname, `../../docs/iam-evaluate${language === 'en' ? '' : `.${language}`}.md`),
    'utf8',
  );

const block = (words: string, kind: string): string =>
  new RegExp(`^\`\`\`${kind}\n([\\s\\S]*?)^\`\`\``, 'm').exec(words)?.[1] ?? '';

async function printed(document: string, language: Language): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'sekisho-iam-doc-'));
  try {
    writeFileSync(join(folder, 'request.json'), document);
    return (await runCommand(iamEvaluate, ['request.json'], { cwd: folder, language })).out;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test.each(['en', 'ja'] as const)(
  'the example of the guide (%s) prints what the guide shows',
  async (language) => {
    const words = page(language);
    const shown = block(words, 'console').replace(/^\$ .*\n/, '');
    expect(await printed(block(words, 'json'), language)).toBe(shown);
  },
);

test.each(['en', 'ja'] as const)(
  'the guide (%s) names every member of the document and every kind of policy',
  (language) => {
    const words = page(language);
    const schema: unknown = z.toJSONSchema(evaluationSchema, { io: 'input', unrepresentable: 'any' });
    const members = [...JSON.stringify(schema).matchAll(/"(\w+)":\{/g)].map(([, name = '']) => name);
    const own = members.filter(
      (name) => !['properties', 'items', 'additionalProperties', 'propertyNames', 'default'].includes(name),
    );
    expect(own.length).toBeGreaterThan(15);
    expect([...own, ...POLICY_KINDS].filter((name) => !new RegExp(`[\`".]${name}[\`"]`).test(words))).toEqual(
      [],
    );
  },
);
