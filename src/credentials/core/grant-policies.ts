import { type GrantId, parseGrantId } from '#core-values';

/** Where the policies of grants are in an account; no session policy of a grant reaches it. */
export const GRANT_POLICY_PATH = '/sekisho/';

/** `grt_…-1`, counted from one: whose policy it is stands in its name. */
export const grantPolicyName = (grant: GrantId, number: number): string => `${grant}-${number}`;

/** The grant of a policy's name; `undefined` for a policy that is none of a grant's. */
export const grantOfPolicyName = (name: string): GrantId | undefined =>
  parseGrantId(/^(.+)-[1-9]\d?$/.exec(name)?.[1] ?? '');

/** ARNs of a grant's managed policies, in the account of its role. */
export function grantPolicyArns(grant: GrantId, roleArn: string, count: number): readonly string[] {
  const [, partition, , , account] = roleArn.split(':');
  return Array.from(
    { length: count },
    (_, at) => `arn:${partition}:iam::${account}:policy${GRANT_POLICY_PATH}${grantPolicyName(grant, at + 1)}`,
  );
}
