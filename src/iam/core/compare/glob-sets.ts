import { type Marked, wildcards } from '../match/glob.ts';

/** Whether every text that `inner` matches is matched by `outer`. `true` is always right; `false` may be too careful. */
export const covers = (outer: Marked, inner: Marked): boolean => {
  if (!sharesBeginning(outer, inner)) return false;
  const wide = inOrder(outer);
  const narrow = inOrder(inner);
  return decide(wide.text.length, narrow.text.length, (at, from, rest) => {
    const mark = wide.marks[at];
    if (mark === '*') return rest(at + 1, from) || (from < narrow.text.length && rest(at, from + 1));
    if (mark === undefined || from >= narrow.text.length)
      return mark === undefined && from >= narrow.text.length;
    if (narrow.marks[from] === '*') return false;
    const isSame = narrow.marks[from] === ' ' && narrow.text[from] === wide.text[at];
    return (mark === '?' || isSame) && rest(at + 1, from + 1);
  });
};

/** Whether some text is matched by both. */
export const overlap = (one: Marked, other: Marked): boolean =>
  mayBeginAlike(one, other) &&
  decide(one.text.length, other.text.length, (at, from, rest) => {
    const mark = one.marks[at];
    const otherMark = other.marks[from];
    if (mark === '*') return rest(at + 1, from) || (otherMark !== undefined && rest(at, from + 1));
    if (otherMark === '*') return rest(at, from + 1) || (mark !== undefined && rest(at + 1, from));
    if (mark === undefined || otherMark === undefined) return mark === otherMark;
    const canBeSame = mark === '?' || otherMark === '?' || one.text[at] === other.text[from];
    return canBeSame && rest(at + 1, from + 1);
  });

/** What stands before the first wildcard. */
function beginning({ text, marks }: Marked): string {
  const end = marks.search(/[*?]/);
  return end === -1 ? text : text.slice(0, end);
}

/** Most pairs differ before the first wildcard; then there is nothing more to ask. */
const sharesBeginning = (outer: Marked, inner: Marked): boolean =>
  beginning(inner).startsWith(beginning(outer));

function mayBeginAlike(one: Marked, other: Marked): boolean {
  const [left, right] = [beginning(one), beginning(other)];
  return left.startsWith(right) || right.startsWith(left);
}

/** Asks each pair of positions once, so that the work is the product of both lengths. */
function decide(
  height: number,
  width: number,
  ask: (at: number, from: number, rest: (at: number, from: number) => boolean) => boolean,
): boolean {
  const known = new Int8Array((height + 1) * (width + 1));
  // From the end on: whatever is asked about later positions is there already.
  for (let at = height; at >= 0; at -= 1) {
    for (let from = width; from >= 0; from -= 1) {
      const answer = ask(at, from, (row, column) => known[row * (width + 1) + column] === 1);
      if (answer) known[at * (width + 1) + from] = 1;
    }
  }
  return known[0] === 1;
}

/** `*?*` and `?**` are the same: in each run of wildcards the `?` first, and one `*`. */
function inOrder({ text, marks }: Marked): Marked {
  if (!/[*?]{2}/.test(marks)) return { text, marks };
  let newText = '';
  let newMarks = '';
  for (const run of marks.matchAll(/[*?]+| +/g)) {
    const part = text.slice(run.index, run.index + run[0].length);
    if (run[0].startsWith(' ')) {
      newText += part;
      newMarks += run[0];
      continue;
    }
    const sorted = wildcards(`${run[0].replaceAll('*', '')}${run[0].includes('*') ? '*' : ''}`);
    newText += sorted.text;
    newMarks += sorted.marks;
  }
  return { text: newText, marks: newMarks };
}
