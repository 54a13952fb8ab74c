import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addTestCounts, readTestCounts } from './counts.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sekisho-counts-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const report = async (numFailedTests: number, success: boolean): Promise<string> => {
  const path = join(folder, 'report.json');
  const counts = { numPassedTests: 7, numFailedTests, numPendingTests: 1, numTodoTests: 1, success };
  await writeFile(path, JSON.stringify(counts));
  return path;
};

describe('the counts of a test run', () => {
  it('are those of its report', async () => {
    expect(await readTestCounts(await report(0, true), true)).toEqual({ passed: 7, failed: 0, skipped: 2 });
    expect(await readTestCounts(await report(3, false), false)).toEqual({ passed: 7, failed: 3, skipped: 2 });
  });

  it('hold a failure where the run failed although no test did', async () => {
    expect(await readTestCounts(await report(0, false), false)).toMatchObject({ failed: 1 });
    expect(await readTestCounts(await report(0, true), false)).toMatchObject({ failed: 1 });
  });

  it('hold a failure where there is no report', async () => {
    expect(await readTestCounts(join(folder, 'none.json'), true)).toEqual({
      passed: 0,
      failed: 1,
      skipped: 0,
    });
  });

  it('add up', () => {
    const one = { passed: 1, failed: 2, skipped: 3 };
    expect(addTestCounts([one, one])).toEqual({ passed: 2, failed: 4, skipped: 6 });
  });
});
