import { forbiddenKindsOf, isForbidden } from '../fit/forbidden.ts';
import { covers, isNameless, overlap, serviceOf, serviceOfArn } from '../fit/pattern.ts';
import type { Need } from './need.ts';

/** A need whose `open` resources hold names that only the apply will tell. */
export interface OpenNeed {
  readonly need: Need;
  readonly open: ReadonlySet<string>;
  /** Not even the type is known: each open resource is one of those that the action acts on. */
  readonly ofAnyType?: boolean;
}

const MAKES =
  /:(?:Allocate|Create|Import|Register|Request|Run|Upload|PutObject$|PutParameter|PutRule|PutMetricAlarm)/;

/** Data sources that are read during the apply. */
export interface ReadLater {
  /** Their services, of which they can tell any name. */
  readonly services: ReadonlySet<string>;
  /** The ARNs of what they say they look for. */
  readonly told: readonly string[];
}

export interface ClosedNeeds {
  readonly needs: readonly Need[];
  /** Of them, what no grant allows, and on which pattern. */
  readonly refused: readonly { readonly need: Need; readonly pattern: string }[];
}

/**
 * Names that are unknown until the apply are, as a rule, those of what the same plan makes or updates: where it has such, an open
 * pattern becomes their ARNs. Where a maker's own name is open too, or a data source of the service is still to be read, the pattern
 * stays. For an action of the forbidden list it does not: there it is what is made or looked for.
 */
export function closeUnknownNames(needs: readonly OpenNeed[], readLater: ReadLater): ClosedNeeds {
  const makers = needs.filter(({ need }) => isMaker(need));
  const all = new Set(makers.flatMap(({ need }) => need.resources));
  const allOrTold = new Set([...all, ...readLater.told]);
  // What is a change's own may be a service's role, too.
  const own = needs.filter(({ need }) => isMaker({ ...need, conditions: [] }));
  const byChange = Map.groupBy(own, ({ need }) => need.why.address);
  const closedNeeds = needs.map((one) => {
    const { need, open } = one;
    if (open.size === 0) return { ...need, resources: [...new Set(need.resources)].toSorted() };
    const ofChange = (byChange.get(need.why.address) ?? []).flatMap((maker) => maker.need.resources);
    const found = isForbidden(need.action)
      ? closed(one, new Set(), { all: allOrTold, ofChange })
      : closed(one, readLater.services, { all, ofChange });
    const distinct = [...new Set(found)].toSorted();
    const isOpen = distinct.some((resource) => resource.includes('*'));
    return { ...need, resources: distinct, ...(isOpen && { wide: 'unknown' as const }) };
  });
  const refused = closedNeeds.flatMap((need, at) => {
    const isOpen = (needs[at]?.open.size ?? 0) > 0;
    const pattern = isOpen ? refusedPattern(need, closedNeeds) : undefined;
    return pattern === undefined ? [] : [{ need, pattern }];
  });
  return { needs: closedNeeds, refused };
}

export const makesByName = ({ action }: Pick<Need, 'action'>): boolean =>
  MAKES.test(action) && !/:CreateTags$/.test(action);

/** The role that a service makes for itself is nobody's to name. */
const isMaker = ({ action, why, conditions }: Need): boolean =>
  why.operation === 'update' ||
  (why.operation === 'create' &&
    makesByName({ action }) &&
    !conditions.some(({ key }) => key === 'iam:AWSServiceName'));

/** Kinds of the forbidden list that stay open where the plan makes something whose name is open likewise. */
const BOUND_BY_MAKING = new Set(['key', 'contents', 'exposure']);

/**
 * The first resource without even the beginning of a name on which a need has an action of the forbidden list, where that is refused:
 * always for IAM, audit trails, the organization and the destruction of data; for keys, contents and exposure where the plan makes nothing
 * that such a name could be of. What is granted all the same is bound otherwise: a role is passed to one service, a key is used through
 * one, and EC2's ids, which AWS gives, are of the account and the region.
 */
function refusedPattern(need: Need, needs: readonly Need[]): string | undefined {
  const { action, conditions, resources } = need;
  if (!isForbidden(action) || /^(?:ec2:|iam:PassRole$)/.test(action)) return undefined;
  if (conditions.some(({ key }) => key === 'kms:ViaService')) return undefined;
  const isBound = forbiddenKindsOf(action).every((kind) => BOUND_BY_MAKING.has(kind));
  return resources.find(
    (resource) => isNameless(resource) && !(isBound && needs.some((maker) => makes(maker, resource))),
  );
}

/** An object makes no bucket, nor a grant its key. */
const makes = (need: Need, pattern: string): boolean =>
  need.why.operation === 'create' &&
  isMaker(need) &&
  !isForbidden(need.action) &&
  need.action !== 's3:PutObject' &&
  serviceOf(need.action) === serviceOfArn(pattern) &&
  need.resources.some((resource) => isNameless(resource) && overlap(resource, pattern));

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
