import { closest, distance } from 'fastest-levenshtein';
import { type Organization, type Stack, stackByName } from '#accounts/core';
import { err, ok, type Problem, parseStackName, problem, type Result, text } from '#core-values';

const NEAR = 3;

/** The stack of that name, or a `not-found` that suggests the nearest one. */
export function findStack(organization: Organization, name: string): Result<Stack, Problem> {
  const parsed = parseStackName(name);
  const stack = parsed === undefined ? undefined : stackByName(organization, parsed);
  if (stack !== undefined) return ok(stack);
  const names = organization.stacks.map((known) => known.name);
  const nearest = names.length === 0 ? undefined : closest(name, names);
  const similar = nearest !== undefined && distance(name, nearest) <= NEAR ? nearest : undefined;
  return err(
    problem('not-found', {
      rule: 'stack.unknown',
      message: text(
        `sekisho.yaml has no stack “${name}”.${similar === undefined ? '' : ` Did you mean “${similar}”?`}`,
        `sekisho.yaml にスタック「${name}」がありません。${similar === undefined ? '' : `「${similar}」のことですか?`}`,
      ),
      remedy: text('List the stacks with `sekisho stacks`.', '`sekisho stacks` で一覧を確認してください。'),
    }),
  );
}
