import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WORK_FOLDER } from '../demo/outside-tools.ts';
import { readResults } from './result.ts';
import { figuresOf, printFigures } from './width/figures.ts';
import { summarise } from './width/summary.ts';
import { tableOf } from './width/table.ts';

/*
 * node proof/width.ts [--keep]: how much wider than the calls of the last `node proof/run.ts` the derived policies were, beside the
 * roles of today. Prints a table and a line of JSON; exits 1 below 60 plans, or where fewer than 90 % fit inline.
 * --keep: also writes the figures to proof/results.json, which the documents' tables are made of.
 */

const RESULTS = join(WORK_FOLDER, 'proof', 'results.jsonl');
const KEPT = join(import.meta.dirname, 'results.json');

if (!existsSync(RESULTS)) throw new Error(`There is no ${RESULTS}: run node proof/run.ts first.`);
const plans = (await readResults(RESULTS)).map(figuresOf);
const summary = summarise(plans);
if (process.argv.includes('--keep')) {
  const source = 'node proof/run.ts && node proof/width.ts --keep; what the figures are: docs/performance.md';
  await writeFile(KEPT, printFigures({ source, date: new Date().toISOString().slice(0, 10), plans }));
}
process.stdout.write(`${tableOf(summary, 'en', 'whole')}\n${JSON.stringify(summary)}\n`);
process.exitCode = summary.missed.length === 0 ? 0 : 1;
