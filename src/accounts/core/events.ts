import { type Text, text } from '#core-values';
import type { IssuerKind } from './model.ts';

interface EventTable {
  /** Of jobs that may plan, when the stack does not say. */
  readonly planDefault: readonly string[];
  readonly applyDefault: readonly string[];
  readonly planRefsDefault: readonly string[];
  readonly known: readonly string[];
  /** May plan but never apply: they run on what nobody has merged. */
  readonly planOnly: readonly string[];
  /** Never trusted, with the reason. */
  readonly refused: Readonly<Record<string, Text>>;
}

const FOREIGN_CODE = text(
  'it runs with the trust of the base branch on code from anywhere',
  'ベースブランチの信頼のまま、外部のコードを実行できてしまうため',
);

/**
 * Sources, 2026-11: GitHub "Events that trigger workflows"; GitLab "CI/CD predefined variables", CI_PIPELINE_SOURCE.
 */
export const EVENTS: Readonly<Record<IssuerKind, EventTable>> = {
  'github-actions': {
    planDefault: ['pull_request', 'merge_group', 'push', 'workflow_dispatch', 'schedule'],
    applyDefault: ['push', 'workflow_dispatch'],
    planRefsDefault: ['refs/pull/*/merge'],
    known: [
      'pull_request',
      'push',
      'workflow_dispatch',
      'schedule',
      'merge_group',
      'release',
      'deployment',
      'repository_dispatch',
    ],
    planOnly: ['pull_request', 'merge_group'],
    refused: {
      pull_request_target: FOREIGN_CODE,
      workflow_run: FOREIGN_CODE,
      issue_comment: FOREIGN_CODE,
    },
  },
  gitlab: {
    planDefault: ['merge_request_event', 'push', 'web', 'schedule'],
    applyDefault: ['push', 'web'],
    planRefsDefault: ['refs/merge-requests/*/head', 'refs/merge-requests/*/merge'],
    known: [
      'merge_request_event',
      'push',
      'web',
      'schedule',
      'api',
      'trigger',
      'pipeline',
      'parent_pipeline',
    ],
    planOnly: ['merge_request_event'],
    refused: { external_pull_request_event: FOREIGN_CODE },
  },
};
