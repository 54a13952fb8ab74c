import { canonicalStatement, policyJson } from '../document/print.ts';
import type { PatternElement, PolicyDocument, Statement } from '../model.ts';
import { principalsText, statementCovers, withoutCovered } from './statement-sets.ts';

/**
 * A shorter policy of the same meaning: patterns and statements that others cover are left out, statements that differ only in their
 * actions or only in their resources become one, and all is in order. Sids of statements that became one are dropped.
 */
export function normalise(document: PolicyDocument): PolicyDocument {
  const { version } = document;
  let statements = document.statements.map((statement) => tidy(statement, version));
  for (let count = -1; count !== statements.length; ) {
    count = statements.length;
    statements = merged(withoutCoveredStatements(statements, version)).map((statement) =>
      tidy(statement, version),
    );
  }
  const text = (statement: Statement): string =>
    JSON.stringify(policyJson({ ...document, statements: [statement] }));
  const order = (one: Statement, other: Statement): number => (text(one) < text(other) ? -1 : 1);
  return { ...document, statements: statements.toSorted(order) };
}

const tidy = (statement: Statement, version: PolicyDocument['version']): Statement =>
  canonicalStatement({
    ...statement,
    actions: withoutCovered(statement.actions, 'action', version),
    ...(statement.resources !== undefined && {
      resources: withoutCovered(statement.resources, 'resource', version),
    }),
  });

/** Of two that cover each other the first stays. */
function withoutCoveredStatements(
  statements: readonly Statement[],
  version: PolicyDocument['version'],
): readonly Statement[] {
  const kept: Statement[] = [];
  for (const [index, statement] of statements.entries()) {
    const others = [...kept, ...statements.slice(index + 1)];
    const isCovered = others.some(
      (other) =>
        other.effect === statement.effect &&
        statementCovers({ statement: other, version }, { statement, version }),
    );
    if (!isCovered) kept.push(statement);
  }
  return kept;
}

/** One pass over all pairs; the caller repeats it. */
function merged(statements: readonly Statement[]): readonly Statement[] {
  const kept: Statement[] = [];
  for (const statement of statements) {
    const at = kept.findIndex((other) => mergedPair(other, statement) !== undefined);
    const other = kept[at];
    const both = other && mergedPair(other, statement);
    if (both === undefined) kept.push(statement);
    else kept[at] = both;
  }
  return kept;
}

function mergedPair(one: Statement, other: Statement): Statement | undefined {
  if (one.effect !== other.effect || principalsText(one) !== principalsText(other)) return undefined;
  if (textOf(one.conditions) !== textOf(other.conditions)) return undefined;
  const { sid: _, ...rest } = one;
  const [actions, otherActions] = [one.actions, other.actions];
  const [resources, otherResources] = [one.resources, other.resources];
  if (textOf(resources) === textOf(otherResources) && canJoin(actions, otherActions)) {
    return { ...rest, actions: joinedPatterns(actions, otherActions) };
  }
  if (textOf(actions) !== textOf(otherActions) || resources === undefined || otherResources === undefined)
    return undefined;
  return canJoin(resources, otherResources)
    ? { ...rest, resources: joinedPatterns(resources, otherResources) }
    : undefined;
}

/** Either of two exceptions is not one exception: negated elements are not joined. */
const canJoin = (one: PatternElement, other: PatternElement): boolean => !one.negated && !other.negated;

const joinedPatterns = (one: PatternElement, other: PatternElement): PatternElement => ({
  negated: false,
  patterns: [...one.patterns, ...other.patterns],
});

const textOf = (value: unknown): string => JSON.stringify(value) ?? '';
