import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { loadConfiguration } from '#accounts';
import { readPlan } from '#plan';
import { planToJson } from '#plan/core';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Also what is not committed yet: a page is checked before its commit. */
const pages = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(ROOT, path)));

/** The headings of a page as GitHub makes anchors of them. */
const anchorsOf = (path: string): readonly string[] =>
  [...withoutCode(read(path)).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

const withoutCode = (words: string): string =>
  words.replaceAll(/^( *)```[\s\S]*?^\1```/gm, '').replaceAll(/<!--[\s\S]*?-->/g, '');

interface Link {
  readonly page: string;
  readonly target: string;
}

const links: readonly Link[] = pages.flatMap((page) =>
  [...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => ({ page, target }))
    .filter(({ target }) => !/^[a-z]+:/.test(target)),
);

test('Every relative link in Markdown leads to a file, and its anchor to a heading', () => {
  expect(links.length).toBeGreaterThan(30);
  const dead = links.filter(({ page, target }) => {
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(ROOT, file))) return true;
    return anchor !== undefined && !anchorsOf(file).includes(decodeURIComponent(anchor));
  });
  expect(dead).toEqual([]);
});

test('Every guide is there in both languages, and docs/README.md leads to both', () => {
  const index = read('docs/README.md');
  const guides = pages.filter((page) => /^docs\/[a-z-]+(?:\.ja)?\.md$/.test(page));
  const counterpart = (page: string): string =>
    page.endsWith('.ja.md') ? page.replace('.ja.md', '.md') : page.replace('.md', '.ja.md');
  expect(guides.filter((page) => !guides.includes(counterpart(page)))).toEqual([]);
  expect(guides.filter((page) => !index.includes(`(${page.slice('docs/'.length)})`))).toEqual([]);
});

test('Every package in package.json stands in the table of ADR 0008 with its licence', () => {
  const page = read('docs/adr/0008-dependencies.md');
  const { dependencies, optionalDependencies, devDependencies } = JSON.parse(read('package.json'));
  const locked = JSON.parse(read('package-lock.json')).packages;
  const names = Object.keys({ ...dependencies, ...optionalDependencies, ...devDependencies });
  const rows = page.split('\n').filter((line) => line.startsWith('|'));
  const wrong = names.filter((name) => {
    const licence: string = locked[`node_modules/${name}`]?.license ?? 'none';
    const bare = licence.replace(/^\((.*)\)$/, '$1');
    return !rows.some((row) => row.includes(`\`${name}\``) && row.includes(bare));
  });
  expect(wrong).toEqual([]);
  const named = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''),
  );
  expect(named.filter((name) => !names.includes(name))).toEqual([]);
});

test('ADRs are numbered without gaps, and each heading has its number', () => {
  const adrs = pages.filter((page) => page.startsWith('docs/adr/')).toSorted();
  const wrong = adrs.filter((path, index) => {
    const number = String(index + 1).padStart(4, '0');
    return !path.startsWith(`docs/adr/${number}-`) || !read(path).startsWith(`# ${number}: `);
  });
  expect(wrong).toEqual([]);
});

test('Every member of a review’s JSON is documented in both languages', async () => {
  const plan = await readPlan(readFileSync(join(ROOT, 'src/plan/cases/change-of-every-kind/plan.tfplan')));
  if (!plan.ok) throw new Error(plan.error.reasons[0].message.en);
  const members = new Set<string>();
  const collect = (value: unknown, depth: number): void => {
    if (Array.isArray(value)) for (const item of value) collect(item, depth);
    else if (typeof value === 'object' && value !== null && depth < 3) {
      for (const [name, inner] of Object.entries(value)) {
        members.add(name);
        if (name !== 'before' && name !== 'after') collect(inner, depth + 1);
      }
    }
  };
  collect(planToJson(plan.value, []), 0);
  expect(members.size).toBeGreaterThan(30);
  for (const page of [read('docs/review-json.md'), read('docs/review-json.ja.md')]) {
    expect([...members].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  }
});

const blocks = (page: string, language: string): readonly string[] =>
  [...read(page).matchAll(new RegExp(`^( *)\`\`\`${language}\n([\\s\\S]*?)^\\1\`\`\``, 'gm'))].map(
    ([, indent = '', body = '']) => body.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );

const PRINTED = ['README.md', 'README.ja.md', 'docs/adopt.md', 'docs/adopt.ja.md'];

test.each(PRINTED)('JSON and YAML in %s can be parsed', (page) => {
  const json = blocks(page, 'json');
  expect(json.length).toBeGreaterThan(0);
  for (const block of json) JSON.parse(block);
  for (const block of blocks(page, 'yaml')) {
    expect(parseAllDocuments(block).flatMap((document) => document.errors ?? [])).toEqual([]);
  }
});

test.each(['docs/adopt.md', 'docs/adopt.ja.md'])('The sekisho.yaml in %s is a good one', (page) => {
  const configurations = blocks(page, 'yaml').filter((block) => parse(block)?.version === 1);
  expect(configurations.length).toBe(1);
  const loaded = loadConfiguration({ file: 'sekisho.yaml', bytes: Buffer.from(configurations[0] ?? '') });
  expect(loaded.ok ? [] : loaded.error.reasons.map(({ message }) => message.en)).toEqual([]);
});
