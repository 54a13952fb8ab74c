import type { Condition, Statement } from '#iam/core';
import { isCoarse, type Need } from '../needs/need.ts';
import rules from '../session-policy/rules.json' with { type: 'json' };
import { type StateStore, stateObjects, stateTables } from '../session-policy/state-store.ts';
import { isNeeded, type Needed } from './additions.ts';
import { isForbidden } from './forbidden.ts';
import { couldBeAbroad, putsAnywhere } from './foreign.ts';
import { type Group, least } from './group.ts';
import { actionsOfService, covers, expand, overlap, serviceOf, serviceOfArn } from './pattern.ts';

const READS = ['iam:Get*', 'iam:List*'];

/** Sekisho's own roles and identity provider are read at most, where anything else is allowed that could reach them. */
export function ownDenial(needs: readonly Need[], protectedArns: readonly string[]): readonly Statement[] {
  const reaches = ({ action, resources }: Need): boolean =>
    /^(?:iam|sts):/i.test(action) &&
    !READS.some((read) => covers(read.toLowerCase(), action.toLowerCase())) &&
    resources.some((resource) => protectedArns.some((own) => overlap(resource, own)));
  return needs.some(reaches)
    ? [deny({ negated: true, patterns: READS }, { negated: false, patterns: least(protectedArns) })]
    : [];
}

export interface OwnAccount {
  readonly account: string;
  readonly partition: string;
  /** May be in another account. */
  readonly stateStore?: StateStore;
}

/**
 * Nothing is put into other accounts' buckets, queues and the like, except the state: denied where a need could reach them, by an
 * opened service or by the beginning of a bucket's name. What the plan names in full was approved.
 */
export function foreignDenial(groups: readonly Group[], own: OwnAccount): readonly Statement[] {
  const { stateStore, partition, account } = own;
  const state =
    stateStore === undefined
      ? []
      : [...stateObjects(stateStore, partition), ...stateTables(stateStore, partition)];
  const reaching = groups.filter(({ resources }) =>
    resources.some((resource) => couldBeAbroad(resource) && !state.includes(resource)),
  );
  const actions = new Set(reaching.flatMap((group) => group.actions.flatMap(expand)).filter(putsAnywhere));
  if (actions.size === 0) return [];
  const denied = rules.ownAccountOnly.filter((write) =>
    [...actions].some((action) => covers(write.toLowerCase(), action.toLowerCase())),
  );
  // The state is an object in S3 and a lock in DynamoDB; what puts nothing into either does not reach it.
  const excepted = state.filter((resource) =>
    denied.some((one) => serviceOf(one) === serviceOfArn(resource)),
  );
  const resources =
    excepted.length === 0 ? { negated: false, patterns: ['*'] } : { negated: true, patterns: excepted };
  const isForeign = (base: 'StringNotEquals' | 'Null', value: string): Condition => ({
    operator: { base, ifExists: false },
    key: 'aws:ResourceAccount',
    values: [value],
  });
  return [
    {
      ...deny({ negated: false, patterns: least(denied) }, resources),
      // An absent key would make the negated comparison true.
      conditions: [isForeign('StringNotEquals', account), isForeign('Null', 'false')],
    },
  ];
}

/**
 * What an opened service would allow of the forbidden list: denied altogether, or everywhere but on the resources on which the plan
 * needs it.
 */
export function coarseDenials(
  coarse: readonly Group[],
  needs: readonly Need[],
  needed: Needed,
): readonly Statement[] {
  const opened = coarse.filter(({ conditions }) => !conditions.some(({ key }) => key === 'kms:ViaService'));
  // What was observed only narrows what is allowed: the whole service's denials stay as they would be without it.
  const observed = needs
    .filter(({ wide }) => wide === 'observed')
    .map(({ action }) => `${serviceOf(action)}:*`);
  const reached = new Set([...opened.flatMap((group) => group.actions), ...observed]);
  const actions = new Set([...reached].flatMap(expand).filter(isForbidden));
  const byExceptions = Map.groupBy(
    [...actions].filter((action) => !isNeededEverywhere(needs, needed, action)),
    (action) => JSON.stringify(exceptionsFor(action, needs)),
  );
  return [...byExceptions].toSorted().map(([exceptions, denied]) => {
    const resources: readonly string[] = JSON.parse(exceptions);
    const keep = new Set(needs.filter((need) => !isCoarse(need)).map(({ action }) => action.toLowerCase()));
    return deny(
      { negated: false, patterns: shortened(denied, keep) },
      resources.length === 0 ? { negated: false, patterns: ['*'] } : { negated: true, patterns: resources },
    );
  });
}

const isNeededEverywhere = (needs: readonly Need[], needed: Needed, action: string): boolean =>
  isNeeded(needed, action, '*', []) ||
  needs.some(
    (need) =>
      !isCoarse(need) && need.action.toLowerCase() === action.toLowerCase() && need.resources.includes('*'),
  );

const exceptionsFor = (action: string, needs: readonly Need[]): readonly string[] =>
  least(
    needs
      .filter((need) => !isCoarse(need) && need.action.toLowerCase() === action.toLowerCase())
      .flatMap(({ resources }) => resources),
  );

/** Patterns of the same actions, and of nothing else that is not forbidden or that the plan needs. */
function shortened(actions: readonly string[], keep: ReadonlySet<string>): readonly string[] {
  const wanted = new Set(actions.map((action) => action.toLowerCase()));
  const patterns = new Set<string>();
  for (const action of actions) {
    const service = serviceOf(action);
    const name = action.slice(service.length + 1);
    const prefixes = [...name.matchAll(/(?=[A-Z])/g)].map(
      ({ index }) => `${service}:${name.slice(0, index)}*`,
    );
    const pattern = prefixes.find(
      (one) =>
        one !== `${service}:*` &&
        expand(one).every((other) => wanted.has(other.toLowerCase())) &&
        expand(one).length > 1 &&
        !expand(one).some((other) => keep.has(other.toLowerCase())),
    );
    patterns.add(pattern ?? action);
  }
  const services = new Set(actions.map(serviceOf));
  for (const service of services) {
    if (actionsOfService(service).every((action) => wanted.has(action.toLowerCase())))
      patterns.add(`${service}:*`);
  }
  return least(patterns);
}

const deny = (actions: Statement['actions'], resources: NonNullable<Statement['resources']>): Statement => ({
  effect: 'Deny',
  actions,
  resources,
  conditions: [],
});
