/**
 * Values of a plan are written by anybody: none may move the cursor, change colours, ring a bell, or turn the reading
 * direction (Trojan Source, CVE-2021-42574). What is invisible is written out instead.
 */
// C0, DEL, C1; everything of format (bidi controls, zero-width characters, tags); line and paragraph separators;
// lone surrogates; the fillers and joiners that look like nothing.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\u115F\u1160\u3164\uFFA0]|\u034F|[\u{E0100}-\u{E01EF}]/gu;

const SHORT_ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** The words with everything invisible or active written out, on one line. */
export const visible = (words: string): string =>
  words.replace(INVISIBLE, (character) => SHORT_ESCAPES[character] ?? escaped(character));

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

/** East Asian wide and full-width characters and emoji take two columns (Unicode TR11, main blocks). */
const WIDE =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{1F300}-\u{1F64F}\u{1F900}-\u{1F9FF}\u{20000}-\u{3FFFD}]/u;
const COMBINING = /\p{Mn}/u;

/** How many terminal columns the words take. */
export function widthOf(words: string): number {
  let width = 0;
  for (const character of words) width += COMBINING.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}

export const padTo = (words: string, width: number): string =>
  words + ' '.repeat(Math.max(0, width - widthOf(words)));

/** At most `width` columns, with `…` where it was cut. */
export function cutTo(words: string, width: number): string {
  if (words.length * 2 <= width || widthOf(words) <= width) return words;
  let kept = '';
  let used = 0;
  for (const character of words) {
    used += widthOf(character);
    if (used > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

/** Breaks at spaces, and anywhere between wide characters, so that Japanese wraps too. */
export function wrap(words: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of words.match(/[^\s\u3000-\u9FFF\uFF00-\uFFEF]+|\s+|[\u3000-\u9FFF\uFF00-\uFFEF]/g) ??
    []) {
    // Japanese punctuation must not begin a line
    const mayBreak = !/^[、。）」』，．]/.test(piece);
    if (mayBreak && line !== '' && widthOf(line + piece) > width) {
      lines.push(line.trimEnd());
      line = piece.trimStart();
    } else {
      line += piece;
    }
  }
  if (line.trimEnd() !== '') lines.push(line.trimEnd());
  return lines;
}
