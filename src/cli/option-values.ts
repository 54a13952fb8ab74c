import { InvalidArgumentError } from 'commander';
import { type Language, parsePlanDigest, text } from '#core-values';

/**
 * A parser for options that take a whole number; anything else, or one out of bounds, is refused before anything is done.
 * The number stays text, for it goes into a query.
 */
export const wholeNumber =
  (language: Language, least: number, most: number) =>
  (words: string): string => {
    const number = Number(words);
    if (/^\d{1,9}$/.test(words) && number >= least && number <= most) return words;
    throw new InvalidArgumentError(
      text(
        `Give a whole number from ${least} to ${most}.`,
        `${least} から ${most} までの整数を指定してください。`,
      )[language],
    );
  };

/** A parser for options that take a point in time, in any zone; it goes into a query in UTC. */
export const pointInTime =
  (language: Language) =>
  (words: string): string => {
    const atMs = Date.parse(words);
    const isComplete = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/.test(words);
    if (isComplete && !Number.isNaN(atMs)) return new Date(atMs).toISOString();
    throw new InvalidArgumentError(
      text(
        'Give a time with its zone, such as 2026-11-22T09:30:00Z or 2026-11-22T18:30:00+09:00.',
        '2026-11-22T09:30:00Z や 2026-11-22T18:30:00+09:00 のように、タイムゾーン付きで指定してください。',
      )[language],
    );
  };

/** A parser for options that take a plan's digest. */
export const planDigest =
  (language: Language) =>
  (words: string): string => {
    if (parsePlanDigest(words) !== undefined) return words;
    throw new InvalidArgumentError(
      text(
        'Give the plan’s digest: 64 hexadecimal digits, as `sekisho show` prints them.',
        'プランのダイジェスト(`sekisho show` が表示する 16 進数 64 桁)を指定してください。',
      )[language],
    );
  };
