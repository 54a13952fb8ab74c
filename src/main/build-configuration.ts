import { dirname, join } from 'node:path';
import { type Configuration, loadConfigurationFile, watchConfiguration } from '#accounts';
import { ok, type Problem, type Result } from '#core-values';
import { type ConfigWatch, type Logger, watchConfig } from '#platform';
import { type PolicySet, policyFolderBeside, readPolicyFolder, readPolicyFolderOrDeny } from '#policy';
import type { Environment } from './environment.ts';

/** Configuration and policies in force; both follow their files, and a bad new version changes nothing. */
export interface BuiltConfiguration {
  readonly configuration: ConfigWatch<Configuration>;
  readonly policies: ConfigWatch<PolicySet>;
  /** Where the policies and their cases lie. */
  readonly policyFolder: string;
  /** Reads both now. */
  reload(): Promise<void>;
  stop(): void;
}

export interface ConfigurationEvents {
  readonly onChange: (file: string) => void;
  readonly onRefused: (file: string, problem: Problem) => void;
}

/** SEKISHO_POLICIES, else the folder `policies/` beside `sekisho.yaml`, else what Sekisho ships. */
export async function buildConfiguration(
  environment: Environment,
  logger: Logger,
  events: ConfigurationEvents,
): Promise<Result<BuiltConfiguration, Problem>> {
  const file = environment.configFile;
  const initial = await loadConfigurationFile(file);
  if (!initial.ok) return initial;
  const folder = environment.policyFolder ?? (await policyFolderBeside(dirname(file)));
  // With broken policies the server still runs, so that people can look; but it allows nothing.
  const policySet = await readPolicyFolderOrDeny(folder);
  for (const { rule, message } of policySet.kind === 'loaded' ? policySet.warnings : policySet.reasons) {
    logger.warn('Policies', {
      folder,
      rule,
      message: message.en,
      denyEverything: policySet.kind !== 'loaded',
    });
  }
  logger.info('Configuration and policies are in force', { file, folder });
  const configuration = watchConfiguration({
    file,
    initial: initial.value,
    onChange: () => events.onChange(file),
    onRefused: (problem) => events.onRefused(file, problem),
  });
  const policies = watchConfig<PolicySet, Problem>({
    file: join(folder, 'policies'),
    initial: policySet,
    load: () => readPolicyFolder(folder),
    same: (a, b) => a.kind === 'loaded' && b.kind === 'loaded' && a.policiesKey === b.policiesKey,
    onChange: () => events.onChange(folder),
    onRefused: (problem) => events.onRefused(folder, problem),
  });
  return ok({
    configuration,
    policies,
    policyFolder: folder,
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
