import type { SourcePlace } from '#core-values';

export interface SourceFile {
  readonly file: string;
  readonly text: string;
}

/** A stretch of a file that should hold exactly one policy. */
export interface PolicySource {
  readonly file: string;
  readonly text: string;
  /** Where `text` begins in the file, in UTF-16 code units. */
  readonly start: number;
  readonly wholeText: string;
}

// A policy ends with a semicolon, and Cedar has semicolons nowhere else but in strings and comments.
// Whatever this reads wrongly cannot pass unseen: each piece must then parse as exactly one policy.
const TOKEN = /"(?:[^"\\]|\\[\s\S])*"|\/\/[^\n\r]*|;/g;

const BLANK = /^(?:\s|\/\/[^\n\r]*(?:[\n\r]|$))*$/;
const LEADING_BLANK = /^(?:\s|\/\/[^\n\r]*(?:[\n\r]|$))*/;

/** Cuts a file into its policies, without leading comments. What follows the last semicolon counts unless blank. */
export function splitPolicies({ file, text }: SourceFile): readonly PolicySource[] {
  const ends = [...text.matchAll(TOKEN)].flatMap((token) => (token[0] === ';' ? [token.index + 1] : []));
  const starts = [0, ...ends];
  return starts.flatMap((start, index) => {
    const piece = text.slice(start, ends[index] ?? text.length);
    if (BLANK.test(piece)) return [];
    const skipped = LEADING_BLANK.exec(piece)?.[0].length ?? 0;
    return [{ file, text: piece.slice(skipped), start: start + skipped, wholeText: text }];
  });
}

/** The place of a byte offset (Cedar counts UTF-8 bytes) in a policy's text; the columns count characters. */
export function placeAt(source: PolicySource, byteOffset: number): SourcePlace {
  return placeOf(source.file, source.wholeText, source.start + codeUnitsBefore(source.text, byteOffset));
}

export function placeOf(file: string, text: string, codeUnit: number): SourcePlace {
  const before = text.slice(0, codeUnit).split(/\r\n|\n|\r/);
  const lastLine = before.at(-1) ?? '';
  return { file, line: before.length, column: [...lastLine].length + 1 };
}

export function codeUnitsBefore(text: string, byteOffset: number): number {
  let bytes = 0;
  let codeUnits = 0;
  for (const character of text) {
    if (bytes >= byteOffset) break;
    bytes += new TextEncoder().encode(character).length;
    codeUnits += character.length;
  }
  return codeUnits;
}
