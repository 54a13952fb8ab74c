import { expect, test } from 'vitest';
import { parsePersonName, parseTeamName } from '#core-values';
import type { StackFacts } from '../facts.ts';
import { pullRequest, stackFacts, stackPlan } from '../testing.ts';
import { nextStep } from './next-step.ts';

const people = (...names: readonly string[]): StackFacts['approvers'] =>
  names.flatMap((name) => parsePersonName(name) ?? []);
const wordsOf = (...stacks: readonly StackFacts[]) => nextStep(pullRequest({ stacks })).words;

test('six who can approve are named, of more how many', () => {
  const six = people('a1', 'a2', 'a3', 'a4', 'a5', 'a6');
  expect(wordsOf(stackFacts({ approvers: six })).en).toContain('team platform (a1, a2, a3, a4, a5, a6):');
  const many = stackFacts({ approvers: [...six, ...people('a7', 'a8')] });
  expect(wordsOf(many).en).toContain('(a1, a2, a3, a4, a5, a6 and 2 more):');
  expect(wordsOf(many).ja).toContain('a6 ほか 2 人):');
});

test('a team in which nobody can approve is said to be so, and what to do', () => {
  const { en, ja } = wordsOf(stackFacts({ approvers: [] }));
  expect(en).toContain('nobody there can approve it: add people in `sekisho.yaml`');
  expect(ja).toContain('承認できる人がいません。`sekisho.yaml` に追加してください');
});

test('each of several teams has its own people', () => {
  const team = parseTeamName('data') ?? stackFacts().team;
  const { en } = wordsOf(stackFacts(), stackFacts({ team, approvers: people('dave') }));
  expect(en).toContain('team platform (bob, carol) and data (dave):');
});

test('what is refused or waits after the merge says how it is tried again', () => {
  const { name } = stackFacts();
  const refused = stackFacts({ plan: stackPlan({ state: 'refused' }) });
  expect(wordsOf(refused).en).toContain(
    `change it and push; if they lie outside it, settle them and comment \`/sekisho plan ${name}\``,
  );
  const merged = (state: 'refused' | 'approved' | 'awaiting-approval') =>
    nextStep(pullRequest({ status: 'merged', stacks: [stackFacts({ plan: stackPlan({ state }) })] })).words;
  expect(merged('refused').en).toContain('correct it by a new pull request');
  for (const { en, ja } of [merged('approved'), merged('awaiting-approval')]) {
    expect(en).toContain(`comment \`/sekisho apply ${name}\` once it is approved`);
    expect(ja).toContain(`\`/sekisho apply ${name}\` とコメントしてください`);
  }
  expect(wordsOf(stackFacts()).en).not.toContain('/sekisho apply');
});

test('of who asked for changes nothing is said once their review no longer holds the stack up', () => {
  const asked = (counts: boolean) =>
    stackFacts({
      plan: stackPlan({
        approvals: [{ approver: 'bob', by: 'review', decision: 'reject', givenAt: '2026-11-23', counts }],
      }),
    });
  expect(wordsOf(asked(true)).en).toContain('bob asked for changes');
  expect(wordsOf(asked(false)).en).toContain('read and approve');
});
