import { type Condition, operatorName } from '#iam/core';
import { abbreviated } from './abbreviations.ts';
import { additionsOf, type Needed } from './additions.ts';
import { charactersOf, conditionsKey, type Group, makeGroup } from './group.ts';
import { serviceOf } from './pattern.ts';

/** One way to say groups in fewer characters. */
interface Merge {
  readonly of: readonly Group[];
  readonly into: Group;
  readonly saved: number;
  /** What it allows beyond what its groups allowed. */
  readonly additions: number;
}

interface Merging {
  readonly needed: Needed;
  readonly isBetter: (one: Merge, other: Merge) => boolean;
  readonly alone: WeakMap<Group, readonly Merge[]>;
  readonly together: WeakMap<Group, WeakMap<Group, Merge>>;
}

/**
 * Merges until the groups take at most so many characters, each time what adds least; of those what saves most. As the first steps
 * can be in the way of later ones, it also goes by what adds least for each character saved, and takes the better end. Undefined
 * where nothing fits without adding something of the forbidden list, or where finding out would take too long.
 */
export function mergeInto(
  groups: readonly Group[],
  most: number,
  needed: Needed,
): readonly Group[] | undefined {
  const sum = (all: readonly Group[]): number =>
    all.reduce((total, group) => total + additionsOf(group, needed), 0);
  const alone = new WeakMap<Group, readonly Merge[]>();
  const together = new WeakMap<Group, WeakMap<Group, Merge>>();
  const ends = [addsLess, addsLessForWhatItSaves]
    .map((isBetter) => mergeBy(groups, most, { needed, isBetter, alone, together }))
    .filter((end) => end !== undefined)
    .map((end) => ({ end, additions: sum(end) }))
    .toSorted((one, other) => one.additions - other.additions);
  return ends[0]?.end;
}

function mergeBy(groups: readonly Group[], most: number, merging: Merging): readonly Group[] | undefined {
  let current = groups;
  while (current.reduce((sum, group) => sum + charactersOf(group), 0) > most) {
    const best = bestMerge(current, merging);
    if (isTooMuch(merging)) return undefined;
    if (best === undefined) return abbreviated(current, most);
    current = [...current.filter((group) => !best.of.includes(group)), best.into];
  }
  return current;
}

/**
 * Twenty resources of different types take some 50,000 pairs; hundreds that do not merge would take minutes, in which the server
 * answers nobody. Counted, not timed, so that the same needs always give the same policy.
 */
const MOST_PAIRS = 1_000_000;

const isTooMuch = ({ needed }: Merging): boolean => needed.effort.pairs > MOST_PAIRS;

function bestMerge(groups: readonly Group[], merging: Merging): Merge | undefined {
  let best: Merge | undefined;
  const consider = (merge: Merge): void => {
    if (merge.saved <= 0 || merge.additions === Number.POSITIVE_INFINITY) return;
    if (best === undefined || merging.isBetter(merge, best)) best = merge;
  };
  for (const [at, group] of groups.entries()) {
    if (isTooMuch(merging)) return undefined;
    for (const merge of mergesWithin(group, merging)) consider(merge);
    for (const other of groups.slice(at + 1)) consider(mergeOf(group, other, merging));
  }
  return best;
}

function addsLess(one: Merge, other: Merge): boolean {
  if (one.additions !== other.additions) return one.additions < other.additions;
  return savesMore(one, other);
}

function addsLessForWhatItSaves(one: Merge, other: Merge): boolean {
  const [left, right] = [one.additions * other.saved, other.additions * one.saved];
  return left === right ? savesMore(one, other) : left < right;
}

/** Ties go by what is printed, so that the same needs always give the same policy. */
const savesMore = (one: Merge, other: Merge): boolean =>
  one.saved === other.saved ? textOf(one.into) < textOf(other.into) : one.saved > other.saved;

const textOf = ({ actions, resources }: Group): string => JSON.stringify([actions, resources]);

function mergeOf(group: Group, other: Group, merging: Merging): Merge {
  const known = merging.together.get(group)?.get(other);
  if (known !== undefined) return known;
  const into = unionOf(group, other);
  const of = [group, other];
  const made = into === undefined ? { of, into: group, saved: 0, additions: 0 } : merge(of, into, merging);
  const ofGroup = merging.together.get(group) ?? new WeakMap<Group, Merge>();
  ofGroup.set(other, made);
  merging.together.set(group, ofGroup);
  return made;
}

/** Under the same conditions anything; under others of the same form only the same actions, with the values of both. */
function unionOf(group: Group, other: Group): Group | undefined {
  const resources = [...group.resources, ...other.resources];
  if (conditionsKey(group.conditions) === conditionsKey(other.conditions)) {
    return makeGroup(group.conditions, [...group.actions, ...other.actions], resources);
  }
  const isAlike =
    group.actions.join() === other.actions.join() &&
    group.conditions.length === 1 &&
    formOf(group.conditions) === formOf(other.conditions);
  const [condition] = group.conditions;
  if (!isAlike || condition === undefined) return undefined;
  const values = [...condition.values, ...other.conditions.flatMap((one) => one.values)];
  return makeGroup([{ ...condition, values: [...new Set(values)].toSorted() }], group.actions, resources);
}

const formOf = (conditions: readonly Condition[]): string =>
  conditions.map(({ operator, key }) => `${operatorName(operator)} ${key}`).join();

function merge(of: readonly Group[], into: Group, { needed }: Merging): Merge {
  const saved = of.reduce((sum, group) => sum + charactersOf(group), 0) - charactersOf(into);
  if (saved <= 0) return { of, into, saved, additions: 0 };
  const before = of.reduce((sum, group) => sum + additionsOf(group, needed), 0);
  return { of, into, saved, additions: Math.max(0, additionsOf(into, needed) - before) };
}

function mergesWithin(group: Group, merging: Merging): readonly Merge[] {
  const known = merging.alone.get(group);
  if (known !== undefined) return known;
  const { conditions, actions, resources } = group;
  // Each beginning is held against every name.
  merging.needed.effort.pairs += resources.length;
  const made = [
    ...actionPatterns(actions).map((pattern) => makeGroup(conditions, [...actions, pattern], resources)),
    ...resourcePrefixes(resources).map((pattern) => makeGroup(conditions, actions, [...resources, pattern])),
  ].map((into) => merge([group], into, merging));
  merging.alone.set(group, made);
  return made;
}

/** `s3:Get*`, `s3:GetBucket*`, `s3:Get*Configuration`, `sqs:*Queue`: whole words at either end that two actions share. */
function actionPatterns(actions: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const action of actions) {
    if (action.includes('*')) continue;
    const service = serviceOf(action);
    const words = action.slice(service.length + 1).match(/[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+/g) ?? [];
    const patterns = words.flatMap((_, at) => [
      `${service}:${words.slice(0, at + 1).join('')}*`,
      `${service}:*${words.slice(at).join('')}`,
      `${service}:${words[0] ?? ''}*${words.slice(Math.max(at, 1)).join('')}`,
    ]);
    for (const pattern of new Set(patterns)) counts.set(pattern, (counts.get(pattern) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count > 1).map(([pattern]) => pattern);
}

/** Beginnings of names, up to a separator, that two ARNs of one type share; never shorter than the type. */
function resourcePrefixes(resources: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const arn of resources) {
    const fields = arn.split(':');
    if (fields.length < 6) continue;
    const start = fields.slice(0, 5).join(':').length + 1;
    const fixed = arn.includes('*') ? arn.slice(0, arn.indexOf('*')) : arn;
    for (const { index } of fixed.slice(start).matchAll(/[-_/:.]/g)) {
      const pattern = `${fixed.slice(0, start + index + 1)}*`;
      counts.set(pattern, (counts.get(pattern) ?? 0) + 1);
    }
    const whole = `${arn.slice(0, start)}*`;
    counts.set(whole, (counts.get(whole) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count > 1).map(([pattern]) => pattern);
}
