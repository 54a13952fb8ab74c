import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { requireOutsideTools, WORK_FOLDER } from '../demo/outside-tools.ts';
import { type Derived, deriveOperations } from './derive.ts';
import { recordSteps } from './record-steps.ts';
import { readRecordedOperations, writeRecordedOperations } from './recorded-operations.ts';
import { Recording } from './recording.ts';
import { CATALOGUE, catalogueFiles } from './terraform-runs.ts';

/*
 * node recorder/record.ts [resource type | catalogue file …]   records them (all: the whole catalogue) and writes the data
 * node recorder/record.ts --derive                             writes the data anew from the recordings kept here
 */

const RECORDINGS = join(WORK_FOLDER, 'recordings');

const say = (words: string): void => {
  process.stderr.write(`${words}\n`);
};

async function filesFor(asked: readonly string[]): Promise<readonly string[]> {
  const files = await catalogueFiles();
  if (asked.length === 0) return files;
  const found = new Set<string>();
  for (const one of asked) {
    let isFound = false;
    for (const file of files) {
      const text = await readFile(join(CATALOGUE, file), 'utf8');
      if (file !== `${one}.tf` && !text.includes(`resource "${one}" `)) continue;
      found.add(file);
      isFound = true;
    }
    if (!isFound) throw new Error(`the catalogue has no ${one}`);
  }
  return [...found];
}

async function derive(recording: Recording): Promise<Derived> {
  const derived = await deriveOperations(recording);
  for (const doubt of new Set(derived.doubts)) say(`doubt: ${doubt}`);
  return derived;
}

async function write(recording: Recording): Promise<void> {
  const { alwaysRead, types } = await derive(recording);
  const { provider, terraform, standIn, recordedOn } = recording;
  const kept = await readRecordedOperations();
  await writeRecordedOperations({
    source: { provider, terraform, standIn, recordedOn },
    alwaysRead,
    types: { ...kept.types, ...types },
  });
}

const asked = process.argv.slice(2);
await mkdir(RECORDINGS, { recursive: true });
if (asked[0] === '--derive') {
  for (const name of (await readdir(RECORDINGS)).toSorted()) {
    await write(Recording.parse(JSON.parse(await readFile(join(RECORDINGS, name), 'utf8'))));
  }
} else {
  const files = await filesFor(asked);
  const tools = await requireOutsideTools();
  const recording = await recordSteps({
    tools,
    folder: join(WORK_FOLDER, 'recorder', String(process.pid)),
    files,
    standIn: `moto ${motoVersion()}`,
    recordedOn: new Date().toISOString().slice(0, 10),
    onStep: (step) => say(`${new Date().toISOString().slice(11, 19)} ${step}`),
  });
  for (const { step, errors } of recording.steps) {
    for (const error of errors) say(`${step}: ${error}`);
  }
  await writeFile(
    join(RECORDINGS, `${files.join('+').replaceAll('.tf', '')}.json`),
    JSON.stringify(recording),
  );
  await write(recording);
}

/** The interpreter in the program's first line knows the package. */
function motoVersion(): string {
  const asked = ['-c', 'import importlib.metadata as m; print(m.version("moto"))'];
  return execFileSync('python3', asked, { encoding: 'utf8' }).trim();
}
