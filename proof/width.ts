import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { WORK_FOLDER } from '../demo/outside-tools.ts';
import { type PlanResult, readResults } from './result.ts';
import { DOCUMENTS, withFigures } from './width/documents.ts';
import { type Beyond, beyondOf, figuresOf, type PlanFigures, printFigures } from './width/figures.ts';
import { LEAST_PLANS, type Summary, summarise } from './width/summary.ts';
import { tableOf } from './width/table.ts';

/*
 * node proof/width.ts [--keep | --beyond PLAN | --dangerous] [FILE …]: how much wider than the calls the derived policies were that
 * `node proof/run.ts` proved last, or whose results are in these files; beside the roles of today. Prints a table and a line of JSON; exits 1 below 60
 * plans, or where fewer than 90 % fit inline.
 * --keep: also writes the figures to proof/results.json, and the tables of the documents from them.
 * --beyond "STACK STEP": instead prints each pair that this plan's policy allows and that was not called.
 * --dangerous: instead prints these pairs of all plans, where the action is dangerous.
 */

const LAST_RUN = join(WORK_FOLDER, 'proof', 'results.jsonl');
const ROOT = join(import.meta.dirname, '..');

const { values, positionals } = parseArgs({
  options: { keep: { type: 'boolean' }, beyond: { type: 'string' }, dangerous: { type: 'boolean' } },
  allowPositionals: true,
});
const files = positionals.length === 0 ? [LAST_RUN] : positionals;
const missing = files.find((file) => !existsSync(file));
if (missing !== undefined) throw new Error(`There is no ${missing}: run node proof/run.ts first.`);
const read = (await Promise.all(files.map(readResults))).flat();
// A stack may have been proven again: its last result is what holds.
const results = [...new Map(read.map((result) => [`${result.stack} ${result.step}`, result])).values()];
if (values.beyond !== undefined) {
  const found = results.filter(({ stack, step }) => `${stack} ${step}` === values.beyond);
  if (found.length === 0) throw new Error(`There is no plan ${values.beyond}.`);
  printBeyond(found, () => true);
} else if (values.dangerous === true) printBeyond(results, ({ isDangerous }) => isDangerous);
else {
  const plans = results.map(figuresOf);
  const summary = summarise(plans);
  if (values.keep === true) await keep(plans, summary);
  process.stdout.write(`${tableOf(summary, 'en', 'whole')}\n${JSON.stringify(summary)}\n`);
  process.exitCode = summary.missed.length === 0 ? 0 : 1;
}

function printBeyond(proven: readonly PlanResult[], isMeant: (pair: Beyond) => boolean): void {
  for (const result of proven) {
    for (const { place, action, resource } of beyondOf(result).filter(isMeant)) {
      process.stdout.write(`${result.stack} ${result.step}: ${action} ${resource} (${place})\n`);
    }
  }
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
