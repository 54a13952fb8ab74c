import { err, ok, type Problem, type Result } from '#core-values';
import { type ConfigSource, configProblem, loadConfig } from '#platform';
import { type Configuration, configurationSchema, resolveConfiguration } from './core/index.ts';

/** Reads `sekisho.yaml`. Errors are `bad-config`, each reason with its place in the file. */
export function loadConfiguration(source: ConfigSource): Result<Configuration, Problem> {
  const loaded = loadConfig(source, configurationSchema);
  if (!loaded.ok) return loaded;
  const resolved = resolveConfiguration(loaded.value.value, loaded.value.placeOf);
  return resolved.ok ? ok(resolved.value) : err(configProblem(resolved.error, source.file));
}
