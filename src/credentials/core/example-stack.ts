import {
  type AccountName,
  type ExternalId,
  type Issuer,
  type IssuerName,
  parseRefGlob,
  parseWorkflowRef,
  type RefGlob,
  type Region,
  type RoleArn,
  type Stack,
} from '#accounts/core';
import { epochMs, parseAccountId, parseStackName, type TeamName } from '#core-values';
import type { WorkloadIdentity } from './workload-identity.ts';

/** A stack, its issuer and a job that it trusts: what the tests of this room start from. */
export const EXAMPLE_ISSUER: Issuer = {
  name: 'github' as IssuerName,
  kind: 'github-actions',
  url: 'https://token.actions.example',
  audience: 'sekisho.shop.example',
};

const defined = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('the example is not of its own form');
  return value;
};

const glob = (words: string): RefGlob => defined(parseRefGlob(words));

export const EXAMPLE_STACK: Stack = {
  name: defined(parseStackName('web-production')),
  repository: {
    issuer: EXAMPLE_ISSUER,
    id: '700100' as ExternalId,
    ownerId: '900' as ExternalId,
    name: 'shop/infra',
  },
  path: 'stacks/web',
  account: {
    id: defined(parseAccountId('444444444444')),
    name: 'production' as AccountName,
    environment: 'production',
  },
  region: 'ap-northeast-1' as Region,
  planRole: 'arn:aws:iam::444444444444:role/sekisho/plan' as RoleArn,
  applyRole: 'arn:aws:iam::444444444444:role/sekisho/apply' as RoleArn,
  workflow: defined(parseWorkflowRef('shop/infra/.github/workflows/terraform.yml@refs/heads/main')),
  workflowSha: 'c'.repeat(40),
  plan: { events: ['pull_request', 'push'], refs: [glob('refs/pull/*/merge'), glob('refs/heads/main')] },
  apply: {
    when: 'after-merge',
    events: ['push'],
    refs: [glob('refs/heads/main')],
    environment: 'production',
  },
  approval: { team: 'sre' as TeamName, accept: ['signature'] },
  dependsOn: [],
  allow: { providers: [], modules: [], provisioners: [], accounts: [] },
};

export const EXAMPLE_IDENTITY: WorkloadIdentity = {
  issuer: EXAMPLE_ISSUER.url,
  issuerName: EXAMPLE_ISSUER.name,
  kind: 'github-actions',
  repositoryId: '700100',
  ownerId: '900',
  repositoryName: 'shop/infra',
  ref: 'refs/heads/main',
  commit: 'a'.repeat(40),
  workflowRef: EXAMPLE_STACK.workflow,
  workflowSha: 'c'.repeat(40),
  event: 'push',
  environment: 'production',
  runId: '31',
  runNumber: 7,
  runSeries: 'shop/infra/.github/workflows/change.yml',
  runAttempt: 1,
  job: '5501',
  actorId: '42',
  actorName: 'hanako',
  jti: 'jti-1',
  expiresAt: epochMs(1_800_000_300_000),
  tokenSha256: 'e'.repeat(64),
};
