/** A stretch of words as they are, or a character that nobody would see. */
export type Stretch = { readonly kind: 'words' | 'invisible'; readonly words: string };

// As `visible-text.ts` of the server: control, format (bidi controls, zero-width characters, tags), separators, lone surrogates, fillers.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\u115F\u1160\u3164\uFFA0]|\u034F|[\u{E0100}-\u{E01EF}]/gu;

/**
 * Values of a plan are written by anybody: a browser would obey characters that turn the direction of reading or that take no room, and
 * show something else than what is approved (Trojan Source, CVE-2021-42574).
 */
export function stretchesOf(words: string): readonly Stretch[] {
  const stretches: Stretch[] = [];
  let from = 0;
  for (const { 0: character, index } of words.matchAll(INVISIBLE)) {
    if (index > from) stretches.push({ kind: 'words', words: words.slice(from, index) });
    const code = character.codePointAt(0) ?? 0;
    stretches.push({ kind: 'invisible', words: `U+${code.toString(16).toUpperCase().padStart(4, '0')}` });
    from = index + character.length;
  }
  if (from < words.length) stretches.push({ kind: 'words', words: words.slice(from) });
  return stretches;
}
