import { type AccountId, err, ok, type Problem } from '#core-values';
import { grantPolicyName } from './core/grant-policies.ts';
import type { GrantPolicyPort } from './grant-policies.ts';

/** For tests: keeps the managed policies that AWS would. */
export interface InMemoryGrantPolicies extends GrantPolicyPort {
  /** Documents by `ACCOUNT NAME`. */
  readonly policies: ReadonlyMap<string, string>;
  /** As before the first. */
  clear(): void;
  /** Answers this to everything, until `undefined`. */
  failWith(failure: Problem | undefined): void;
}

export function inMemoryGrantPolicies(): InMemoryGrantPolicies {
  const policies = new Map<string, string>();
  let failure: Problem | undefined;
  const key = (account: AccountId, name: string): string => `${account} ${name}`;
  return {
    policies,
    clear: () => policies.clear(),
    failWith: (why) => {
      failure = why;
    },
    create: async ({ account, grant }, documents) => {
      if (failure !== undefined) return err(failure);
      for (const [at, document] of documents.entries())
        policies.set(key(account, grantPolicyName(grant, at + 1)), document);
      return ok(undefined);
    },
    remove: async ({ account, grant }, count) => {
      if (failure !== undefined) return err(failure);
      for (let at = 1; at <= count; at += 1) policies.delete(key(account, grantPolicyName(grant, at)));
      return ok(undefined);
    },
    list: async (account) => {
      if (failure !== undefined) return err(failure);
      const names = [...policies.keys()].map((one) => one.split(' '));
      return ok(names.flatMap(([owner, name]) => (owner === account && name !== undefined ? [name] : [])));
    },
  };
}
