/** The languages every message a person reads exists in. */
export const LANGUAGES = ['en', 'ja'] as const;

export type Language = (typeof LANGUAGES)[number];

/** A message for people, complete in every language by construction. Never carries a secret. */
export type Text = Readonly<Record<Language, string>>;

export const text = (en: string, ja: string): Text => ({ en, ja });

/** The same words in every language: for names, numbers and identifiers. */
export const verbatim = (words: string): Text => ({ en: words, ja: words });

/**
 * Picks the language from POSIX locale names (`ja_JP.UTF-8`) or an `Accept-Language` value,
 * the first that names a language we speak; English otherwise.
 */
export function languageOf(...preferences: readonly (string | undefined)[]): Language {
  for (const preference of preferences) {
    for (const tag of (preference ?? '').toLowerCase().split(',')) {
      const primary = tag.trim().split(/[-_.;]/)[0];
      const language = LANGUAGES.find((known) => known === primary);
      if (language !== undefined) return language;
    }
  }
  return 'en';
}
