import { useSyncExternalStore } from 'react';

export const LANGUAGES = ['en', 'ja'] as const;
export type Language = (typeof LANGUAGES)[number];

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** What a person set for this browser; kept nowhere else. */
export interface Preferences {
  readonly language: Language;
  readonly theme: Theme;
}

const LANGUAGE_KEY = 'sekisho.language';
const THEME_KEY = 'sekisho.theme';

const listeners = new Set<() => void>();
let current: Preferences = {
  language: oneOf(LANGUAGES, stored(LANGUAGE_KEY)) ?? languageOfBrowser(navigator.languages),
  theme: oneOf(THEMES, stored(THEME_KEY)) ?? 'system',
};

export const preferences = (): Preferences => current;

export const usePreferences = (): Preferences => useSyncExternalStore(subscribe, preferences);

export function setPreferences(changed: Partial<Preferences>): void {
  current = { ...current, ...changed };
  keep(LANGUAGE_KEY, current.language);
  keep(THEME_KEY, current.theme);
  showPreferences();
  for (const listener of listeners) listener();
}

/** Puts language and theme on the document. */
export function showPreferences(): void {
  document.documentElement.lang = current.language;
  document.documentElement.dataset.theme = current.theme;
}

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function languageOfBrowser(tags: readonly string[]): Language {
  for (const tag of tags) {
    const language = oneOf(LANGUAGES, tag.toLowerCase().split('-')[0]);
    if (language !== undefined) return language;
  }
  return 'en';
}

function oneOf<T extends string>(known: readonly T[], words: string | null | undefined): T | undefined {
  return known.find((one) => one === words);
}

/** A browser may forbid storage: then preferences last as long as the page. */
function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // As above.
  }
}
