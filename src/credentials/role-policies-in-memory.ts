import { err, ok, type Problem } from '#core-values';
import type { RolePolicyPort } from './revocation.ts';

/** For tests: keeps the inline policies that AWS would. */
export interface InMemoryRolePolicies extends RolePolicyPort {
  /** Documents by `ROLE-ARN POLICY-NAME`. */
  readonly policies: ReadonlyMap<string, string>;
  /** Answers this to everything, until `undefined`. */
  failWith(failure: Problem | undefined): void;
}

export function inMemoryRolePolicies(): InMemoryRolePolicies {
  const policies = new Map<string, string>();
  let failure: Problem | undefined;
  const unless = async (act: () => void) => {
    if (failure !== undefined) return err(failure);
    act();
    return ok(undefined);
  };
  return {
    policies,
    failWith: (why) => {
      failure = why;
    },
    put: ({ roleArn, policyName }, document) =>
      unless(() => policies.set(`${roleArn} ${policyName}`, document)),
    remove: ({ roleArn, policyName }) => unless(() => policies.delete(`${roleArn} ${policyName}`)),
  };
}
