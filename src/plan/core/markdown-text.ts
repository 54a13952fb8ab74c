import { visible } from './visible-text.ts';

/** Longer than any address people write; a code span of a whole policy document would push everything else out. */
const LONGEST_CODE = 300;

/** The lines in a code block: a fence longer than any run of backticks inside cannot be ended from inside. */
export function fenced(lines: readonly string[], language = ''): string {
  const fence = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1));
  return `${fence}${language}\n${lines.join('\n')}\n${fence}`;
}

/** A code span that holds any words, backticks too (CommonMark 6.1). */
export function code(words: string): string {
  const clean = visible(words).slice(0, LONGEST_CODE).toWellFormed();
  const fence = '`'.repeat(longestRun(clean) + 1);
  return clean.startsWith('`') || clean.endsWith('`')
    ? `${fence} ${clean} ${fence}`
    : `${fence}${clean}${fence}`;
}

const longestRun = (words: string): number =>
  Math.max(0, ...(words.match(/`+/g) ?? []).map((run) => run.length));

/**
 * Words as nothing but words: Markdown and HTML escaped, and an empty comment in what GitHub would turn into a mention,
 * an issue or a link (it does so after decoding entities, so that escaping alone would not help).
 */
export const plain = (words: string): string =>
  visible(words)
    .replace(/[&<>]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character] ?? character)
    .replace(/[\\`*_{}[\]()~|!#+-]/g, '\\$&')
    .replaceAll('@', '@<!-- -->')
    .replace(/#(?=\d)/g, '#<!-- -->')
    .replace(/(GH)(\\-)(?=\d)/gi, '$1$2<!-- -->')
    // https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/writing-mathematical-expressions
    .replace(/\$/g, '<span>$</span>')
    .replace(/:\/\//g, ':<!-- -->//')
    .replace(/(www)\./gi, '$1<!-- -->.');
