import type { YAMLError } from 'yaml';
import { type Reason, type SourcePlace, text } from '#core-values';

export const emptyFile = (file: string): Reason => ({
  rule: 'config.empty',
  message: text('The file is empty.', 'ファイルが空です。'),
  remedy: text(
    'Start from the example in docs/configuration.md.',
    'docs/configuration.ja.md の例から始めてください。',
  ),
  place: { file, line: 1, column: 1 },
});

export const bombReason = (place: SourcePlace): Reason => ({
  rule: 'config.expands-too-far',
  message: text(
    'Aliases or nesting in the file expand too far.',
    'エイリアスの展開、または入れ子が大きすぎます。',
  ),
  remedy: text(
    'Write the values out instead of repeating them by `*alias`.',
    '`*エイリアス` を使わず、値をそのまま書いてください。',
  ),
  place,
});

export const badMerge = (place: SourcePlace): Reason => ({
  rule: 'config.merge',
  message: text('`<<` merges mappings only.', '`<<` で取り込めるのはマッピングだけです。'),
  remedy: text(
    'Name a mapping by `*alias`, or write its keys out.',
    'マッピングを `*エイリアス` で指定するか、キーをそのまま書いてください。',
  ),
  place,
});

export const unknownAlias = (place: SourcePlace): Reason => ({
  rule: 'config.unknown-alias',
  message: text(
    'No `&anchor` before this has that name.',
    'これより前に同じ名前の `&アンカー` がありません。',
  ),
  remedy: text(
    'Put a value that begins with `*` in quotes, or correct the alias.',
    '`*` で始まる値は引用符で囲んでください。エイリアスなら名前を直してください。',
  ),
  place,
});

/** What a YAML parser's error means to the person who wrote the file. */
export function syntaxReason(error: YAMLError, place: SourcePlace): Reason {
  switch (error.code) {
    case 'DUPLICATE_KEY':
      return {
        rule: 'config.duplicate-key',
        message: text('This key stands twice in one mapping.', '同じキーが二度書かれています。'),
        remedy: text('Remove one, or merge the two.', 'どちらかを削除するか、一つにまとめてください。'),
        place,
      };
    case 'TAB_AS_INDENT':
      return {
        rule: 'config.tab',
        message: text('YAML is indented with spaces, not tabs.', 'YAML のインデントにタブは使えません。'),
        remedy: text('Replace the tab by spaces.', 'タブを空白に置き換えてください。'),
        place,
      };
    case 'MULTIPLE_DOCS':
      return {
        rule: 'config.several-documents',
        message: text('The file holds more than one YAML document.', 'YAML ドキュメントが複数あります。'),
        remedy: text('Remove the `---` and what follows.', '`---` とそれ以降を削除してください。'),
        place,
      };
    case 'RESOURCE_EXHAUSTION':
      return bombReason(place);
    case 'TAG_RESOLVE_FAILED':
      return {
        rule: 'config.tag',
        message: text('YAML tags are not used here.', 'YAML のタグは使えません。'),
        remedy: text(
          'Remove the `!…`, or put the value in quotes.',
          '`!…` を削除するか、値を引用符で囲んでください。',
        ),
        place,
      };
    default:
      return {
        rule: 'config.syntax',
        message: text(`This is not YAML (${error.code}).`, `YAML として読めません(${error.code})。`),
        remedy: text(
          'Check indentation, colons, quotes and brackets at this place.',
          'この位置のインデント、コロン、引用符、括弧を確認してください。',
        ),
        place,
      };
  }
}
