import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Problem, problem, type Reason, type Result, text } from '#core-values';
import { type ConfigSource, readConfigFile } from '#platform';
import { type Definitions, type PlacedDefinition, resolveDefinitions } from '#slo/core';
import { readDefinitions } from './read.ts';

const DEFINITIONS = /\.ya?ml$/;
const isHidden = (path: string): boolean => path.split('/').some((part) => part.startsWith('.'));

/** Definitions as they were read, and what they mean together. */
export interface ReadFolder {
  readonly files: readonly string[];
  readonly documents: readonly PlacedDefinition[];
  readonly definitions: Definitions;
}

/** Reads a file of definitions, or all `*.yaml` and `*.yml` below a folder: every mistake of all of them at once. */
export async function readDefinitionFolder(path: string): Promise<Result<ReadFolder, Problem>> {
  const files = await definitionFiles(path);
  if (!files.ok) return files;
  const read = await Promise.all(files.value.map(readConfigFile));
  const reasons: Reason[] = read.flatMap((result) => (result.ok ? [] : result.error.reasons));
  const sources: ConfigSource[] = read.flatMap((result) => (result.ok ? [result.value] : []));
  const documents = readDefinitions(sources);
  if (!documents.ok) reasons.push(...documents.error.reasons);
  const [first, ...more] = reasons;
  if (first !== undefined) return err(problem('bad-config', first, ...more));
  if (!documents.ok) return documents;
  const definitions = resolveDefinitions(documents.value);
  if (!definitions.ok) return definitions;
  return ok({ files: files.value, documents: documents.value, definitions: definitions.value });
}

async function definitionFiles(path: string): Promise<Result<readonly string[], Problem>> {
  try {
    if (!(await stat(path)).isDirectory()) return ok([path]);
    const below = (await readdir(path, { recursive: true })).filter(
      (name) => DEFINITIONS.test(name) && !isHidden(name),
    );
    return below.length === 0 ? err(noDefinitions(path)) : ok(below.sort().map((name) => join(path, name)));
  } catch {
    return err(nothingThere(path));
  }
}

const WRITE_ONE = text(
  'Write one: docs/slo.md shows how, and `sekisho slo suggest` proposes some from your logs.',
  '定義を書いてください。書き方は docs/slo.ja.md にあり、`sekisho slo suggest` はログから定義を提案します。',
);

const noDefinitions = (path: string): Problem =>
  problem('bad-config', {
    rule: 'slo.no-definitions',
    message: text(`There is no definition (*.yaml) in ${path}.`, `${path} に定義(*.yaml)がありません。`),
    remedy: WRITE_ONE,
  });

const nothingThere = (path: string): Problem =>
  problem('bad-config', {
    rule: 'slo.no-definitions',
    message: text(`There is no folder or file ${path}.`, `${path} というフォルダーもファイルもありません。`),
    remedy: WRITE_ONE,
  });
