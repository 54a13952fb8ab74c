import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { requireOutsideTools, WORK_FOLDER } from '../demo/outside-tools.ts';
import { proveStack } from './prove.ts';
import { addResult, beginResults, type PlanResult } from './result.ts';
import { allStacks } from './stacks.ts';
import { unexplained } from './unproven.ts';

/*
 * node proof/run.ts [--lanes N] [--results FILE] [--no-thief] [stack …]: proves the derived policies of these stacks (none: of all), N at once (2),
 * and writes one JSON line a plan. Exits 1 if anything needed was denied, or anything else went wrong that nobody has written down.
 * --no-thief: the credentials are not misused, which takes about as long as the applies.
 */

const { values, positionals: asked } = parseArgs({
  options: {
    lanes: { type: 'string', default: '2' },
    'no-thief': { type: 'boolean', default: false },
    results: { type: 'string', default: join(WORK_FOLDER, 'proof', 'results.jsonl') },
  },
  allowPositionals: true,
});
const ANY_ACCOUNT = '444444444444';

const say = (words: string): void => {
  process.stderr.write(`${words}\n`);
};

const tools = await requireOutsideTools();
const names = (await allStacks(ANY_ACCOUNT)).map(({ name }) => name);
const strange = asked.filter((name) => !names.includes(name));
if (strange.length > 0) throw new Error(`no stack ${strange.join(', ')}; there are ${names.join(', ')}`);
const folder = join(WORK_FOLDER, 'proof', String(process.pid));
await mkdir(folder, { recursive: true });
await beginResults(values.results);
const begin = performance.now();
let plans = 0;
let insufficient = 0;
const waiting = asked.length === 0 ? [...names] : [...asked];
await Promise.all(Array.from({ length: Number(values.lanes) }, lane));
await rm(folder, { recursive: true, force: true });
const seconds = Math.round((performance.now() - begin) / 1000);
say(`${plans} plans, ${insufficient} not proven, ${seconds} s; ${values.results}`);
process.exitCode = insufficient === 0 ? 0 : 1;

/** One stack after the other: while Terraform waits in one lane, it computes in another. */
async function lane(): Promise<void> {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await prove(name);
}

async function prove(name: string): Promise<void> {
  try {
    await proveStack(
      async (account) => {
        const stack = (await allStacks(account)).find((one) => one.name === name);
        if (stack === undefined) throw new Error(`no stack ${name}`);
        return stack;
      },
      {
        tools,
        folder: join(folder, name),
        onResult,
        ...(values['no-thief'] && { withGrant: async () => undefined }),
      },
    );
  } catch (error) {
    // The other stacks are proven all the same.
    insufficient += 1;
    say(`${name}: NOT PROVEN: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function onResult(result: PlanResult): Promise<void> {
  await addResult(values.results, result);
  const wrong = unexplained(result);
  plans += 1;
  if (wrong.length > 0) insufficient += 1;
  const { stack, step, resources, sizeCharacters, inline, additions, calls, errors, applySeconds } = result;
  const size = `${sizeCharacters} characters${inline ? '' : ' and managed policies'}`;
  const enough = errors.length > 0 ? 'enough, as far as the stand-in goes' : 'enough';
  say(
    `${new Date().toISOString().slice(11, 19)} ${stack} ${step}: ${resources.length} resources, ${size}, ${additions} additions, ${calls.length} calls, ${applySeconds} s: ${wrong.length > 0 ? 'NOT PROVEN' : enough}`,
  );
  for (const words of wrong) say(`  ${words}`);
}
