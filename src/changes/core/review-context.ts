import type { Stack } from '#accounts/core';
import type { ReviewContext } from '#plan/core';

/** What the configuration and the last apply say a plan of this stack should look like. */
export const reviewContext = (
  stack: Stack,
  knownState: { readonly lineage: string; readonly serial: number } | undefined,
): ReviewContext => ({
  environment: stack.account.environment,
  account: stack.account.id,
  region: stack.region,
  ...(knownState === undefined ? {} : { expectedState: knownState }),
  allowed: {
    providers: stack.allow.providers,
    modules: stack.allow.modules,
    provisioners: stack.allow.provisioners,
    accounts: stack.allow.accounts.map(({ id }) => id),
  },
});
