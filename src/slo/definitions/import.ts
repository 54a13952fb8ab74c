import { ok, type Problem, type Reason, type Result, text } from '#core-values';
import { type ConfigSource, readDocuments } from '#platform';
import { type Imported, importDocuments } from '#slo/core';
import { partsOf } from './read.ts';

/** What shimesaba fills in before it reads YAML: `{{ must_env `NAME` }}`. Sloth's `{{.window}}` is no such thing. */
const TEMPLATE = /\{\{-?[ \t]*(?:must_env|env|json_escape)\b([^{}\n]*)\}\}/g;

/**
 * Reads a file of Sloth, shimesaba or OpenSLO. `bad-config` only where it is no YAML; what could not be carried over stands in
 * `left`, each with its line.
 */
export function importDefinitions(source: ConfigSource): Result<Imported, Problem> {
  const { bytes, left } = withoutTemplates(source);
  const documents = readDocuments({ ...source, bytes }, { merge: true });
  if (!documents.ok) return documents;
  const imported = importDocuments(documents.value.flatMap(partsOf));
  return ok({ definitions: imported.definitions, left: [...left, ...imported.left] });
}

/** The names of the variables stand in, as long as the templates were, so that lines and columns stay. */
function withoutTemplates({ file, bytes }: ConfigSource): {
  readonly bytes: Uint8Array;
  readonly left: readonly Reason[];
} {
  const left: Reason[] = [];
  // Bytes as characters: then lengths stay as well, whatever the file holds.
  const words = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  if (!words.includes('{{')) return { bytes, left };
  const replaced = words.replace(TEMPLATE, (template: string, rest: string, offset: number) => {
    const name = /[`"'](\w{1,100})[`"']/.exec(rest)?.[1] ?? 'template';
    left.push(filledIn(name, file, words.slice(0, offset)));
    return name.padEnd(template.length).slice(0, template.length);
  });
  return { bytes: Uint8Array.from(replaced, (character) => character.charCodeAt(0)), left };
}

function filledIn(name: string, file: string, before: string): Reason {
  const lines = before.split('\n');
  return {
    rule: 'import.template',
    message: text(
      `A template fills in ${name}, whose value is not known here.`,
      `テンプレートで ${name} が埋め込まれますが、値はここでは分かりません。`,
    ),
    remedy: text(
      'Replace the name by the value in the new documents, if it is used there.',
      '新しいドキュメントで使われていれば、名前を実際の値に置き換えてください。',
    ),
    place: { file, line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 },
  };
}
