import { LONGEST_PATH } from './paths.ts';

/** A path that the text of a configuration file mentions. */
export interface Mention {
  /** Seen from the module's folder, or from where Terraform runs. */
  readonly from: 'module' | 'root';
  /** As written: `/policies/a.json`, `../../shared/a.json`. */
  readonly path: string;
  readonly reach: 'exact' | 'prefix';
}

/** `${path.module}/policies/a.json`, up to what only Terraform knows. */
const OF_PATH = /\$\{\s*path\.(module|root|cwd)\s*\}([^"$%\\\n]*)(.|\n|$)/g;
/** `file("policies/a.json")`, `templatefile("a.tftpl", …)`, `fileset("policies", "*.json")`. */
const OF_FUNCTION = /\b(?:file[a-z0-9]*|templatefile)\s*\(\s*"([^"$%\\\n]+)(.|\n|$)/g;
/** `"../../shared/a.json"` anywhere: it may become a path by way of a local or a variable. */
const RELATIVE = /"(\.\.?\/[^"$%\\\n]*)(.|\n|$)/g;

/**
 * The paths that a text mentions: HCL, or one string of JSON in quotes. It looks at text and not at expressions: a path too many costs a plan that
 * changes nothing, one too few a change that nobody plans. Paths put together by functions stay unseen: `stacks[].alsoAffectedBy`.
 */
export function mentionsIn(source: string): readonly Mention[] {
  const mentions = new Map<string, Mention>();
  const add = (from: Mention['from'], written: string, next: string | undefined): void => {
    if (written.length > LONGEST_PATH) return;
    for (const mention of readings(from, written, next)) {
      mentions.set(`${mention.from} ${mention.reach} ${mention.path}`, mention);
    }
  };
  for (const [, of, path = '', next] of source.matchAll(OF_PATH)) {
    // What goes on with no slash is another folder's name, or nothing: the folder itself, whose files count anyway.
    if (path.startsWith('/') || next === '$') add(of === 'module' ? 'module' : 'root', path.slice(1), next);
  }
  for (const [, path = '', next] of source.matchAll(OF_FUNCTION)) add('root', path, next);
  for (const [, path = '', next] of source.matchAll(RELATIVE)) {
    add('module', path, next);
    add('root', path, next);
  }
  return [...mentions.values()];
}

/** The characters that `fileset` reads as a pattern. */
const PATTERN = /[*?[{]/;

function* readings(from: Mention['from'], written: string, next: string | undefined): Generator<Mention> {
  const pattern = written.search(PATTERN);
  if (pattern !== -1) return yield { from, path: written.slice(0, pattern), reach: 'prefix' };
  if (next !== '"' && next !== '' && next !== '\n') return yield { from, path: written, reach: 'prefix' };
  yield { from, path: written, reach: 'exact' };
  // In the text of a script more may follow: `cat ${path.module}/a.txt | wc`.
  const [word = ''] = written.split(/[\s'`,;:)]/, 1);
  if (word !== written) yield { from, path: word, reach: 'exact' };
}
