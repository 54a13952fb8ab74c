import { arnFields } from '../arn.ts';
import type { LanguageVersion } from '../model.ts';
import type { Lookup } from '../request/context.ts';
import type { Truth } from '../truth.ts';
import { compileGlob, type Glob, joined, literal, type Marked, wildcards } from './glob.ts';
import { type Piece, piecesOf, resolve } from './variables.ts';

type LookUp = (key: string) => Lookup;

/** A text of a policy that is compared with one of the request, its variables still open. */
export interface Template {
  /** Where it has no variables. */
  readonly fixed?: Marked;
  readonly pieces: readonly Piece[];
}

/** `wild`: whether `*` and `?` in the text stand for others. */
export function templateOf(words: string, version: LanguageVersion, wild: boolean): Template {
  const marked = (text: string): Marked => (wild ? wildcards(text) : literal(text));
  const pieces = version === '2008-10-17' ? undefined : piecesOf(words);
  if (pieces === undefined) return { fixed: marked(words), pieces: [] };
  const parts = pieces.flatMap((piece) => {
    if (piece.kind === 'variable') return [];
    return [piece.kind === 'text' ? marked(piece.text) : literal(piece.text)];
  });
  return parts.length < pieces.length ? { pieces } : { pieces, fixed: joined(parts) };
}

/** The template in a request; `absent` where a variable has no value there, `unknown` where its value is not known. */
export function filledIn(template: Template, wild: boolean, lookUp: LookUp): Marked | 'absent' | 'unknown' {
  if (template.fixed !== undefined) return template.fixed;
  const parts: Marked[] = [];
  let isKnown = true;
  for (const piece of template.pieces) {
    if (piece.kind !== 'variable') {
      parts.push(piece.kind === 'text' && wild ? wildcards(piece.text) : literal(piece.text));
      continue;
    }
    const found = resolve(piece, lookUp);
    if (found.kind === 'absent') return 'absent';
    if (found.kind === 'unknown') isKnown = false;
    else parts.push(literal(found.value));
  }
  return isKnown ? joined(parts) : 'unknown';
}

/** A pattern of `Resource` or `NotResource`. */
export interface ResourcePattern {
  readonly words: string;
  matches(resource: string, lookUp: LookUp): Truth;
}

/**
 * Case matters. A `*` at the end of a field may reach over colons (IAM User Guide, Resource element), and anything is in the
 * sixth field. Whether another wildcard, or a variable before the fifth colon, may do so is not documented: where the
 * answer hangs on it, it is `unknown`.
 */
export function compileResource(words: string, version: LanguageVersion): ResourcePattern {
  const completed = completedArn(words);
  const template = templateOf(completed, version, true);
  const isDoubtful = hasDoubtfulFields(completed, version);
  const compiled = template.fixed === undefined ? undefined : compileGlob(template.fixed);
  return {
    words,
    matches(resource, lookUp) {
      const glob = compiled ?? globIn(template, lookUp);
      if (glob === 'absent') return 'no';
      if (glob === 'unknown') return 'unknown';
      if (!glob.matches(resource)) return 'no';
      return !isDoubtful || (compiled !== undefined && matchesByField(glob, resource)) ? 'yes' : 'unknown';
    },
  };
}

function globIn(template: Template, lookUp: LookUp): Glob | 'absent' | 'unknown' {
  const filled = filledIn(template, true, lookUp);
  return typeof filled === 'string' ? filled : compileGlob(filled);
}

/** AWS fills what is missing of an ARN in an identity-based policy: `arn:aws:sqs` is `arn:aws:sqs:*:*:*`. */
export function completedArn(words: string): string {
  if (!words.startsWith('arn:')) return words;
  const colons = words.split(':').length - 1;
  return colons >= 5 ? words : words + ':*'.repeat(5 - colons);
}

function hasDoubtfulFields(words: string, version: LanguageVersion): boolean {
  const early = arnFields(words)?.slice(0, 5) ?? [];
  return early.some((field) => {
    const inside = field.endsWith('*') ? field.slice(0, -1) : field;
    return /[*?]/.test(inside) || (version === '2012-10-17' && field.includes('${'));
  });
}

/** Field by field, where each wildcard stays in its own: the narrowest reading. */
function matchesByField(pattern: Marked, value: string): boolean {
  const patterns = markedFields(pattern);
  const values = arnFields(value);
  if (patterns === undefined || values === undefined) return false;
  return patterns.every((field, index) => compileGlob(field).matches(values[index] ?? ''));
}

/** The six fields of a filled-in ARN pattern. */
export function markedFields({ text, marks }: Marked): readonly Marked[] | undefined {
  const fields = arnFields(text);
  if (fields === undefined) return undefined;
  let start = 0;
  return fields.map((field) => {
    const part = { text: field, marks: marks.slice(start, start + field.length) };
    start += field.length + 1;
    return part;
  });
}

/** A pattern of `Action` or `NotAction`: `*`, or `service:Name` with wildcards in the name. Case does not matter. */
export interface ActionPattern {
  readonly words: string;
  /** In lower case; absent where it is every service. */
  readonly service?: string;
  readonly name: Glob;
}

export function compileAction(words: string): ActionPattern {
  const lower = words.toLowerCase();
  const colon = lower.indexOf(':');
  const service = lower.slice(0, colon);
  const name = compileGlob(wildcards(lower.slice(colon + 1)));
  return colon === -1 || service === '*' ? { words, name } : { words, service, name };
}
