import type { Summary } from './summary.ts';
import { factsOf, type Language, tableOf } from './table.ts';

/** Documents of the repository that show the figures of proof/results.json. */
export const DOCUMENTS: readonly {
  readonly file: string;
  readonly language: Language;
  readonly table: Parameters<typeof tableOf>[2];
}[] = [
  { file: 'README.md', language: 'en', table: 'front' },
  { file: 'README.ja.md', language: 'ja', table: 'front' },
  { file: 'docs/performance.md', language: 'en', table: 'whole' },
  { file: 'docs/performance.ja.md', language: 'ja', table: 'whole' },
];

const BEGIN = '<!-- written by node proof/width.ts --keep -->';
const END = '<!-- end of what was written -->';

/** The document with these figures between its two marks; undefined where it has no marks. */
export function withFigures(
  document: string,
  summary: Summary,
  { language, table }: Omit<(typeof DOCUMENTS)[number], 'file'>,
): string | undefined {
  const [before, rest] = document.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) return undefined;
  return `${before}${BEGIN}\n${factsOf(summary, language)}\n\n${tableOf(summary, language, table)}\n${END}${after}`;
}
