import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Files that write entries, or name what others write. */
const WRITES = /\b(?:append(?:Audit|Bounded|AllAndCommit)\w*\b|AuditEntry\b|administratorIn\b|denied\()/;
/** `'grant.refused'`, unless it is the rule of a reason or of a finding. */
const KIND = /(?<!rule: |finding\()'([a-z][a-z0-9]*(?:-[a-z0-9]+)*(?:\.[a-z][a-z0-9]*(?:-[a-z0-9]+)*)+)'/g;
const NO_KINDS = ['sekisho.yaml'];

const kindsInCode = (): readonly string[] => {
  const files = globSync('src/**/*.ts', { cwd: ROOT }).filter(
    (path) => !/\.test\.ts$|\/testing\/|\/cli\//.test(path),
  );
  const words = files.map(read).filter((text) => WRITES.test(text));
  const kinds = words.flatMap((text) => [...text.matchAll(KIND)].map((match) => match[1] ?? ''));
  return [...new Set(kinds)].filter((kind) => !NO_KINDS.includes(kind)).toSorted();
};

/** The first column of the table of kinds; a row may name several. */
const kindsInPage = (path: string): readonly string[] =>
  read(path)
    .split('\n')
    .filter((line) => /^\| `[a-z-]+(?:\.[a-z-]+)+`/.test(line))
    .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''))
    .toSorted();

test.each(['docs/audit-log.md', 'docs/audit-log.ja.md'])(
  '%s lists every kind of entry that is written',
  (page) => {
    const kinds = kindsInCode();
    expect(kinds.length).toBeGreaterThan(30);
    expect(kindsInPage(page)).toEqual(kinds);
  },
);
