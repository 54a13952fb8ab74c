import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { requireOutsideTools } from '../../demo/outside-tools.ts';
import { proveStack } from '../../proof/prove.ts';
import { type PlanResult, STEPS } from '../../proof/result.ts';
import { allStacks } from '../../proof/stacks.ts';
import { unexplained } from '../../proof/unproven.ts';

/* The demo's stacks and a part of the catalogue; `npm run proof` takes all of it. */

const STACKS = ['shop-production', 'shop-staging', 'containers', 'iam-1', 'keys'];

const folder = await mkdtemp(join(tmpdir(), 'sekisho-proof-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the policy that was derived from a plan file', () => {
  it.for(STACKS)('is enough for its apply, and for no thief: %s', async (name) => {
    const results: PlanResult[] = [];
    await proveStack(
      async (account) => {
        const stack = (await allStacks(account)).find((one) => one.name === name);
        if (stack === undefined) throw new Error(`no stack ${name}`);
        return stack;
      },
      {
        tools: await requireOutsideTools(),
        folder: join(folder, name),
        onResult: (result) => void results.push(result),
      },
    );
    expect(results.map(({ step }) => step)).toEqual(STEPS);
    expect(results.flatMap(unexplained)).toEqual([]);
    expect(results.filter(({ calls }) => calls.length === 0)).toEqual([]);
  });
});
