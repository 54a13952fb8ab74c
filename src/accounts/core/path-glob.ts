import type { Branded } from '#core-values';

/**
 * A glob of files of a repository, from its root: `*` stands for characters within one step, `**` as a whole step for any number of steps, and
 * a folder for all that it holds (`#repository/core` matches it).
 */
export type PathGlob = Branded<string, 'PathGlob'>;

const STEP = /^(?:\*\*|[\p{L}\p{N}_.@+ -]*(?:\*[\p{L}\p{N}_.@+ -]+)*\*?)$/u;

/** `undefined` for anything else: leading, trailing and doubled slashes, `..`, `?`, `[…]`, `{…}`, `!`, a backslash, `a**`. */
export const parsePathGlob = (value: string): PathGlob | undefined => {
  const fits = (step: string): boolean => step !== '' && step !== '.' && step !== '..' && STEP.test(step);
  // The one place where a checked glob takes its brand.
  return value.length <= 255 && value.split('/').every(fits) ? (value as PathGlob) : undefined;
};
