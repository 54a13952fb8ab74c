import type { Kysely } from 'kysely';
import type { Stack } from '#accounts/core';
import { err, formatTime, ok, type Problem, problem, type Result, type Text, text } from '#core-values';
import { extraNeedFault } from '#credentials/core';
import type { AddedNeed } from '../core/added-need.ts';
import { extraNeedFacts } from '../extra-need-facts.ts';
import { needsInForce } from './store.ts';

/** What a plan of the stack takes over of what people added; `bad-plan` where that may not be added any more. */
export async function extraNeedsForPlan(
  db: Kysely<object>,
  stack: Stack,
): Promise<Result<readonly AddedNeed[], Problem>> {
  const needs = await needsInForce(db, stack.name);
  const facts = extraNeedFacts(stack);
  const [first, ...more] = needs.flatMap((need) => {
    const fault = extraNeedFault(need, facts);
    return fault === undefined ? [] : [{ ...fault, remedy: removeIt(need, stack.name) }];
  });
  return first === undefined ? ok(needs) : err(problem('bad-plan', first, ...more));
}

/** For whoever is told what a grant reaches beyond its plan. */
export const addedWords = ({ action, resource, addedBy, addedAt, reason }: AddedNeed): Text => {
  const day = formatTime(addedAt).slice(0, 10);
  return text(
    `${action} on ${resource}, added by ${addedBy} on ${day} because “${reason}”.`,
    `${action}(${resource}): ${addedBy} が ${day} に追加。理由: 「${reason}」`,
  );
};

const removeIt = ({ id }: AddedNeed, stack: string): Text =>
  text(
    `Remove it from the stack’s extra needs: \`sekisho needs remove ${id} --stack ${stack}\`.`,
    `スタックの追加権限から削除してください: \`sekisho needs remove ${id} --stack ${stack}\``,
  );
