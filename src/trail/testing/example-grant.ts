import type { Region, RoleArn } from '#accounts/core';
import { epochMs, type GrantId, type PersonName, type StackName } from '#core-values';
import type { Grant } from '#credentials/core';

const GRANT = 'grt_00000000-0000-7000-8000-000000000001' as GrantId;

/** The grant that the golden records' sessions carry. */
export const exampleGrant: Grant = {
  id: GRANT,
  purpose: 'apply',
  status: 'issued',
  stack: 'web-production' as StackName,
  account: '444444444444' as Grant['account'],
  region: 'ap-northeast-1' as Region,
  roleArn: 'arn:aws:iam::444444444444:role/sekisho/apply' as RoleArn,
  approvers: ['hanako' as PersonName, 'taro' as PersonName],
  job: {
    issuer: 'https://token.actions.githubusercontent.com',
    repositoryId: '1001',
    repositoryName: 'shop/infra',
    commit: 'a'.repeat(40),
    workflowRef: 'shop/infra/.github/workflows/terraform.yml@refs/heads/main',
    runId: '1',
    runAttempt: 1,
    actorId: '501',
    actorName: 'alice',
    tokenSha256: 'b'.repeat(64),
  },
  sessionName: GRANT,
  sourceIdentity: 'hanako,taro',
  sessionPolicy: '{}',
  managedPolicyArns: [],
  durationSeconds: 3600,
  requestedAt: epochMs(Date.UTC(2026, 10, 2, 3)),
  assumedRoleId: `AROAEXAMPLE:${GRANT}`,
};
