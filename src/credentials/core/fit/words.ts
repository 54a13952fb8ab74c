import { type Text, text } from '#core-values';
import { isCoarse, type Need, type Operation } from '../needs/need.ts';
import { isNeeded, neededBy } from './additions.ts';
import escalations from './escalations.json' with { type: 'json' };
import type { FittedPolicy } from './fit-policy.ts';
import { isForbiddenUnder } from './forbidden.ts';
import { couldBeAbroad, putsAnywhere } from './foreign.ts';
import { covers, expand, isNameless, serviceOf } from './pattern.ts';

/** What people are told of a grant before they approve it. */
export interface PolicyWords {
  /** What it can do, service by service. */
  readonly can: readonly Text[];
  /** What reaches further than the plan, and why. */
  readonly widened: readonly Text[];
  /** What could be used to gain more than the grant has; each is also in `can`. */
  readonly escalations: readonly Text[];
}

/** `region` is the stack's: what reaches into others is said. */
export const wordsOf = (needs: readonly Need[], fitted: FittedPolicy, region: string): PolicyWords => ({
  can: canDo(needs),
  widened: [
    ...otherRegions(needs, region),
    ...wideNeeds(needs),
    ...otherAccounts(needs, fitted),
    ...merged(needs, fitted),
  ],
  escalations: escalationsIn(needs),
});

const OPERATIONS: Readonly<Record<Operation, Text>> = {
  create: text('create', '作成'),
  update: text('change', '変更'),
  delete: text('delete', '削除'),
  read: text('read', '参照'),
  import: text('import', 'インポート'),
  state: text('keep Terraform’s state', 'Terraform の state の読み書き'),
};
const ORDER: readonly Operation[] = ['delete', 'create', 'update', 'import', 'read', 'state'];

function canDo(needs: readonly Need[]): readonly Text[] {
  const byService = Map.groupBy(needs, ({ action }) => serviceOf(action));
  return [...byService].toSorted().map(([service, all]) => {
    const operations = ORDER.filter((one) => all.some(({ why }) => why.operation === one));
    const names = namesOf(all.flatMap(({ resources }) => resources));
    const actions = new Set(all.map(({ action }) => action)).size;
    return text(
      `${service}: ${operations.map((one) => OPERATIONS[one].en).join(', ')} (${actions} action${actions === 1 ? '' : 's'}) on ${names}.`,
      `${service}: ${names} に対する${operations.map((one) => OPERATIONS[one].ja).join('・')}(${actions} アクション)。`,
    );
  });
}

const MOST_NAMES = 6;

function namesOf(resources: readonly string[]): string {
  const all = [...new Set(resources)].toSorted();
  const shown = all.slice(0, MOST_NAMES).join(', ');
  return all.length > MOST_NAMES ? `${shown}, … (${all.length})` : shown;
}

/** Regions that ARNs or conditions name besides the stack's, each with what needs it. */
function otherRegions(needs: readonly Need[], region: string): readonly Text[] {
  const named = needs
    .filter(({ why }) => why.operation !== 'state')
    .flatMap((need) => regionsIn(need).map((other) => [other, need.why.address] as const))
    .filter(([other]) => other !== region);
  return [...Map.groupBy(named, ([other]) => other)].toSorted().map(([other, all]) => {
    const addresses = namesOf(all.map(([, address]) => address));
    return text(
      `Region ${other} besides the stack’s ${region} (${addresses}).`,
      `スタックのリージョン ${region} に加えて ${other}(${addresses})。`,
    );
  });
}

/** Beginnings of buckets' names that reach other accounts, where denying that did not fit. */
function otherAccounts(needs: readonly Need[], { policy }: FittedPolicy): readonly Text[] {
  if (policy.includes('"aws:ResourceAccount"')) return [];
  const patterns = needs
    .filter(({ action, why }) => putsAnywhere(action) && why.operation !== 'state')
    .flatMap(({ resources }) => resources.filter(couldBeAbroad));
  if (patterns.length === 0) return [];
  const where = namesOf(patterns);
  return [
    text(
      `${where} also in other accounts whose owners allow it, because there was no room left to deny that.`,
      `${where}: 拒否する余地がなかったため、所有者が許可していれば別のアカウントのものも対象になります。`,
    ),
  ];
}

const regionsIn = ({ resources, conditions }: Need): readonly string[] => [
  ...conditions.flatMap(({ key, values }) => (key === 'aws:RequestedRegion' ? values : [])),
  ...resources.flatMap((resource) => {
    const region = resource.split(':')[3] ?? '';
    return region === '' || region.includes('*') ? [] : [region];
  }),
];

/** One line for the same resources and reason; of what is not recorded one line a change. */
function wideNeeds(needs: readonly Need[]): readonly Text[] {
  const wide = needs.filter((need) => need.wide !== undefined);
  const same = Map.groupBy(wide, ({ wide: why, resources, why: { address } }) =>
    (why === 'not-recorded' || why === 'by-type' || why === 'observed'
      ? [why, address]
      : [why, ...resources]
    ).join('\n'),
  );
  return [...same.values()].map((all) => {
    const actions = namesOf(all.map(({ action }) => action));
    const where = namesOf(all.flatMap(({ resources }) => resources));
    const addresses = namesOf(all.map(({ why }) => why.address));
    return wideWords(all[0], { actions, where, addresses });
  });
}

function wideWords(
  need: Need | undefined,
  {
    actions,
    where,
    addresses,
  }: { readonly actions: string; readonly where: string; readonly addresses: string },
): Text {
  if (need?.why.operation === 'state')
    return text(
      `${actions} on ${where}, only through Amazon S3: the plan does not name the key that Terraform’s state is encrypted with.`,
      `${actions}(${where}、Amazon S3 経由のみ): Terraform の state を暗号化するキーがプランに書かれていないため。`,
    );
  switch (need?.wide) {
    case 'observed': {
      const { applies = 0, since = '' } = need.observedIn ?? {};
      return text(
        `${actions} on ${where}, from your organization’s own trail, ${applies} applies since ${since}, because it is not recorded what ${addresses} needs; what is on the forbidden list is denied.`,
        `${actions}(${where}): ${addresses} に必要な操作の記録がないため、自組織の証跡(${since} 以降の適用 ${applies} 回)に基づきます。禁止リストの操作は拒否します。`,
      );
    }
    case 'no-narrower':
      return text(
        `${actions} on ${where}, because AWS offers no narrower resource (${addresses}).`,
        `${actions}(${where}): AWS がこれより狭いリソース指定に対応していないため(${addresses})。`,
      );
    case 'not-recorded':
      return text(
        `${actions} on ${where}, because it is not recorded what ${addresses} needs; what is on the forbidden list is denied.`,
        `${actions}(${where}): ${addresses} に必要な操作の記録がないため。禁止リストの操作は拒否します。`,
      );
    case 'by-type':
      return text(
        `${actions} on ${where}, because it is not recorded what ${addresses} needs.`,
        `${actions}(${where}): ${addresses} に必要な操作の記録がないため。`,
      );
    default:
      return text(
        `${actions} on ${where}, because the name is only known after apply (${addresses}).`,
        `${actions}(${where}): 名前が適用時まで決まらないため(${addresses})。`,
      );
  }
}

interface ReadStatement {
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: unknown;
}

/** Patterns of the finished policy that no need has. */
function merged(needs: readonly Need[], { policy, managed, additions }: FittedPolicy): readonly Text[] {
  if (additions === 0) return [];
  const needed = neededBy(needs);
  const coarse = needs.filter(isCoarse).map(({ action }) => action);
  const statements = [policy, ...managed.map((one) => one.policy)].flatMap(
    (source): readonly ReadStatement[] => JSON.parse(source).Statement,
  );
  return statements
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action = [], Resource = [] }) => {
      const resources = [Resource].flat();
      const actions = [Action].flat().filter((action) => !coarse.includes(action));
      const wideActions = actions.filter(
        (action) =>
          action.includes('*') &&
          expand(action).some((one) => resources.some((resource) => !isNeededAnyhow(one, resource))),
      );
      const wideResources = resources.filter(
        (resource) => resource.includes('*') && !needs.some((need) => need.resources.includes(resource)),
      );
      return wideActions.length + wideResources.length === 0 ? [] : [mergedWords(wideActions, wideResources)];
    });

  function isNeededAnyhow(action: string, resource: string): boolean {
    return (
      isNeeded(needed, action, resource, []) ||
      needs.some((need) => covers(need.action, action) && need.resources.some((own) => covers(own, resource)))
    );
  }
}

const mergedWords = (actions: readonly string[], resources: readonly string[]): Text => {
  const patterns = [...actions, ...resources].join(', ');
  return text(
    `Merged to fit 2,048 characters: ${patterns}.`,
    `2,048 文字に収めるため、次のパターンにまとめました: ${patterns}。`,
  );
};

/** What could gain more by itself; and what of the forbidden list is allowed on any name, because nobody knows the one it will be. */
function escalationsIn(needs: readonly Need[]): readonly Text[] {
  const known = escalations.actions.flatMap(({ actions, en, ja }) => {
    // An opened service has the forbidden list denied.
    const found = needs.filter(
      (need) =>
        actions.some((one) => covers(one, need.action)) ||
        (!isCoarse(need) && actions.some((one) => expand(need.action).some((each) => covers(one, each)))),
    );
    if (found.length === 0) return [];
    const names = [...new Set(found.map(({ action }) => action))].toSorted().join(', ');
    const where = namesOf(found.flatMap(({ resources }) => resources));
    return [text(`${names} on ${where}: ${en}.`, `${names}(${where}): ${ja}。`)];
  });
  return [...known, ...ofAnyName(needs)];
}

function ofAnyName(needs: readonly Need[]): readonly Text[] {
  const gains = (action: string): boolean =>
    escalations.actions.some(({ actions }) => actions.some((one) => covers(one, action)));
  const found = needs.filter(
    ({ action, conditions, resources, wide, why: { operation } }) =>
      wide === 'unknown' &&
      // The key of Terraform's own state, used through S3 only: it opens nothing that S3 does not hand out, and every stack has it.
      operation !== 'state' &&
      isForbiddenUnder(
        action,
        conditions.map(({ key }) => key),
      ) &&
      !gains(action) &&
      resources.some(isNameless),
  );
  return [...Map.groupBy(found, ({ resources }) => resources.filter(isNameless).join('\n')).values()].map(
    (same) => {
      const names = [...new Set(same.map(({ action }) => action))].toSorted().join(', ');
      const where = namesOf(same.flatMap(({ resources }) => resources.filter(isNameless)));
      return text(
        `${names} on ${where}: reach what the plan does not name, because the name is only known after apply.`,
        `${names}(${where}): 名前が適用時まで決まらないため、プランにない対象にも使えます。`,
      );
    },
  );
}
