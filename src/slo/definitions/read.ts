import { err, ok, type Problem, problem, type Reason, type Result } from '#core-values';
import { type ConfigDocument, type ConfigSource, configProblem, readDocuments } from '#platform';
import type { NodePath } from '#platform/core';
import { type PlacedDefinition, readDefinition, type WrittenDocument } from '#slo/core';

/** Reads files of OpenSLO documents and screens, parted by `---` or in a list: every mistake of all files at once, as `bad-config`. */
export function readDefinitions(
  sources: readonly ConfigSource[],
): Result<readonly PlacedDefinition[], Problem> {
  const reasons: Reason[] = [];
  const definitions: PlacedDefinition[] = [];
  for (const source of sources) {
    const read = readDefinitionFile(source);
    if (read.ok) definitions.push(...read.value);
    else reasons.push(...read.error.reasons);
  }
  const [first, ...more] = reasons;
  return first === undefined ? ok(definitions) : err(problem('bad-config', first, ...more));
}

function readDefinitionFile(source: ConfigSource): Result<readonly PlacedDefinition[], Problem> {
  const documents = readDocuments(source);
  if (!documents.ok) return documents;
  const results = documents.value.flatMap(partsOf).map(readDefinition);
  const reasons = results.flatMap((result) => (result.ok ? [] : result.error));
  if (reasons.length > 0) return err(configProblem(reasons, source.file));
  return ok(results.flatMap((result) => (result.ok ? [result.value] : [])));
}

/** A document, or each of a list of them, as OpenSLO's own tools read them. */
export function partsOf({ value, placeOf, writtenAt }: ConfigDocument): readonly WrittenDocument[] {
  if (!Array.isArray(value)) return [{ value, placeOf, writtenAt }];
  return value.map((part: unknown, index) => {
    const within = (path: NodePath): NodePath => [index, ...path];
    return {
      value: part,
      placeOf: (path, which) => placeOf(within(path), which),
      writtenAt: (path) => writtenAt(within(path)),
    };
  });
}
