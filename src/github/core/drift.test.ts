import { expect, test } from 'vitest';
import { PLAN_STATES } from '#changes/core';
import { LANGUAGES } from '#core-values';
import { type DriftFacts, driftIssueOf, driftMarker, hasDrifted } from './drift.ts';
import { stackFacts, stackPlan } from './testing.ts';

const { name: stack, team } = stackFacts();
const facts = (more: Partial<DriftFacts> = {}): DriftFacts => ({
  stack,
  environment: 'production',
  team,
  language: 'en',
  plan: stackPlan({ decision: undefined, changes: { update: 1, drift: 1 } }),
  ...more,
});

test('a plan that would change something is drift; one that changed nothing, or was applied, ends it', () => {
  const verdicts = PLAN_STATES.map((state) => [state, hasDrifted({ plan: stackPlan({ state }) })]);
  expect(Object.fromEntries(verdicts)).toMatchObject({
    reviewed: undefined,
    'awaiting-approval': true,
    approved: true,
    refused: true,
    expired: true,
    applied: false,
    'no-changes': false,
  });
  expect(hasDrifted({})).toBeUndefined();
});

test('something that was changed by hand is drift, also where the code does not mind', () => {
  expect(hasDrifted({ plan: stackPlan({ state: 'no-changes', changes: { drift: 1 } }) })).toBe(true);
});

for (const language of LANGUAGES)
  test(`the issue says what to do and what differs (${language})`, async () => {
    const { title, body } = driftIssueOf(facts({ language }));
    expect(body).toContain(driftMarker(stack));
    await expect(`${title}\n\n${body}`).toMatchFileSnapshot(`cases/drift/production.${language}.md`);
  });
