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
  const testResults = [
    {
      name: '/a.test.ts',
      status: numFailedTests === 0 ? 'passed' : 'failed',
      assertionResults: [
        { fullName: 'one does', status: 'passed' },
        ...Array.from({ length: numFailedTests }, (_, at) => ({
          fullName: `${at} does not`,
          status: 'failed',
        })),
      ],
    },
    { name: '/b.test.ts', status: success ? 'passed' : 'failed', assertionResults: [] },
  ];
  await writeFile(path, JSON.stringify({ ...counts, testResults }));
  return path;
};

describe('the counts of a test run', () => {
  it('are those of its report', async () => {
    expect(await readTestCounts(await report(0, true), true)).toMatchObject({
      passed: 7,
      failed: 0,
      skipped: 2,
    });
    expect(await readTestCounts(await report(3, false), false)).toMatchObject({
      passed: 7,
      failed: 3,
      skipped: 2,
    });
  });

  it('name what failed, and the file that did not load', async () => {
    expect((await readTestCounts(await report(0, true), true)).failures).toEqual([]);
    expect((await readTestCounts(await report(2, false), false)).failures).toEqual([
      '/a.test.ts > 0 does not',
      '/a.test.ts > 1 does not',
      '/b.test.ts',
    ]);
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
      failures: [],
    });
  });

  it('add up', () => {
    const one = { passed: 1, failed: 2, skipped: 3, failures: ['a'] };
    expect(addTestCounts([one, one])).toEqual({
      passed: 2,
      failed: 4,
      skipped: 6,
      failures: ['a', 'a'],
    });
  });
});
