/** A page in pieces, so that what is worth least can be left out whole: nothing is ever cut within markup. */
export type Piece<Cut extends string> = Leaf<Cut> | Fold<Cut>;

export interface Leaf<Cut extends string> {
  readonly kind: 'leaf';
  readonly words: string;
  /** The least is left out first; `undefined` stays. */
  readonly worth?: number;
  /** As what it is counted when it is left out. */
  readonly cut?: Cut;
  /** How many of them it holds; 1 if left out. */
  readonly count?: number;
}

/** Goes with the last of its pieces. */
export interface Fold<Cut extends string> {
  readonly kind: 'fold';
  readonly open: string;
  readonly close: string;
  readonly pieces: readonly Piece<Cut>[];
}

export interface Fitting<Cut extends string> {
  readonly mostBytes: number;
  /** What is said of all that was left out, at most `noteBytes` long; stands before the last piece. */
  readonly note: (cut: ReadonlyMap<Cut, number>) => string;
  readonly noteBytes: number;
}

interface Placed<Cut extends string> {
  readonly leaf: Leaf<Cut>;
  readonly at: number;
  readonly folds: readonly Fold<Cut>[];
}

/** The page, at most so many bytes of UTF-8 long. Of equal worth the last is left out first. */
export function fitPage<Cut extends string>(pieces: readonly Piece<Cut>[], fitting: Fitting<Cut>): string {
  const { mostBytes, note, noteBytes } = fitting;
  const placed = placedIn(pieces, []).map((one, at) => ({ ...one, at }));
  const leavesOf = new Map<Fold<Cut>, number>();
  for (const { folds } of placed) for (const fold of folds) leavesOf.set(fold, (leavesOf.get(fold) ?? 0) + 1);
  let bytes =
    placed.reduce((sum, { leaf }) => sum + bytesOf(leaf.words), 0) +
    [...leavesOf.keys()].reduce((sum, fold) => sum + wrapping(fold), 0);
  const gone = new Set<Leaf<Cut>>();
  if (bytes > mostBytes) {
    const cheapest = placed
      .filter(({ leaf }) => leaf.worth !== undefined)
      .toSorted((one, other) => (one.leaf.worth ?? 0) - (other.leaf.worth ?? 0) || other.at - one.at);
    for (const { leaf, folds } of cheapest) {
      if (bytes <= mostBytes - noteBytes) break;
      gone.add(leaf);
      bytes -= bytesOf(leaf.words);
      for (const fold of folds) {
        const left = (leavesOf.get(fold) ?? 0) - 1;
        leavesOf.set(fold, left);
        if (left === 0) bytes -= wrapping(fold);
      }
    }
  }
  const last = pieces.at(-1);
  return [
    ...pieces.slice(0, -1).map((piece) => print(piece, gone)),
    gone.size === 0 ? '' : note(counted(gone)),
    last === undefined ? '' : print(last, gone),
  ].join('');
}

const wrapping = ({ open, close }: { readonly open: string; readonly close: string }): number =>
  bytesOf(open) + bytesOf(close);

function placedIn<Cut extends string>(
  pieces: readonly Piece<Cut>[],
  folds: readonly Fold<Cut>[],
): readonly Omit<Placed<Cut>, 'at'>[] {
  return pieces.flatMap((piece) =>
    piece.kind === 'leaf' ? [{ leaf: piece, folds }] : placedIn(piece.pieces, [...folds, piece]),
  );
}

function print<Cut extends string>(piece: Piece<Cut>, gone: ReadonlySet<Leaf<Cut>>): string {
  if (piece.kind === 'leaf') return gone.has(piece) ? '' : piece.words;
  const inside = piece.pieces.map((one) => print(one, gone)).join('');
  return inside === '' ? '' : `${piece.open}${inside}${piece.close}`;
}

function counted<Cut extends string>(gone: ReadonlySet<Leaf<Cut>>): ReadonlyMap<Cut, number> {
  const counts = new Map<Cut, number>();
  for (const { cut, count = 1 } of gone)
    if (cut !== undefined) counts.set(cut, (counts.get(cut) ?? 0) + count);
  return counts;
}

/** Of UTF-8. */
export function bytesOf(words: string): number {
  let bytes = 0;
  for (const character of words) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x1_00_00 ? 3 : 4;
  }
  return bytes;
}
