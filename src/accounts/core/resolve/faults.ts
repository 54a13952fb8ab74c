import type { Reason } from '#core-values';
import { text } from '#core-values';
import { didYouMean, type NodePath, type PlaceOf, pathText, type Refusal } from '#platform/core';

/** Collects what is wrong across the file, each with its place. */
export interface Faults {
  report(path: NodePath, refusal: Refusal, part?: 'key' | 'value'): void;
  readonly reasons: readonly Reason[];
}

export function faultsOf(placeOf: PlaceOf): Faults {
  const reasons: Reason[] = [];
  return {
    reasons,
    report: (path, { rule, message, remedy }, part) => {
      reasons.push({
        rule,
        message: text(`${pathText(path)}: ${message.en}`, `${pathText(path)}: ${message.ja}`),
        remedy,
        place: placeOf(path, part),
      });
    },
  };
}

/** What a list of the file declares, by name. */
export interface Table<T> {
  /** `account`, `team`…: first part of the rule ids. */
  readonly noun: string;
  readonly nounJa: string;
  readonly byName: ReadonlyMap<string, T>;
}

/** Reports a name that stands twice. */
export function tableOf<T extends { readonly name: string }>(
  noun: string,
  nounJa: string,
  listPath: NodePath,
  entries: readonly (T | undefined)[],
  faults: Faults,
): Table<T> {
  const byName = new Map<string, T>();
  for (const [index, entry] of entries.entries()) {
    if (entry === undefined) continue;
    if (byName.has(entry.name)) faults.report([...listPath, index, 'name'], twice(noun, nounJa, entry.name));
    else byName.set(entry.name, entry);
  }
  return { noun, nounJa, byName };
}

/** For anything that may stand only once. */
export const twice = (noun: string, nounJa: string, what: string): Refusal => ({
  rule: `${noun.replaceAll(' ', '-')}.twice`,
  message: text(`The ${noun} \`${what}\` stands twice.`, `${nounJa} \`${what}\` が重複しています。`),
  remedy: text('Remove one of the two, or correct it.', 'どちらかを削除するか、正しい値に直してください。'),
});

/** Looks a name up; an unknown one is reported with what was probably meant. */
export function named<T>(table: Table<T>, name: string, path: NodePath, faults: Faults): T | undefined {
  const entry = table.byName.get(name);
  if (entry === undefined) {
    faults.report(path, {
      rule: `${table.noun}.unknown`,
      message: text(
        `There is no ${table.noun} named \`${name}\`.`,
        `\`${name}\` という名前の${table.nounJa}はありません。`,
      ),
      remedy: didYouMean(name, [...table.byName.keys()]),
    });
  }
  return entry;
}

export const namedAll = <T>(
  table: Table<T>,
  names: readonly string[],
  path: NodePath,
  faults: Faults,
): readonly T[] => names.flatMap((name, index) => named(table, name, [...path, index], faults) ?? []);
