import type { Region, RoleArn } from '#accounts/core';
import type { RolePolicy } from './revocation.ts';
import type { SessionRequest } from './sts.ts';

/** IAM is one service a partition, in this region. https://docs.aws.amazon.com/general/latest/gr/iam-service.html */
const IAM_REGIONS: Readonly<Record<string, Region>> = {
  aws: 'us-east-1' as Region,
  'aws-cn': 'cn-north-1' as Region,
  'aws-us-gov': 'us-gov-west-1' as Region,
};

export const iamRegionOf = (roleArn: string): Region =>
  IAM_REGIONS[roleArn.split(':')[1] ?? ''] ?? ('us-east-1' as Region);

const SHORTEST_SECONDS = 900;

/** A session of the role that revokes which can do one call on one role: AWS's shortest, named after the grant it ends. */
export const revocationSessionRequest = (
  { account, roleArn, grant, stack }: RolePolicy,
  revokeRole: RoleArn,
  action: 'iam:PutRolePolicy' | 'iam:DeleteRolePolicy',
): SessionRequest => ({
  purpose: 'revoke',
  stack,
  account,
  roleArn: revokeRole,
  region: iamRegionOf(roleArn),
  sessionName: `revoke-${grant}`,
  sourceIdentity: 'sekisho',
  tags: { 'sekisho:grant': grant, 'sekisho:purpose': 'revoke' },
  sessionPolicy: JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: action, Resource: roleArn }],
  }),
  managedPolicyArns: [],
  durationSeconds: SHORTEST_SECONDS,
});
