import type { Lookup } from '../request/context.ts';

/** A text of a policy, cut where `${…}` stands. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  /** `${*}`, `${?}`, `${$}`: the character itself, never a wildcard. */
  | { readonly kind: 'character'; readonly text: string }
  | { readonly kind: 'variable'; readonly key: string; readonly fallback?: string };

const VARIABLE = /\$\{([^{}]*)\}/g;
const NAMED = /^([^,'\s]+)(?:,\s*'([^']*)')?$/;

/**
 * Cuts a text at its variables. `undefined` where one is not of the form `${key}` or `${key, 'default'}`, or is not closed.
 * Source: IAM User Guide, "IAM policy elements: Variables and tags".
 */
export function piecesOf(words: string): readonly Piece[] | undefined {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of words.matchAll(VARIABLE)) {
    if (match.index > end) pieces.push({ kind: 'text', text: words.slice(end, match.index) });
    const piece = variableNamed(match[1] ?? '');
    if (piece === undefined) return undefined;
    pieces.push(piece);
    end = match.index + match[0].length;
  }
  if (end < words.length) pieces.push({ kind: 'text', text: words.slice(end) });
  const isOpen = pieces.some((piece) => piece.kind === 'text' && piece.text.includes('${'));
  return isOpen ? undefined : pieces;
}

function variableNamed(inside: string): Piece | undefined {
  if (inside === '*' || inside === '?' || inside === '$') return { kind: 'character', text: inside };
  const [, key, fallback] = NAMED.exec(inside) ?? [];
  if (key === undefined) return undefined;
  return { kind: 'variable', key: key.toLowerCase(), ...(fallback !== undefined && { fallback }) };
}

export type Resolved =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown' };

/** What a variable stands for in a request: its value, nothing at all, or something that is not known. */
export function resolve(
  { key, fallback }: Extract<Piece, { kind: 'variable' }>,
  lookup: (key: string) => Lookup,
): Resolved {
  const found = lookup(key);
  switch (found.kind) {
    case 'present': {
      const [value, ...more] = found.values;
      // Only a key with one value can be a variable; AWS does not say what another would do.
      return value === undefined || more.length > 0 ? { kind: 'unknown' } : { kind: 'value', value };
    }
    case 'absent':
      return fallback === undefined ? { kind: 'absent' } : { kind: 'value', value: fallback };
    case 'unknown':
      return { kind: 'unknown' };
  }
}
