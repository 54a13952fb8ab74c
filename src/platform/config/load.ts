import type { z } from 'zod';
import { err, ok, type Problem, problem, type Reason, type Result, text } from '#core-values';
import { type PlaceOf, reasonsOf } from '../core/index.ts';
import { type ConfigSource, readDocument } from './document.ts';

export interface LoadedConfig<T> {
  readonly value: T;
  /** For cross-checks after the schema. */
  readonly placeOf: PlaceOf;
}

/** Reads YAML and holds it against a schema: every fault at once, in the order of the file. */
export function loadConfig<Schema extends z.ZodType>(
  source: ConfigSource,
  schema: Schema,
): Result<LoadedConfig<z.output<Schema>>, Problem> {
  const document = readDocument(source);
  if (!document.ok) return document;
  const { value: input, placeOf, writtenAt } = document.value;
  const parsed = schema.safeParse(input);
  if (parsed.success) return ok({ value: parsed.data, placeOf });
  return err(
    configProblem(
      reasonsOf(parsed.error.issues, { schema, input, ruleRoom: 'config', placeOf, writtenAt }),
      source.file,
    ),
  );
}

/** One `bad-config` problem of many reasons, in the order of the file. */
export function configProblem(reasons: readonly Reason[], file: string): Problem {
  const [first, ...more] = reasons.toSorted(byPlace);
  return problem('bad-config', first ?? unexplained(file), ...more);
}

const byPlace = (a: Reason, b: Reason): number =>
  (a.place?.line ?? 0) - (b.place?.line ?? 0) || (a.place?.column ?? 0) - (b.place?.column ?? 0);

const unexplained = (file: string): Reason => ({
  rule: 'config.refused',
  message: text('The file was refused.', 'ファイルを受け付けられません。'),
  remedy: text('Compare it with the reference.', 'リファレンスを確認してください。'),
  place: { file },
});
