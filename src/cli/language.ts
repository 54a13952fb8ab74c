import {
  err,
  LANGUAGES,
  type Language,
  languageOf,
  ok,
  type Problem,
  problem,
  type Result,
  text,
} from '#core-values';

/** The command line without `--lang`, and the language it asks for. */
export interface ChosenLanguage {
  readonly language: Language;
  readonly rest: readonly string[];
}

/**
 * `--lang ja` or `--lang=ja` anywhere before `--`, then SEKISHO_LANG, then the locale as POSIX ranks its variables.
 * A language that we do not speak is refused where it was asked for by name; a locale falls back to English.
 */
export function chosenLanguage(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Result<ChosenLanguage, Problem> {
  const byLocale = languageOf(env.SEKISHO_LANG, firstSet(env.LC_ALL, env.LC_MESSAGES, env.LANG));
  const end = argv.indexOf('--') === -1 ? argv.length : argv.indexOf('--');
  const at = argv.findIndex((word, index) => index < end && /^--lang(?:=|$)/.test(word));
  const option = argv[at];
  if (option === undefined) return ok({ language: byLocale, rest: argv });
  const isJoined = option.includes('=');
  const value = isJoined ? option.slice('--lang='.length) : at + 1 < end ? argv[at + 1] : undefined;
  const language = LANGUAGES.find((known) => known === value);
  if (language === undefined) return err(problem('bad-input', notSpoken(value ?? '')));
  return ok({ language, rest: argv.toSpliced(at, isJoined ? 1 : 2) });
}

const firstSet = (...values: readonly (string | undefined)[]): string | undefined =>
  values.find((value) => value !== undefined && value !== '');

const notSpoken = (value: string) => ({
  rule: 'usage.unknown-language',
  message:
    value === ''
      ? text('--lang needs a language.', '--lang には言語の指定が必要です。')
      : text(
          `--lang: “${value.replaceAll(/[\p{Cc}\p{Cf}]/gu, '\ufffd')}” is not spoken here.`,
          `--lang: 「${value.replaceAll(/[\p{Cc}\p{Cf}]/gu, '\ufffd')}」には対応していません。`,
        ),
  remedy: text('Give --lang en or --lang ja.', '--lang en または --lang ja を指定してください。'),
});
