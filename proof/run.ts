import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { requireOutsideTools, WORK_FOLDER } from '../demo/outside-tools.ts';
import { proveStack } from './prove.ts';
import { addResult, beginResults, type PlanResult } from './result.ts';
import { allStacks } from './stacks.ts';
import { unexplained } from './unproven.ts';

/*
 * node proof/run.ts [stack …]   proves the derived policies of these stacks (all: every stack); exit 1 if one was not enough
 */

const RESULTS = join(WORK_FOLDER, 'proof', 'results.jsonl');
const ANY_ACCOUNT = '444444444444';

const say = (words: string): void => {
  process.stderr.write(`${words}\n`);
};

const tools = await requireOutsideTools();
const asked = process.argv.slice(2);
const names = (await allStacks(ANY_ACCOUNT)).map(({ name }) => name);
const strange = asked.filter((name) => !names.includes(name));
if (strange.length > 0) throw new Error(`no stack ${strange.join(', ')}; there are ${names.join(', ')}`);
const folder = join(WORK_FOLDER, 'proof', String(process.pid));
await mkdir(folder, { recursive: true });
await beginResults(RESULTS);
let plans = 0;
let insufficient = 0;
const begin = performance.now();
for (const name of asked.length === 0 ? names : asked) {
  await proveStack(
    async (account) => {
      const stack = (await allStacks(account)).find((one) => one.name === name);
      if (stack === undefined) throw new Error(`no stack ${name}`);
      return stack;
    },
    { tools, folder: join(folder, name), onResult },
  );
}
say(
  `${plans} plans, ${insufficient} not enough, ${Math.round((performance.now() - begin) / 1000)} s; ${RESULTS}`,
);
process.exitCode = insufficient === 0 ? 0 : 1;

async function onResult(result: PlanResult): Promise<void> {
  await addResult(RESULTS, result);
  const wrong = unexplained(result);
  plans += 1;
  if (wrong.length > 0) insufficient += 1;
  const { stack, step, resources, sizeCharacters, inline, additions, calls, applySeconds } = result;
  const size = `${sizeCharacters} characters${inline ? '' : ' and managed policies'}`;
  const verdict =
    wrong.length > 0
      ? 'NOT ENOUGH'
      : result.errors.length > 0
        ? 'enough, as far as the stand-in goes'
        : 'enough';
  say(
    `${new Date().toISOString().slice(11, 19)} ${stack} ${step}: ${resources.length} resources, ${size}, ${additions} additions, ${calls.length} calls, ${applySeconds} s: ${verdict}`,
  );
  for (const words of wrong) say(`  ${words}`);
}
