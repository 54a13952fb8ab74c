import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { appendSummary, setOutputs } from './ci-files.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sekisho-ci-files-'));
  file = join(folder, 'file');
});
afterEach(() => rmSync(folder, { recursive: true }));

const summaryOf = async (...parts: readonly string[]): Promise<string> => {
  for (const part of parts) await appendSummary({ env: { GITHUB_STEP_SUMMARY: file } }, part);
  return readFileSync(file, 'utf8');
};

test('A summary is added to what is there', async () => {
  expect(await summaryOf('one', 'two')).toBe('one\ntwo\n');
});

test('A summary that GitHub would drop is cut, says so, and its fence is closed', async () => {
  const written = await summaryOf(`### Plan\n\n\`\`\`text\n${'削除されます\n'.repeat(200_000)}\`\`\`\n`);
  expect(Buffer.byteLength(written)).toBeLessThan(2 ** 20);
  expect(written).toMatch(/^### Plan\n\n```text\n(?:削除されます\n)+…\n```\n\n… → log\n$/);
});

test('An output is one line, whatever is in it', async () => {
  await setOutputs({ env: { GITHUB_OUTPUT: file } }, { plan: 'pln_1\nstate=applied' });
  expect(readFileSync(file, 'utf8')).toBe('plan=pln_1 state=applied\n');
});
