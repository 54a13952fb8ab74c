import { type Provider, provider } from '#accounts';
import type { ServerSettings } from '#accounts/core';
import { ok, type Problem, type Result } from '#core-values';
import type { Logger } from '#platform';
import { type Environment, readSecret } from './environment.ts';

/** The providers of `server.signIn`, each with its client secret; one that is not there is found at the start. */
export async function buildProviders(
  { signIn = [] }: ServerSettings,
  environment: Environment,
  logger: Logger,
): Promise<Result<readonly Provider[], Problem>> {
  const providers: Provider[] = [];
  for (const { clientSecret: source, ...settings } of signIn) {
    const clientSecret = await readSecret(source, environment);
    if (!clientSecret.ok) return clientSecret;
    const onFault = (why: string): void =>
      logger.warn('A provider signed nobody in', { provider: settings.name, why });
    providers.push(provider({ settings, clientSecret: clientSecret.value, fetch, onFault }));
  }
  return ok(providers);
}
