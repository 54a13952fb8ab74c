import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Configuration, loadConfigurationFile, watchConfiguration } from '#accounts';
import { ok, type Problem, type Result } from '#core-values';
import { type ConfigWatch, type Logger, watchConfig } from '#platform';
import { DEFAULT_POLICY_FOLDER, type PolicySet, readPolicyFolder } from '#policy';
import type { Environment } from './environment.ts';

/** Configuration and policies in force; both follow their files, and a bad new version changes nothing. */
export interface BuiltConfiguration {
  readonly configuration: ConfigWatch<Configuration>;
  readonly policies: ConfigWatch<PolicySet>;
  /** Reads both now. */
  reload(): Promise<void>;
  stop(): void;
}

export interface ConfigurationEvents {
  readonly onChange: (file: string) => void;
  readonly onRefused: (file: string, problem: Problem) => void;
}

/** The folder `policies/` beside `sekisho.yaml`, or what Sekisho ships where there is none. */
export async function buildConfiguration(
  environment: Environment,
  logger: Logger,
  events: ConfigurationEvents,
): Promise<Result<BuiltConfiguration, Problem>> {
  const file = environment.configFile;
  const initial = await loadConfigurationFile(file);
  if (!initial.ok) return initial;
  const folder = existsSync(environment.policyFolder) ? environment.policyFolder : DEFAULT_POLICY_FOLDER;
  const policySet = await readPolicyFolder(folder);
  if (!policySet.ok) return policySet;
  logger.info('Configuration and policies are in force', { file, folder });
  const configuration = watchConfiguration({
    file,
    initial: initial.value,
    onChange: () => events.onChange(file),
    onRefused: (problem) => events.onRefused(file, problem),
  });
  const policies = watchConfig<PolicySet, Problem>({
    file: join(folder, 'policies'),
    initial: policySet.value,
    load: () => readPolicyFolder(folder),
    same: (a, b) => a.kind === 'loaded' && b.kind === 'loaded' && a.policiesKey === b.policiesKey,
    onChange: () => events.onChange(folder),
    onRefused: (problem) => events.onRefused(folder, problem),
  });
  return ok({
    configuration,
    policies,
    reload: async () => {
      await configuration.reload();
      await policies.reload();
    },
    stop: () => {
      configuration.stop();
      policies.stop();
    },
  });
}
