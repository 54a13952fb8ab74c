import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { epochMs } from '#core-values';
import { readDefinitions } from '#slo';
import { sloReportSchema } from '#slo/core';
import { sloCheck } from './slo-check.ts';
import { sloExport } from './slo-export.ts';
import { sloReport } from './slo-report.ts';
import { runCommand } from './testing.ts';

const root = join(import.meta.dirname, '../..');
const cwd = join(root, 'test/slo/report');
const clock = { now: () => epochMs(Date.UTC(2026, 10, 23)) };
const COMMANDS = { check: sloCheck, export: sloExport, report: sloReport } as const;

const wordsOf = (line: string): readonly string[] =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare = '']) => quoted ?? bare);

const blocksOf = (page: string, kind: string): readonly string[] =>
  [...page.matchAll(new RegExp(`\`\`\`${kind}\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, body = '']) => body);

const GUIDES = [
  ['docs/slo.md', 'en'],
  ['docs/slo.ja.md', 'ja'],
] as const;

describe.each(GUIDES)('the guide %s', (file, language) => {
  const page = readFileSync(join(root, file), 'utf8');

  it('shows commands that work on the example, and what they print', async () => {
    const commands = blocksOf(page, 'console').flatMap((block) =>
      block
        .split(/^\$ /m)
        .slice(1)
        .map((one) => one.split('\n')),
    );
    expect(commands.length).toBeGreaterThan(5);
    for (const [line = '', ...shown] of commands) {
      const [, , name = '', ...argv] = wordsOf(line);
      const command = Object.entries(COMMANDS).find(([known]) => known === name)?.[1];
      if (command === undefined) throw new Error(`The guide shows ${line}`);
      const said = await runCommand(command, argv, { cwd, clock, language });
      // Of the example's SLOs none is counted by Prometheus: that is said.
      expect([line, said.exit]).toEqual([line, line.includes('prometheus') ? 1 : 0]);
      const expected = shown.join('\n').trimEnd();
      if (expected !== '') expect(said.out.trimEnd()).toBe(expected);
    }
  });

  it('shows definitions that can be read', () => {
    const blocks = blocksOf(page, 'yaml');
    expect(blocks.length).toBe(2);
    for (const block of blocks) {
      const read = readDefinitions([{ file, bytes: Buffer.from(block) }]);
      expect(read.ok ? [] : read.error.reasons).toEqual([]);
    }
  });
});

/** Names of all members of a JSON schema, however deep. */
function membersOf(schema: unknown): readonly string[] {
  if (Array.isArray(schema)) return schema.flatMap(membersOf);
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) =>
    key === 'properties' && typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([name, inner]) => [name, ...membersOf(inner)])
      : membersOf(value),
  );
}

it.each(['docs/slo-report.md', 'docs/slo-report.ja.md'])('%s names every member of the JSON', (file) => {
  const page = readFileSync(join(root, file), 'utf8');
  const members = new Set(membersOf(z.toJSONSchema(sloReportSchema)));
  expect(members.size).toBeGreaterThan(80);
  expect([...members].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
