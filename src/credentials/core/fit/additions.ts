import { type Condition, operatorName } from '#iam/core';
import { isCoarse, type Need } from '../needs/need.ts';
import { destroysData, isForbidden, isForbiddenUnder } from './forbidden.ts';
import { couldBeAbroad, putsAnywhere } from './foreign.ts';
import type { Group } from './group.ts';
import { applies, covers, expand, isNameless, serviceOfArn, servicesActedOn } from './pattern.ts';

/** What the plan needs, for asking whether an action on a resource is among it. */
export interface Needed {
  readonly exact: ReadonlyMap<string, NeededOn>;
  readonly patterns: readonly (NeededResources & { readonly action: string })[];
  /** What was counted already. */
  readonly counted: WeakMap<Group, number>;
  /** How many pairs of an action and a resource were looked at. */
  readonly effort: { pairs: number };
}

interface NeededResources {
  readonly resources: readonly string[];
  readonly conditions: readonly Condition[];
}

/** The needs of one action: by each ARN, as there may be thousands; and those with patterns. */
interface NeededOn {
  readonly named: Map<string, NeededResources[]>;
  readonly wide: NeededResources[];
}

export function neededBy(needs: readonly Need[]): Needed {
  const exact = new Map<string, NeededOn>();
  const patterns: (NeededResources & { readonly action: string })[] = [];
  for (const need of needs) {
    if (isCoarse(need)) continue;
    const one = { resources: need.resources, conditions: need.conditions };
    const action = need.action.toLowerCase();
    if (action.includes('*')) patterns.push({ ...one, action });
    else addTo(exact, action, one);
  }
  return { exact, patterns, counted: new WeakMap(), effort: { pairs: 0 } };
}

function addTo(exact: Map<string, NeededOn>, action: string, one: NeededResources): void {
  const of = exact.get(action) ?? { named: new Map<string, NeededResources[]>(), wide: [] };
  exact.set(action, of);
  if (one.resources.some((resource) => resource.includes('*'))) of.wide.push(one);
  for (const resource of one.resources) {
    const same = of.named.get(resource);
    if (same === undefined) of.named.set(resource, [one]);
    else same.push(one);
  }
}

/** Whether needs have the action on all of the resource pattern, under each of these conditions or none. */
export function isNeeded(
  needed: Needed,
  action: string,
  resource: string,
  conditions: readonly Condition[],
): boolean {
  const name = action.toLowerCase();
  return single(conditions).every((one) => {
    const fits = (need: NeededResources): boolean =>
      isWithin(one, need.conditions) && need.resources.some((own) => covers(own, resource));
    const of = needed.exact.get(name);
    const isNamed = of?.named.get(resource)?.some(({ conditions: own }) => isWithin(one, own)) === true;
    if (isNamed || of?.wide.some(fits) === true) return true;
    // A pattern opens what is destructive only where it is named.
    return !destroysData(name) && needed.patterns.some((need) => covers(need.action, name) && fits(need));
  });
}

/** The same conditions with one value each: they hold where any of these does. */
const single = (conditions: readonly Condition[]): readonly (readonly Condition[])[] =>
  conditions.every(({ values }) => values.length === 1)
    ? [conditions]
    : conditions.reduce<readonly (readonly Condition[])[]>(
        (all, condition) =>
          all.flatMap((one) => condition.values.map((value) => [...one, { ...condition, values: [value] }])),
        [[]],
      );

/** Whether the first hold only where the second do. */
const isWithin = (inner: readonly Condition[], outer: readonly Condition[]): boolean =>
  outer.every((wide) =>
    inner.some(
      (narrow) =>
        operatorName(narrow.operator) === operatorName(wide.operator) &&
        narrow.key === wide.key &&
        narrow.values.every((value) => wide.values.includes(value)),
    ),
  );

/**
 * How much a statement allows beyond the needs: pairs of an action and a resource that AWS would check together, where a pattern
 * counts for several: 10 resources where it has the beginning of a name, 100 where it has none, 500 where it has no type either,
 * 1,000 where it is `*`. Infinite where an action of the forbidden list would be added, or where something could be put into other
 * accounts.
 */
export function additionsOf(group: Group, needed: Needed): number {
  const known = needed.counted.get(group);
  if (known !== undefined) return known;
  const sum = countAdditions(group, needed);
  needed.counted.set(group, sum);
  return sum;
}

function countAdditions({ conditions, actions, resources }: Group, needed: Needed): number {
  const keys = conditions.map(({ key }) => key);
  const byService = Map.groupBy(resources, serviceOfArn);
  let sum = 0;
  for (const action of new Set(actions.flatMap(expand))) {
    const candidates = resourcesActedOn(action, resources, byService);
    needed.effort.pairs += candidates.length;
    for (const resource of candidates) {
      if (!applies(action, resource) || isNeeded(needed, action, resource, conditions)) continue;
      if (isForbiddenUnder(action, keys) || (couldBeAbroad(resource) && putsAnywhere(action)))
        return Number.POSITIVE_INFINITY;
      sum += weightOf(resource);
    }
  }
  return sum;
}

/** An action of one service does not act on another's resources: most pairs need not be asked one by one. */
function resourcesActedOn(
  action: string,
  resources: readonly string[],
  byService: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const services = servicesActedOn(action);
  if (services === undefined || services.includes('*')) return resources;
  return [...services, '*'].flatMap((service) => byService.get(service) ?? []);
}

/** As `additionsOf`, for what opens services: there the forbidden list is denied, and not counted. */
export function coarseAdditionsOf(group: Group, needed: Needed): number {
  const added = [...new Set(group.actions.flatMap(expand))].filter((action) => !isForbidden(action));
  return added.reduce((sum, action) => {
    const beyond = group.resources.filter(
      (resource) => !isNeeded(needed, action, resource, group.conditions),
    );
    return sum + beyond.reduce((total, resource) => total + weightOf(resource), 0);
  }, 0);
}

export function weightOf(resource: string): number {
  if (resource === '*') return 1000;
  if (!resource.includes('*')) return 1;
  if (!isNameless(resource)) return 10;
  return /:\*$/.test(resource) && !resource.includes('/') ? 500 : 100;
}
