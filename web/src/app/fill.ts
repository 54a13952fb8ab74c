import type { Language } from './preferences.ts';

const SLOT = /\{(\w+)(?::([^|}]*)\|([^}]*))?\}/g;

/** Numbers as the language writes them. */
export const fill = (
  words: string,
  values: Readonly<Record<string, string | number>>,
  language: Language,
): string =>
  words.replace(SLOT, (whole, name: string, one: string | undefined, many: string | undefined) => {
    const value = values[name];
    if (value === undefined) return whole;
    const shown = typeof value === 'number' ? new Intl.NumberFormat(language).format(value) : value;
    return one === undefined ? shown : `${shown} ${value === 1 ? one : many}`;
  });
