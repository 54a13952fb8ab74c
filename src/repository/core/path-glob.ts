/**
 * Whether a glob of `stacks[].alsoAffectedBy` matches a file. `*` stands for any characters within one step, `**` as a whole step for any number of
 * steps; a folder that matches stands for everything in it. No step back is taken twice, so no glob takes long.
 */
export function matchesPathGlob(glob: string, path: string): boolean {
  const pattern = [...glob.split('/'), '**'];
  return matchesSequence(pattern, path.split('/'), (step) => step === '**', matchesStep);
}

const matchesStep = (pattern: string, step: string): boolean =>
  pattern === '*' ||
  pattern === step ||
  (pattern.includes('*') &&
    matchesSequence(
      pattern,
      step,
      (character) => character === '*',
      (a, b) => a === b,
    ));

/** What every path that a glob matches begins with. */
export function literalStart(glob: string): string {
  const star = glob.indexOf('*');
  // `**` may stand for nothing: `shared/**` is `shared` too.
  return star === -1 ? glob : glob.slice(0, star).replace(/\/$/, '');
}

/** The classical match with one place to go back to: the last wildcard. */
function matchesSequence<Item>(
  pattern: ArrayLike<Item>,
  items: ArrayLike<Item>,
  isAny: (item: Item | undefined) => boolean,
  fits: (pattern: Item, item: Item) => boolean,
): boolean {
  let [at, next, wildcard, resumed] = [0, 0, -1, 0];
  while (next < items.length) {
    const [wanted, item] = [pattern[at], items[next]];
    if (isAny(wanted)) {
      [wildcard, resumed] = [at, next];
      at += 1;
    } else if (wanted !== undefined && item !== undefined && fits(wanted, item)) {
      at += 1;
      next += 1;
    } else if (wildcard !== -1) {
      resumed += 1;
      [at, next] = [wildcard + 1, resumed];
    } else return false;
  }
  while (isAny(pattern[at])) at += 1;
  return at === pattern.length;
}
