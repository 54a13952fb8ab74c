import { err, ok, type Problem, type Result } from '#core-values';
import {
  type ConfigSource,
  type ConfigWatch,
  configProblem,
  loadConfig,
  readConfigFile,
  watchConfig,
} from '#platform';
import { type Configuration, configurationSchema, resolveConfiguration } from './core/index.ts';

/** Reads the text of a `sekisho.yaml`. Errors are `bad-config`, each reason with its place in the file. */
export function loadConfiguration(source: ConfigSource): Result<Configuration, Problem> {
  const loaded = loadConfig(source, configurationSchema);
  if (!loaded.ok) return loaded;
  const resolved = resolveConfiguration(loaded.value.value, loaded.value.placeOf);
  return resolved.ok ? ok(resolved.value) : err(configProblem(resolved.error, source.file));
}

/** Reads the file; one that cannot be read is `bad-config` too. */
export async function loadConfigurationFile(file: string): Promise<Result<Configuration, Problem>> {
  const source = await readConfigFile(file);
  return source.ok ? loadConfiguration(source.value) : source;
}

export interface ConfigurationWatchOptions {
  readonly file: string;
  readonly initial: Configuration;
  readonly onChange: (configuration: Configuration) => void;
  /** The new file is bad; the configuration in force stays. */
  readonly onRefused: (problem: Problem) => void;
}

/** Follows the file. Changes of `server` are announced as well, but need a restart to take effect. */
export const watchConfiguration = (options: ConfigurationWatchOptions): ConfigWatch<Configuration> =>
  watchConfig({
    ...options,
    load: () => loadConfigurationFile(options.file),
    same: (a, b) => JSON.stringify(a) === JSON.stringify(b),
  });
