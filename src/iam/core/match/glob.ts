/**
 * A pattern with its wildcards marked apart, so that a `*` from a variable stays a character. Both texts are of one length;
 * `marks` has `*` or `?` where the character is a wildcard, and a space where it is itself.
 */
export interface Marked {
  readonly text: string;
  readonly marks: string;
}

/** A pattern ready to match. */
export interface Glob extends Marked {
  matches(value: string): boolean;
}

/** What stands between two `*`. */
interface Part {
  readonly text: string;
  /** Which characters are `?`; absent where none is. */
  readonly marks?: string;
}

/** Every `*` and `?` is a wildcard. */
export const wildcards = (text: string): Marked => ({ text, marks: text.replaceAll(/[^*?]/gs, ' ') });

/** Every character is itself. */
export const literal = (text: string): Marked => ({ text, marks: ' '.repeat(text.length) });

export const joined = (parts: readonly Marked[]): Marked => ({
  text: parts.map(({ text }) => text).join(''),
  marks: parts.map(({ marks }) => marks).join(''),
});

/** Whether a value is of a pattern as policies write it: `*` is anything, `?` one character. */
export const patternTest = (pattern: string): ((value: string) => boolean) =>
  compileGlob(wildcards(pattern)).matches;

/**
 * Compiles a pattern. Matching looks for each part between two `*` once, leftmost first, and never goes back: at worst
 * the length of the pattern times the length of the value, whatever the number of `*`.
 */
export function compileGlob(pattern: Marked): Glob {
  const parts = partsOf(pattern);
  const [first, ...rest] = parts;
  const last = rest.pop();
  if (first === undefined) throw new Error('A pattern has at least one part.');
  if (last === undefined) {
    const isExact = first.marks === undefined;
    const { text } = first;
    return {
      ...pattern,
      matches: isExact
        ? (value) => value === text
        : (value) => value.length === text.length && isAt(first, value, 0),
    };
  }
  const fixed = first.text.length + last.text.length;
  return {
    ...pattern,
    matches(value) {
      const end = value.length - last.text.length;
      if (value.length < fixed || !isAt(first, value, 0) || !isAt(last, value, end)) return false;
      let at = first.text.length;
      for (const part of rest) {
        const found = find(part, value, at, end);
        if (found === -1) return false;
        at = found + part.text.length;
      }
      return true;
    },
  };
}

function partsOf({ text, marks }: Marked): readonly Part[] {
  const parts: Part[] = [];
  let start = 0;
  for (const partMarks of marks.split('*')) {
    const end = start + partMarks.length;
    parts.push({ text: text.slice(start, end), ...(partMarks.includes('?') && { marks: partMarks }) });
    start = end + 1;
  }
  return parts;
}

function isAt({ text, marks }: Part, value: string, at: number): boolean {
  if (marks === undefined) return value.startsWith(text, at);
  for (let index = 0; index < text.length; index += 1) {
    if (marks[index] !== '?' && text[index] !== value[at + index]) return false;
  }
  return true;
}

/** The leftmost place from `from` on where the part stands before `end`; -1 where there is none. */
function find(part: Part, value: string, from: number, end: number): number {
  const last = end - part.text.length;
  if (part.marks === undefined) {
    const found = value.indexOf(part.text, from);
    return found > last ? -1 : found;
  }
  for (let at = from; at <= last; at += 1) if (isAt(part, value, at)) return at;
  return -1;
}
