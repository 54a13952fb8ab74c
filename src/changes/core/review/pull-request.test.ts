import { expect, test } from 'vitest';
import { isProposing, proposedBy } from './pull-request.ts';

test.each([
  ['refs/pull/7/merge', { pullRequest: 7, at: 'merge' }],
  ['refs/pull/7/head', { pullRequest: 7, at: 'head' }],
  ['refs/merge-requests/12/head', { pullRequest: 12, at: 'head' }],
  ['refs/merge-requests/12/merge', { pullRequest: 12, at: 'merge' }],
] as const)('%s belongs to a pull request', (ref, proposed) => {
  expect(proposedBy(ref)).toEqual(proposed);
});

test.each([
  'refs/heads/main',
  'refs/heads/refs/pull/7/merge',
  'refs/pull/7/merge/x',
  'refs/pull/07/merge',
  'refs/pull/0/merge',
  'refs/pull/7/other',
  'refs/pull/7/merge\n',
  'refs/tags/refs/pull/7/merge',
  'refs/heads/pull/7/merge',
  'refs/pull/99999999999/merge',
])('%j belongs to none', (ref) => {
  expect(proposedBy(ref)).toBeUndefined();
});

test('only pull and merge requests propose', () => {
  expect(['pull_request', 'merge_request_event'].every(isProposing)).toBe(true);
  expect(['push', 'workflow_dispatch', 'pull_request_target', 'merge_group', ''].some(isProposing)).toBe(
    false,
  );
});
