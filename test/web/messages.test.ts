import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';

const SOURCES = join(import.meta.dirname, '../../web/src');
const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.test.ts') && !path.endsWith('.gen.ts'))
  .map((path) => join(SOURCES, path));
const tables = files.filter((path) => path.endsWith('/messages.ts'));

const Table = z.object({
  messages: z.record(z.string(), z.strictObject({ en: z.string(), ja: z.string() })),
});

const messagesOf = async (path: string): Promise<[string, { en: string; ja: string }][]> =>
  Object.entries(Table.parse(await import(path)).messages);

const slots = (words: string): string[] =>
  [...words.matchAll(/\{(\w+)/g)].map((match) => match[1] ?? '').toSorted();

test.each(tables.map((path) => relative(SOURCES, path)))(
  'every message of %s is whole in both languages',
  async (path) => {
    const wrong = (await messagesOf(join(SOURCES, path))).filter(
      ([, { en, ja }]) =>
        en.trim() === '' ||
        ja.trim() === '' ||
        slots(en).join() !== slots(ja).join() ||
        /[\u3040-\u30ff]/.test(en),
    );
    expect(wrong).toEqual([]);
  },
);

/** By `messages.name`, also under another name of the table, or by a value of a known set: `messages[state]` uses those whose names are said somewhere else as a text. */
test('every message is used', async () => {
  const unused: string[] = [];
  for (const table of tables) {
    const folder = table.replace(/messages\.ts$/, '');
    const sources = files
      .filter((path) => path.startsWith(folder) && path !== table)
      .map((path) => readFileSync(path, 'utf8'));
    const everywhere = files
      .filter((path) => !tables.includes(path))
      .concat(join(SOURCES, 'api/types.gen.ts'))
      .map((path) => readFileSync(path, 'utf8'))
      .join('\n');
    const isLookedUp = sources.some((source) => /\bmessages\[/.test(source));
    for (const [name] of await messagesOf(table)) {
      const byName = sources.some((source) => {
        const aliases = [...source.matchAll(/\bmessages as (\w+) \}/g)].map((match) => match[1]);
        return new RegExp(`\\b(?:${['messages', ...aliases].join('|')})\\.${name}\\b`).test(source);
      });
      const bySet = isLookedUp && everywhere.includes(`'${name}'`);
      if (!byName && !bySet) unused.push(`${relative(SOURCES, table)}: ${name}`);
    }
  }
  expect(unused).toEqual([]);
});

test('no page has words of its own: what people read stands in a table', () => {
  const wrong = files
    .filter((path) => path.endsWith('.tsx'))
    .flatMap((path) => {
      const source = readFileSync(path, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      const inMarkup = [...source.matchAll(/>\s*([A-Z][a-z]+ [a-z]+[^<>{}]*)</g)].map((match) => match[1]);
      const inAttributes = [...source.matchAll(/\b(?:aria-label|title|placeholder|alt)="([^"]+)"/g)].map(
        (match) => match[1],
      );
      const japanese = /[\u3040-\u30ff\u4e00-\u9fff]/.test(source.replaceAll("'日本語'", ''))
        ? ['Japanese']
        : [];
      return [...inMarkup, ...inAttributes, ...japanese].map(
        (words) => `${relative(SOURCES, path)}: ${words}`,
      );
    });
  expect(wrong).toEqual([]);
});
