import { isForbidden } from './forbidden.ts';
import { charactersOf, type Group, makeGroup } from './group.ts';
import { expand, serviceOf } from './pattern.ts';

/**
 * The last resort before something is added: actions by the shortest beginning that only they have, as few as make it fit. What is
 * on the forbidden list stays as it is. Undefined where that is not enough.
 */
export function abbreviated(groups: readonly Group[], most: number): readonly Group[] | undefined {
  let size = groups.reduce((sum, group) => sum + charactersOf(group), 0);
  const shorter = groups.flatMap((group) =>
    group.actions.map((action) => ({ group, action, by: abbreviation(action) })),
  );
  const chosen = new Map<Group, Map<string, string>>();
  for (const { group, action, by } of shorter.toSorted((one, other) => savedBy(other) - savedBy(one))) {
    if (size <= most) break;
    if (by.length >= action.length) continue;
    const ofGroup = chosen.get(group) ?? new Map<string, string>();
    chosen.set(group, ofGroup.set(action, by));
    size -= action.length - by.length;
  }
  if (size > most) return undefined;
  return groups.map((group) => {
    const actions = group.actions.map((action) => chosen.get(group)?.get(action) ?? action);
    return makeGroup(group.conditions, actions, group.resources);
  });
}

const savedBy = ({ action, by }: { readonly action: string; readonly by: string }): number =>
  action.length - by.length;

/** `logs:PutRet*`: as far as AWS's reference of the data file's date has actions. */
function abbreviation(action: string): string {
  if (action.includes('*') || isForbidden(action)) return action;
  if (!expand(`${serviceOf(action)}:*`).includes(action)) return action;
  const [first = ''] = /^[a-z0-9-]+:[A-Z]+(?:[a-z0-9]+|$)/.exec(action) ?? [];
  for (let end = Math.max(first.length, 1); end < action.length - 2; end += 1) {
    const pattern = `${action.slice(0, end)}*`;
    if (expand(pattern).length === 1) return pattern;
  }
  return action;
}
