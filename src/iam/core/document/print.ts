import type { Json, JsonObject } from '#core-values';
import {
  type Condition,
  operatorName,
  type PatternElement,
  type PolicyDocument,
  PRINCIPAL_TYPES,
  type PrincipalElement,
  type Statement,
} from '../model.ts';

/**
 * The same policy with everything in order: actions, resources, principals and condition values sorted and each once, conditions by
 * operator and key. Statements stay where they are. `parsePolicy(printPolicy(p))` is `p` for what this answers.
 */
export const canonical = (document: PolicyDocument): PolicyDocument => ({
  ...document,
  statements: document.statements.map(canonicalStatement),
});

export const canonicalStatement = (statement: Statement): Statement => ({
  ...(statement.sid !== undefined && { sid: statement.sid }),
  effect: statement.effect,
  ...(statement.principals !== undefined && { principals: canonicalPrincipals(statement.principals) }),
  actions: canonicalPatterns(statement.actions, (words) => words.toLowerCase()),
  ...(statement.resources !== undefined && {
    resources: canonicalPatterns(statement.resources, (words) => words),
  }),
  conditions: statement.conditions
    .map((condition) => ({ ...condition, values: sortedOnce(condition.values) }))
    .toSorted((one, other) => compare(orderOf(one), orderOf(other))),
});

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

const orderOf = ({ operator, key }: Condition): string => `${operatorName(operator)}\n${key.toLowerCase()}`;

const sortedOnce = (values: readonly string[]): readonly string[] => [...new Set(values)].toSorted(compare);

/** Of patterns that `sameAs` makes one, the first in order stays. */
function canonicalPatterns(
  { negated, patterns }: PatternElement,
  sameAs: (words: string) => string,
): PatternElement {
  const kept = new Map<string, string>();
  for (const words of sortedOnce(patterns)) if (!kept.has(sameAs(words))) kept.set(sameAs(words), words);
  return { negated, patterns: [...kept.values()] };
}

function canonicalPrincipals({ negated, principals }: PrincipalElement): PrincipalElement {
  if (principals.some(({ kind }) => kind === 'everyone'))
    return { negated, principals: [{ kind: 'everyone' }] };
  return {
    negated,
    principals: PRINCIPAL_TYPES.flatMap((type) => idsOf(principals, type).map((id) => ({ kind: type, id }))),
  };
}

const idsOf = (principals: PrincipalElement['principals'], type: (typeof PRINCIPAL_TYPES)[number]) =>
  sortedOnce(principals.flatMap((one) => (one.kind === type ? [one.id] : [])));

/** Canonical text without white space, a single value without a list, as AWS shows policies. */
export const printPolicy = (document: PolicyDocument): string => JSON.stringify(policyJson(document));

/** As `printPolicy`, for those who print it with white space. */
export const policyJson = (document: PolicyDocument): JsonObject => ({
  // A policy without a version is one of 2008-10-17, and says so here.
  Version: document.version,
  ...(document.id !== undefined && { Id: document.id }),
  Statement: canonical(document).statements.map(statementJson),
});

const statementJson = ({
  sid,
  effect,
  principals,
  actions,
  resources,
  conditions,
}: Statement): JsonObject => ({
  ...(sid !== undefined && { Sid: sid }),
  Effect: effect,
  ...(principals !== undefined && {
    [principals.negated ? 'NotPrincipal' : 'Principal']: principalsJson(principals),
  }),
  [actions.negated ? 'NotAction' : 'Action']: oneOrMany(actions.patterns),
  ...(resources !== undefined && {
    [resources.negated ? 'NotResource' : 'Resource']: oneOrMany(resources.patterns),
  }),
  ...(conditions.length > 0 && { Condition: conditionsJson(conditions) }),
});

const oneOrMany = (values: readonly string[]): Json => (values.length === 1 ? (values[0] ?? null) : values);

function principalsJson({ principals }: PrincipalElement): Json {
  if (principals.some(({ kind }) => kind === 'everyone')) return '*';
  const entries = PRINCIPAL_TYPES.map((type) => [type, idsOf(principals, type)] as const);
  return Object.fromEntries(
    entries.flatMap(([type, ids]) => (ids.length > 0 ? [[type, oneOrMany(ids)]] : [])),
  );
}

function conditionsJson(conditions: readonly Condition[]): JsonObject {
  const byOperator = new Map<string, [string, Json][]>();
  for (const { operator, key, values } of conditions) {
    const name = operatorName(operator);
    byOperator.set(name, [...(byOperator.get(name) ?? []), [key, oneOrMany(values)]]);
  }
  return Object.fromEntries([...byOperator].map(([name, keys]) => [name, Object.fromEntries(keys)]));
}
