import { covers } from '../fit/pattern.ts';
import type { Need } from './need.ts';

/** A need whose `open` resources hold names that only the apply will tell. */
export interface OpenNeed {
  readonly need: Need;
  readonly open: ReadonlySet<string>;
  /** Not even the type is known: each open resource is one of those that the action acts on. */
  readonly ofAnyType?: boolean;
}

const MAKES = /:(?:Allocate|Create|Import|Register|Request|Run|Upload|PutParameter|PutRule|PutMetricAlarm)/;

/**
 * Names that are unknown until the apply are, as a rule, those of what the same plan makes or updates: where it has such, an open
 * pattern becomes their ARNs. Where a maker's own name is open too, or a data source of the service is still to be read
 * (`readLater`), the pattern stays.
 */
export function closeUnknownNames(
  needs: readonly OpenNeed[],
  readLater: ReadonlySet<string>,
): readonly Need[] {
  const makers = needs.filter(({ need }) => isMaker(need));
  const all = new Set(makers.flatMap(({ need }) => need.resources));
  const byChange = Map.groupBy(makers, ({ need }) => need.why.address);
  return needs.map((one) => {
    const { need, open } = one;
    if (open.size === 0) return { ...need, resources: [...new Set(need.resources)].toSorted() };
    const ofChange = (byChange.get(need.why.address) ?? []).flatMap((maker) => maker.need.resources);
    const distinct = [...new Set(closed(one, readLater, { all, ofChange }))].toSorted();
    const isOpen = distinct.some((resource) => resource.includes('*'));
    return { ...need, resources: distinct, ...(isOpen && { wide: 'unknown' as const }) };
  });
}

const isMaker = ({ action, why }: Need): boolean =>
  why.operation === 'update' ||
  (why.operation === 'create' && MAKES.test(action) && !/:CreateTags$/.test(action));

interface Made {
  readonly all: ReadonlySet<string>;
  readonly ofChange: readonly string[];
}

function closed(
  { need, open, ofAnyType }: OpenNeed,
  readLater: ReadonlySet<string>,
  { all, ofChange }: Made,
): readonly string[] {
  const isFree = (resource: string): boolean => !readLater.has(resource.split(':')[2] ?? '');
  const among = (made: Iterable<string>) =>
    [...made].filter((one) => [...open].some((pattern) => isFree(pattern) && covers(pattern, one)));
  if (ofAnyType === true) {
    // What the change itself makes is the likeliest; of several types only those that something is made of.
    const own = among(ofChange);
    const candidates = own.length > 0 ? own : among(all);
    return candidates.length > 0 ? candidates : need.resources;
  }
  return need.resources.flatMap((resource) => {
    if (!open.has(resource) || !isFree(resource)) return [resource];
    const candidates = [...all].filter((one) => covers(resource, one));
    return candidates.length === 0 ? [resource] : candidates;
  });
}
