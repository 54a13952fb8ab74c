/**
 * `npm test`: set-up, then every check and every test, each step named with its time. `--quick` (`npm run check`) is
 * the part without outside tools. A failing step does not keep the others from running.
 *
 * Failed tests are named at the end, where somebody looks who has the last lines only. The last line is "N passed, N failed" (tests of all projects); the exit code is 0 only if every step passed.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { addTestCounts, readTestCounts, type TestCounts } from './counts.ts';

const ROOT = join(import.meta.dirname, '../..');
const BIN = join(ROOT, 'node_modules/.bin');

const { values: options } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });

interface Step {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

const STATIC_STEPS: readonly Step[] = [
  { name: 'Lint and format (biome)', command: [join(BIN, 'biome'), 'check', '--error-on-warnings', '.'] },
  { name: 'Types (tsc)', command: [join(BIN, 'tsc'), '--project', '.'] },
  { name: 'Types of the pages', command: [join(BIN, 'tsc'), '--project', 'web'] },
  { name: 'Types of their tests', command: [join(BIN, 'tsc'), '--project', 'test/web'] },
  { name: 'Licences', command: [process.execPath, 'scripts/check-licences.ts'] },
];
const SET_UP: Step = { name: 'Set-up', command: [process.execPath, 'scripts/setup/run.ts', '--tests'] };
const DEAD_CODE: Step = { name: 'Dead code (knip)', command: [join(BIN, 'knip'), '--no-progress'] };

const PROJECTS = options.quick ? ['unit'] : ['unit', 'integration', 'web', 'end-to-end'];

interface Outcome {
  readonly name: string;
  readonly passed: boolean;
  readonly seconds: number;
  readonly tests?: TestCounts;
}

async function runStep({ name, command }: Step): Promise<Outcome> {
  console.log(`\n▶ ${name}`);
  const begin = performance.now();
  const passed = await succeeds(command);
  const seconds = (performance.now() - begin) / 1000;
  console.log(`${passed ? '✓' : '✗'} ${name} (${seconds.toFixed(1)} s)`);
  return { name, passed, seconds };
}

function succeeds([program, ...args]: Step['command']): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', (error) => {
      console.error(`${program}: ${error.message}`);
      resolve(false);
    });
    child.on('exit', (code) => resolve(code === 0));
  });
}

async function runTests(project: string, reports: string): Promise<Outcome> {
  const report = join(reports, `${project}.json`);
  const outcome = await runStep({
    name: `Tests: ${project}`,
    command: [
      join(BIN, 'vitest'),
      'run',
      `--project=${project}`,
      '--passWithNoTests',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
  });
  return { ...outcome, tests: await readTestCounts(report, outcome.passed) };
}

async function main(): Promise<boolean> {
  const outcomes: Outcome[] = [];
  if (!options.quick) {
    const setUp = await runStep(SET_UP);
    // What follows would only fail in less plain words.
    if (!setUp.passed) return conclude([setUp]);
    outcomes.push(setUp);
  }
  for (const step of [...STATIC_STEPS, ...(options.quick ? [] : [DEAD_CODE])])
    outcomes.push(await runStep(step));
  const reports = await mkdtemp(join(tmpdir(), 'sekisho-tests-'));
  try {
    for (const project of PROJECTS) outcomes.push(await runTests(project, reports));
  } finally {
    await rm(reports, { recursive: true, force: true });
  }
  return conclude(outcomes);
}

/** Prints the summary; true when everything passed and at least one test ran. */
function conclude(outcomes: readonly Outcome[]): boolean {
  const counts = addTestCounts(outcomes.flatMap(({ tests }) => (tests === undefined ? [] : [tests])));
  console.log('\nSummary');
  for (const { name, passed, seconds, tests } of outcomes) {
    const tally = tests === undefined ? '' : `  ${tests.passed} passed, ${tests.failed} failed`;
    console.log(`  ${passed ? '✓' : '✗'} ${name.padEnd(26)} ${seconds.toFixed(1).padStart(6)} s${tally}`);
  }
  const failed = outcomes.filter(({ passed }) => !passed).map(({ name }) => name);
  if (failed.length > 0) console.log(`\nFailed: ${failed.join(', ')}`);
  for (const failure of counts.failures) console.log(`  ✗ ${relative(ROOT, failure)}`);
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  console.log(`\n${counts.passed} passed, ${counts.failed} failed${skipped}`);
  return failed.length === 0 && counts.passed > 0;
}

process.exitCode = (await main()) ? 0 : 1;
