import type { Condition, Statement } from '#iam/core';
import { operatorName } from '#iam/core';
import { isCoarse, type Need } from '../needs/need.ts';
import { covers } from './pattern.ts';

/** One statement on its way: every action on every resource, under conditions. Never changed, only replaced. */
export interface Group {
  readonly conditions: readonly Condition[];
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** Sorted, each once, and without those that another pattern of the list covers. */
export const least = (patterns: Iterable<string>): readonly string[] => {
  const all = [...new Set(patterns)].toSorted(compare);
  const wide = all.filter((one) => one.includes('*'));
  if (wide.length === 0) return all;
  // Only a pattern with the same beginning can cover: lists of a thousand log groups have a thousand patterns.
  const byBeginning = Map.groupBy(wide, (one) => one.slice(0, one.indexOf('*')));
  const lengths = [...new Set([...byBeginning.keys()].map(({ length }) => length))];
  return all.filter(
    (one) =>
      !lengths.some((length) =>
        byBeginning.get(one.slice(0, length))?.some((other) => other !== one && covers(other, one)),
      ),
  );
};

export const makeGroup = (
  conditions: readonly Condition[],
  actions: Iterable<string>,
  resources: Iterable<string>,
): Group => ({ conditions, actions: least(actions), resources: least(resources) });

export const conditionsKey = (conditions: readonly Condition[]): string =>
  JSON.stringify(
    conditions.map(({ operator, key, values }) => [operatorName(operator), key, values]).toSorted(),
  );

export const statementOf = ({ conditions, actions, resources }: Group): Statement => ({
  effect: 'Allow',
  actions: { negated: false, patterns: actions },
  resources: { negated: false, patterns: resources },
  conditions,
});

/** Needs as groups that allow exactly them; those that open services apart, which no merge touches. */
export function groupsOf(needs: readonly Need[]): {
  readonly exact: readonly Group[];
  readonly coarse: readonly Group[];
} {
  return {
    exact: lossless(needs.filter((need) => !isCoarse(need))),
    coarse: lossless(needs.filter(isCoarse)),
  };
}

/** By equal resources of actions, or by equal actions of resources: whichever is shorter, for each set of conditions. */
function lossless(needs: readonly Need[]): readonly Group[] {
  const byConditions = Map.groupBy(needs, ({ conditions }) => conditionsKey(conditions));
  return [...byConditions]
    .toSorted(([one], [other]) => compare(one, other))
    .flatMap(([, same]) => {
      const conditions = same[0]?.conditions ?? [];
      const resourcesOf = new Map<string, Set<string>>();
      for (const { action, resources } of same) {
        const all = resourcesOf.get(action) ?? new Set();
        for (const resource of resources) all.add(resource);
        resourcesOf.set(action, all);
      }
      const pairs = [...resourcesOf].flatMap(([action, resources]) =>
        least(resources).map((resource) => [action, resource] as const),
      );
      const byResources = equalsOf(pairs).map(([actions, resources]) =>
        makeGroup(conditions, actions, resources),
      );
      const byActions = equalsOf(pairs.map(([action, resource]) => [resource, action] as const)).map(
        ([resources, actions]) => makeGroup(conditions, actions, resources),
      );
      return sizeOf(byActions) < sizeOf(byResources) ? byActions : byResources;
    });
}

/** Firsts that have the same seconds, with them. */
function equalsOf(
  pairs: readonly (readonly [string, string])[],
): readonly (readonly [readonly string[], readonly string[]])[] {
  const seconds = Map.groupBy(pairs, ([first]) => first);
  const same = Map.groupBy(
    [...seconds].map(([first, all]) => [first, all.map(([, second]) => second).toSorted(compare)] as const),
    ([, all]) => all.join('\n'),
  );
  return [...same.values()].map((all) => [all.map(([first]) => first), all[0]?.[1] ?? []] as const);
}

const sizeOf = (groups: readonly Group[]): number =>
  groups.reduce((sum, group) => sum + charactersOf(group), 0);

const characters = new WeakMap<Group, number>();

/** Of the statement as it is printed, with the comma after it. */
export function charactersOf(group: Group): number {
  const known = characters.get(group);
  if (known !== undefined) return known;
  const list = (words: readonly string[]): number =>
    words.reduce((sum, word) => sum + word.length + 3, words.length === 1 ? -1 : 1);
  const count =
    '{"Effect":"Allow","Action":,"Resource":},'.length +
    list(group.actions) +
    list(group.resources) +
    conditionCharacters(group.conditions);
  characters.set(group, count);
  return count;
}

/** Not less than it takes. */
const conditionCharacters = (conditions: readonly Condition[]): number =>
  conditions.length === 0
    ? 0
    : 14 +
      conditions.reduce(
        (sum, { operator, key, values }) =>
          sum + operatorName(operator).length + key.length + 12 + values.join('","').length,
        0,
      );
