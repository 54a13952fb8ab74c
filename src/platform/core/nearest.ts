import { distance } from 'fastest-levenshtein';
import { type Text, text } from '#core-values';

/** The known word that `word` most likely meant; `undefined` when none is near (a third of its letters rounded up, at most three). */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > 128) return;
  const allowed = Math.min(3, Math.max(1, Math.ceil(word.length / 3)));
  const candidates = known
    .map((candidate) => ({ candidate, edits: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ edits }) => edits <= allowed)
    .toSorted((a, b) => a.edits - b.edits);
  return candidates[0]?.candidate;
}

/** “Did you mean …?”, or the list of what there is. */
export function didYouMean(word: string, known: readonly string[]): Text {
  const near = nearest(word, known);
  if (near !== undefined) return text(`Did you mean \`${near}\`?`, `\`${near}\` の間違いではありませんか。`);
  if (known.length === 0)
    return text('There is none yet; add it.', 'まだ一つも定義されていません。追加してください。');
  const shown = known.slice(0, 20).join(', ') + (known.length > 20 ? ', …' : '');
  return text(`Use one of: ${shown}.`, `次のいずれかを指定してください: ${shown}`);
}
