import type { GrantId } from '#core-values';

/** Sorts beside the team's own policies and says whose it is; an id in it makes it one grant's. */
export const revocationPolicyName = (grant: GrantId): string => `SekishoRevoked-${grant}`;

/**
 * Denies everything to one session of the role, and to no other: `aws:userid` is the role's id and the session's name, which is
 * the grant's id and never used again. Policies of a role are checked at every request, so it takes hold of credentials that
 * are out already.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
 */
export const revocationPolicy = (assumedRoleId: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Deny',
        Action: '*',
        Resource: '*',
        Condition: { StringEquals: { 'aws:userid': assumedRoleId } },
      },
    ],
  });
