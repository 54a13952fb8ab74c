import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WORK_FOLDER } from '../demo/outside-tools.ts';
import { readResults } from './result.ts';
import { DOCUMENTS, withFigures } from './width/documents.ts';
import { beyondOf, figuresOf, type PlanFigures, printFigures } from './width/figures.ts';
import { LEAST_PLANS, type Summary, summarise } from './width/summary.ts';
import { tableOf } from './width/table.ts';

/*
 * node proof/width.ts [--keep | --beyond PLAN]: how much wider than the calls of the last `node proof/run.ts` the derived policies
 * were, beside the roles of today. Prints a table and a line of JSON; exits 1 below 60 plans, or where fewer than 90 % fit inline.
 * --keep: also writes the figures to proof/results.json, and the tables of the documents from them.
 * --beyond "STACK STEP": instead prints each pair that this plan's policy allows and that was not called.
 */

const RESULTS = join(WORK_FOLDER, 'proof', 'results.jsonl');
const ROOT = join(import.meta.dirname, '..');

if (!existsSync(RESULTS)) throw new Error(`There is no ${RESULTS}: run node proof/run.ts first.`);
const results = await readResults(RESULTS);
const [option, plan] = process.argv.slice(2);
if (option === '--beyond') {
  const found = results.find(({ stack, step }) => `${stack} ${step}` === plan);
  if (found === undefined) throw new Error(`The last run has no plan ${plan}.`);
  process.stdout.write(
    beyondOf(found)
      .map((line) => `${line}\n`)
      .join(''),
  );
} else {
  const plans = results.map(figuresOf);
  const summary = summarise(plans);
  if (option === '--keep') await keep(plans, summary);
  process.stdout.write(`${tableOf(summary, 'en', 'whole')}\n${JSON.stringify(summary)}\n`);
  process.exitCode = summary.missed.length === 0 ? 0 : 1;
}

async function keep(plans: readonly PlanFigures[], summary: Summary): Promise<void> {
  if (summary.plans < LEAST_PLANS)
    throw new Error(`Only a whole run is kept; this one has ${summary.plans} plans.`);
  const source = 'node proof/run.ts && node proof/width.ts --keep; what the figures are: docs/performance.md';
  const date = new Date().toISOString().slice(0, 10);
  await writeFile(join(ROOT, 'proof/results.json'), printFigures({ source, date, plans }));
  for (const { file, ...form } of DOCUMENTS) {
    const written = withFigures(await readFile(join(ROOT, file), 'utf8'), summary, form);
    if (written === undefined) throw new Error(`${file} has no place for the figures.`);
    await writeFile(join(ROOT, file), written);
  }
}
