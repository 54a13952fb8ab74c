import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRefGlob } from '#accounts/core';
import { EXAMPLE_IDENTITY, EXAMPLE_STACK } from './example-stack.ts';
import { matchTrust } from './trust.ts';
import type { Purpose, WorkloadIdentity } from './workload-identity.ts';

const rulesOf = (identity: WorkloadIdentity, purpose: Purpose = 'apply', stack = EXAMPLE_STACK): string[] => {
  const outcome = matchTrust(stack, identity, purpose);
  return outcome.ok ? [] : outcome.error.map(({ rule }) => rule);
};

describe('trust in a job', () => {
  it('holds when every id, the workflow, the event, the ref and the environment match', () => {
    expect(rulesOf(EXAMPLE_IDENTITY)).toEqual([]);
  });

  it('lists everything that does not match, not only the first', () => {
    expect(
      rulesOf({
        ...EXAMPLE_IDENTITY,
        repositoryId: '1',
        ownerId: '2',
        event: 'schedule',
        ref: 'refs/heads/x',
      }),
    ).toEqual(['trust.repository', 'trust.owner', 'trust.event', 'trust.ref']);
  });

  it('goes by ids: a repository of the same name with another id is not trusted (attack 2)', () => {
    expect(rulesOf({ ...EXAMPLE_IDENTITY, repositoryId: '700101' })).toEqual(['trust.repository']);
  });

  it('goes by ids: a renamed repository with the same id stays trusted', () => {
    expect(rulesOf({ ...EXAMPLE_IDENTITY, repositoryName: 'shop/renamed' })).toEqual([]);
  });

  it('never matches an absent claim, whatever the rule asks (attack 3)', () => {
    const { environment: _, ...noEnvironment } = EXAMPLE_IDENTITY;
    const { workflowSha: __, ...noSha } = EXAMPLE_IDENTITY;
    expect(rulesOf(noEnvironment)).toEqual(['trust.environment']);
    expect(rulesOf(noSha)).toEqual(['trust.workflow-sha']);
    const nothing = { ...EXAMPLE_IDENTITY, ref: '', event: '', repositoryId: '', ownerId: '', issuer: '' };
    expect(rulesOf(nothing)).toHaveLength(5);
  });

  it('trusts a pull request to plan and not to apply', () => {
    const pullRequest = { ...EXAMPLE_IDENTITY, event: 'pull_request', ref: 'refs/pull/7/merge' };
    expect(rulesOf(pullRequest, 'plan')).toEqual([]);
    expect(rulesOf(pullRequest, 'apply')).toEqual(['trust.event', 'trust.ref']);
    expect(rulesOf(pullRequest, 'operate')).toEqual(['trust.event', 'trust.ref']);
  });

  describe('of a merge queue', () => {
    const queue = ['refs/pull/*/merge', 'refs/heads/main', 'refs/heads/gh-readonly-queue/main/pr-*'];
    const events = ['pull_request', 'merge_group', 'push', 'workflow_dispatch', 'schedule'];
    const trusting: typeof EXAMPLE_STACK = {
      ...EXAMPLE_STACK,
      plan: { events, refs: queue.flatMap((ref) => parseRefGlob(ref) ?? []) },
    };
    const group = {
      ...EXAMPLE_IDENTITY,
      event: 'merge_group',
      ref: `refs/heads/gh-readonly-queue/main/pr-7-${'a'.repeat(40)}`,
    };

    it('lets a merge group plan, and nothing of it apply', () => {
      expect(rulesOf(group, 'plan', trusting)).toEqual([]);
      expect(rulesOf(group, 'apply', trusting)).toEqual(['trust.event', 'trust.ref']);
      expect(rulesOf(group, 'operate', trusting)).toEqual(['trust.event', 'trust.ref']);
    });

    it('trusts no queue of another branch, nor a branch that only looks like one', () => {
      for (const ref of [
        'refs/heads/gh-readonly-queue/develop/pr-7-a',
        'refs/heads/gh-readonly-queue/main/evil',
        'refs/heads/gh-readonly-queue/main/pr-7/evil',
      ])
        expect(rulesOf({ ...group, ref }, 'plan', trusting)).toEqual(['trust.ref']);
      for (const ref of [
        'refs/heads/gh-readonly-queue-2/main/pr-7-a',
        'refs/tags/gh-readonly-queue/main/pr-7-a',
        '',
      ])
        expect(rulesOf({ ...group, ref }, 'plan', trusting)).toEqual(['trust.ref', 'trust.merge-queue']);
    });

    it('trusts merge_group nowhere else, and nothing else there: a push to its branch, or a run by hand', () => {
      for (const ref of ['refs/heads/main', 'refs/pull/7/merge'])
        expect(rulesOf({ ...group, ref }, 'plan', trusting)).toEqual(['trust.merge-queue']);
      for (const event of events.filter((one) => one !== 'merge_group'))
        expect(rulesOf({ ...group, event }, 'plan', trusting)).toEqual(['trust.merge-queue']);
    });

    it('applies nothing from there, even when configured', () => {
      const careless = { ...trusting, apply: { ...trusting.apply, refs: trusting.plan.refs } };
      expect(rulesOf({ ...group, event: 'push' }, 'apply', careless)).toEqual(['trust.merge-queue']);
    });

    it('goes by the same workflow and ids as any job', () => {
      expect(rulesOf({ ...group, repositoryId: '1' }, 'plan', trusting)).toEqual(['trust.repository']);
      const workflowRef = {
        ...group.workflowRef,
        text: `shop/infra/.github/workflows/terraform.yml@${group.ref}`,
      };
      expect(rulesOf({ ...group, workflowRef }, 'plan', trusting)).toEqual(['trust.workflow']);
    });
  });

  it('never trusts an event that runs a fork’s code with the repository’s identity, even when configured', () => {
    const careless = {
      ...EXAMPLE_STACK,
      plan: { ...EXAMPLE_STACK.plan, events: ['pull_request_target'] },
    };
    const fork = { ...EXAMPLE_IDENTITY, event: 'pull_request_target' };
    expect(rulesOf(fork, 'plan', careless)).toEqual(['trust.event-never']);
  });

  it('refuses another workflow file, another ref of it, and a reference that only contains the trusted one (attack 4)', () => {
    for (const reference of [
      'shop/infra/.github/workflows/other.yml@refs/heads/main',
      'shop/infra/.github/workflows/terraform.yml@refs/heads/develop',
      'shop/infra/.github/workflows/terraform.yml@refs/heads/main-2',
      'evil/x/.github/workflows/y.yml@refs/heads/shop/infra/.github/workflows/terraform.yml@refs/heads/main',
    ]) {
      const workflowRef = { ...EXAMPLE_IDENTITY.workflowRef, text: reference };
      expect(rulesOf({ ...EXAMPLE_IDENTITY, workflowRef })).toEqual(['trust.workflow']);
    }
  });

  it('refuses a changed workflow when its commit is pinned (attack 13)', () => {
    expect(rulesOf({ ...EXAMPLE_IDENTITY, workflowSha: 'd'.repeat(40) })).toEqual(['trust.workflow-sha']);
  });

  it('refuses whatever differs in any one fact', () => {
    const field = fc.constantFrom(
      'issuer',
      'repositoryId',
      'ownerId',
      'event',
      'ref',
      'environment',
      'workflowSha',
    );
    fc.assert(
      fc.property(field, fc.string(), (name, value) => {
        fc.pre(value !== EXAMPLE_IDENTITY[name as 'ref']);
        expect(rulesOf({ ...EXAMPLE_IDENTITY, [name]: value })).not.toEqual([]);
      }),
    );
  });
});
