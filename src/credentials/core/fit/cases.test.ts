import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readPlan } from '#plan';
import { needsOfPlan } from '../needs/plan-needs.ts';
import { ACCOUNT, REGION, SAMPLE } from '../needs/testing/example-plan.ts';
import { fitPolicy } from './fit-policy.ts';
import { wordsOf } from './words.ts';

const FOLDERS = [join(import.meta.dirname, 'cases'), join(import.meta.dirname, '../../../plan/cases')];

const cases = FOLDERS.flatMap((folder) =>
  readdirSync(folder).map((name) => [name, join(folder, name)] as const),
);

async function policyOf(folder: string) {
  const plan = await readPlan(readFileSync(join(folder, 'plan.tfplan')));
  if (!plan.ok) throw new Error(plan.error.reasons[0].message.en);
  const facts = { account: ACCOUNT, region: REGION };
  const needs = needsOfPlan(plan.value, { ...facts, recorded: SAMPLE });
  if (!needs.ok) throw new Error(needs.error.reasons[0].message.en);
  const own = [`arn:aws:iam::${ACCOUNT}:role/sekisho/apply`];
  const fitted = fitPolicy(needs.value, { ...facts, protectedArns: own });
  if (!fitted.ok) throw new Error(fitted.error.reasons[0].message.en);
  const { policy, managed, sizeCharacters, additions } = fitted.value;
  return {
    needs: needs.value.length,
    sizeCharacters,
    additions,
    policy: JSON.parse(policy),
    managed: managed.map((one) => ({ name: one.name, policy: JSON.parse(one.policy) })),
    words: wordsOf(needs.value, fitted.value, REGION),
  };
}

// Plans made by real Terraform from the main.tf beside them; before.tf is what was there.
test.each(cases)('The plan of %s gives the policy and the words that stand beside it', async (_, folder) => {
  const outcome = await policyOf(folder);
  const hasAws = readFileSync(join(folder, 'main.tf'), 'utf8').includes('resource "aws_');
  const expected: unknown = hasAws
    ? JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'))
    : { ...outcome, needs: 0, additions: 0, managed: [], words: { can: [], widened: [], escalations: [] } };
  expect(outcome).toEqual(expected);
});
