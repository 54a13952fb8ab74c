const MOST_CHARACTERS = 120;

/** Somebody else's text as it may stand in a message: cut where long, invisible and control characters written out. */
export function quoted(words: string): string {
  const cut = words.length > MOST_CHARACTERS ? `${words.slice(0, MOST_CHARACTERS)}…` : words;
  return cut.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
}
