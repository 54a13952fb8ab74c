import { InvalidArgumentError } from 'commander';
import { type Language, text } from '#core-values';

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
