import { text } from '#core-values';
import type { ParsedConfigFile } from './core/file/configuration.ts';
import type { ConfigFile } from './core/file/entries.ts';
import { type JsonTree, parseJsonText } from './core/file/json-text.ts';
import { refuse } from './core/file/refusal.ts';
import { hclParser } from './hcl/index.ts';

/**
 * Parses a plan file's configuration with HashiCorp's own HCL parser, started only when there is HCL to read, and JSON
 * files strictly by our own. What does not parse is refused: it could hide a provisioner. Rejects with a refusal.
 */
export function parseConfigFiles(files: readonly ConfigFile[]): Promise<readonly ParsedConfigFile[]> {
  return Promise.all(
    files.map(async ({ module, name, source }) => {
      const shown = module === '' ? name : `module ${module}: ${name}`;
      const body = name.endsWith('.json') ? parseJsonText(source, shown) : await parseHcl(source, shown);
      return { module, name, body, source };
    }),
  );
}

/**
 * HashiCorp's parser takes up to 500 bytes of memory for a byte of source, and some 10 seconds for a million of them: many times what
 * people write in one file.
 */
const MOST_CHARACTERS = 1_000_000;

/** HCL in HCL's JSON form; expressions are strings `${…}`. Rejects with a refusal. */
export async function parseHcl(source: string, file: string): Promise<JsonTree> {
  // Most lock files of stacks without providers are a comment alone, not worth loading a parser for.
  if (/^(?:\s|#[^\n]*(?:\n|$))*$/.test(source)) return new Map();
  if (source.length > MOST_CHARACTERS) refuseLength(file);
  const parse = hclParser();
  try {
    // Through text, so that objects become Maps like all other JSON here; and through JavaScript's numbers, as ever:
    // other digits would be another fingerprint.
    return parseJsonText(JSON.stringify(JSON.parse(await parse(file, source))), file);
  } catch (thrown) {
    return refuseHcl(file, thrown instanceof Error ? thrown.message : '');
  }
}

function refuseLength(file: string): never {
  return refuse(
    'configuration-too-large',
    text(
      `A file of the configuration in the plan file is longer than ${MOST_CHARACTERS} characters: ${file}.`,
      `プランファイル内の構成ファイルが ${MOST_CHARACTERS} 文字を超えています: ${file}。`,
    ),
    text(
      'Split it into several files, and move large data out of it (`file()`, `jsondecode(file(…))`); then make the plan again.',
      'ファイルを分割し、大きなデータは別ファイルに移して(`file()`、`jsondecode(file(…))`)、プランを作り直してください。',
    ),
    { file },
  );
}

function refuseHcl(file: string, message: string): never {
  // `parse config: [main.tf:2,9-3,1: Invalid block definition; …]`: the place is safe to repeat, the words may quote source.
  const [, line, column] = /:([0-9]+),([0-9]+)-/.exec(message) ?? [];
  const place = line === undefined ? { file } : { file, line: Number(line), column: Number(column) };
  const at = line === undefined ? '' : `:${line}:${column}`;
  return refuse(
    'bad-configuration',
    text(
      `The configuration in the plan file does not parse: ${file}${at}.`,
      `プランファイル内の構成を解析できません: ${file}${at}。`,
    ),
    text(
      'Run `terraform validate`, then make the plan again.',
      '`terraform validate` を実行してから、プランを作り直してください。',
    ),
    place,
  );
}
