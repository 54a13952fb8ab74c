import { own } from '#core-values';
import dataActions from '../session-policy/data-actions.json' with { type: 'json' };
import list from './forbidden.json' with { type: 'json' };
import { actionsOfService, covers, serviceOf } from './pattern.ts';

interface DataRow {
  readonly service: string;
  readonly actions: readonly string[];
  readonly types: readonly string[];
  readonly inside?: boolean;
  readonly colon?: boolean;
  /** Resources that the same call is checked against: a cluster's last snapshot. */
  readonly also?: readonly string[];
}

const rows: readonly DataRow[] = dataActions.rows;

/** An action that destroys data, and what it is asked on besides the object itself. */
interface DataAction {
  readonly action: string;
  /** What stands between the object's ARN and what is inside it. */
  readonly inside: string | undefined;
  /** ARN patterns with `{partition}`. */
  readonly also: readonly string[];
}

/** What destroying an object of the type calls that destroys data. */
export const dataActionsOf = (type: string): readonly DataAction[] =>
  rows
    .filter(({ types }) => types.includes(type))
    .flatMap(({ actions, inside, colon, also = [] }) =>
      actions.map((action) => ({
        action,
        inside: inside === true ? (colon === true ? ':' : '/') : undefined,
        also,
      })),
    );

const destroying: ReadonlySet<string> = new Set(
  rows.flatMap(({ actions }) => actions.map((one) => one.toLowerCase())),
);

const known = new Map<string, boolean>();

/** Whether no merge may add the action to a policy: only a plan that needs it by itself gets it, where it needs it. */
export function isForbidden(action: string): boolean {
  const name = action.toLowerCase();
  const found = known.get(name);
  if (found !== undefined) return found;
  const matches = (pattern: string): boolean => covers(pattern.toLowerCase(), name);
  const answer =
    destroying.has(name) ||
    list.kinds.some(({ actions, except }) => actions.some(matches) && !except.some(matches));
  known.set(name, answer);
  return answer;
}

/** Of which kinds the action is on the list; `destruction` where it destroys data. */
export function forbiddenKindsOf(action: string): readonly string[] {
  const name = action.toLowerCase();
  const matches = (pattern: string): boolean => covers(pattern.toLowerCase(), name);
  const kinds = list.kinds.filter(({ actions, except }) => actions.some(matches) && !except.some(matches));
  return [...(destroying.has(name) ? ['destruction'] : []), ...kinds.map(({ kind }) => kind)];
}

/**
 * What a type whose calls nobody has recorded may still do of the list: patterns of its own service, by the kind of the type. What
 * destroys data is not opened by a type, only by a plan that destroys.
 */
export const openedByType = (type: string, service: string): readonly string[] =>
  list.kinds
    .filter(({ types }) => new RegExp(types).test(type))
    .flatMap(({ actions }) => actions.filter((action) => serviceOf(action) === service))
    .filter((action) => !destroying.has(action.toLowerCase()));

const harmless: Readonly<Record<string, string>> = list.harmlessUnder;

export const harmlessKeys: readonly string[] = Object.values(harmless);

/** As `isForbidden`, where the statement has conditions on these keys: tags on what is just being created change nothing that is there. */
export const isForbiddenUnder = (action: string, keys: readonly string[]): boolean =>
  isForbidden(action) && !keys.includes(own(harmless, action) ?? '');

export const destroysData = (action: string): boolean => destroying.has(action.toLowerCase());

/** Every action of the service that is on the list. */
export const forbiddenOf = (service: string): readonly string[] =>
  actionsOfService(service).filter(isForbidden);

/** Every action on the list in any service, for asking a finished policy. */
export const allForbidden = (): readonly string[] => {
  const services = new Set([
    ...rows.map(({ service }) => service),
    ...list.kinds.flatMap(({ actions }) => actions.map(serviceOf)),
  ]);
  return [...services].toSorted().flatMap(forbiddenOf);
};
