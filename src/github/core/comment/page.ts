import type { Language, Text } from '#core-values';
import type { Fold, Leaf, Piece } from '../fit.ts';

/** As what pieces of a comment are counted when they are left out. */
export type Cut = 'stacks' | 'findings' | 'changes' | 'permissions' | 'details';

export type CommentPiece = Piece<Cut>;

/** What is left out first, and what last. */
export const WORTH = {
  stack: 90,
  command: 85,
  grave: 80,
  row: 75,
  reason: 70,
  high: 65,
  denial: 60,
  medium: 50,
  destroying: 45,
  widened: 40,
  changing: 35,
  approval: 30,
  creating: 25,
  low: 20,
  permission: 15,
  identity: 10,
} as const;

export const leaf = (words: string, worth?: number, cut?: Cut, count?: number): Leaf<Cut> => ({
  kind: 'leaf',
  words,
  ...(worth === undefined ? {} : { worth }),
  ...(cut === undefined ? {} : { cut }),
  ...(count === undefined ? {} : { count }),
});

/** Folded away under a title; the blank lines let Markdown be read inside. */
export const folded = (title: string, pieces: readonly CommentPiece[]): Fold<Cut> => ({
  kind: 'fold',
  open: `<details><summary>${title}</summary>\n\n`,
  close: '\n</details>\n\n',
  pieces,
});

export type Say = (words: Text) => string;

export const saying =
  (language: Language): Say =>
  (words) =>
    words[language];
