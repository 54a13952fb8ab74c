import { readFile } from 'node:fs/promises';
import { z } from 'zod';

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Each failed test as "file > its name". */
  readonly failures: readonly string[];
}

/** What we read of vitest's JSON report. */
const Report = z.object({
  success: z.boolean(),
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  numTodoTests: z.int(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});

/**
 * Counts of one report. A run that failed without a failing test (a file that does not load, an error outside any test,
 * no report at all) counts as one failure.
 */
export async function readTestCounts(path: string, runPassed: boolean): Promise<TestCounts> {
  const report = await readReport(path);
  const failed = report?.numFailedTests ?? 0;
  const isSound = runPassed && report?.success === true;
  return {
    passed: report?.numPassedTests ?? 0,
    failed: isSound ? failed : Math.max(failed, 1),
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
    failures: report === undefined ? [] : failuresOf(report),
  };
}

function failuresOf({ testResults }: z.output<typeof Report>): readonly string[] {
  return testResults.flatMap(({ name: file, status, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed');
    // A file that does not load fails without any test of its own.
    if (failed.length === 0) return status === 'failed' ? [file] : [];
    return failed.map(({ fullName }) => `${file} > ${fullName}`);
  });
}

async function readReport(path: string): Promise<z.output<typeof Report> | undefined> {
  try {
    return Report.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

export const addTestCounts = (all: readonly TestCounts[]): TestCounts =>
  all.reduce(
    (sum, { passed, failed, skipped, failures }) => ({
      passed: sum.passed + passed,
      failed: sum.failed + failed,
      skipped: sum.skipped + skipped,
      failures: [...sum.failures, ...failures],
    }),
    { passed: 0, failed: 0, skipped: 0, failures: [] },
  );
