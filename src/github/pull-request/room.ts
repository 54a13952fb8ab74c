import type { Stack } from '#accounts/core';
import type { ChangesRoom } from '#changes';
import type { Language } from '#core-values';
import { hostOfIssuer } from '../api/host.ts';
import type { GitHubConnections, RepositoryAt } from '../api/port.ts';
import type { BlobTexts } from './blob-texts.ts';

/** What showing things on GitHub stands on; `main/` puts it together. */
export interface PullRequestRoom {
  readonly changes: ChangesRoom;
  readonly connections: GitHubConnections;
  readonly blobs: BlobTexts;
}

/** The stacks that `sekisho.yaml` has in a repository of GitHub. */
export const stacksAt = (room: PullRequestRoom, at: RepositoryAt): readonly Stack[] =>
  room.changes
    .organization()
    .stacks.filter(
      ({ repository }) =>
        repository.issuer.kind === 'github-actions' &&
        repository.id === at.id &&
        hostOfIssuer(repository.issuer.url) === at.host,
    );

/** As the first stack of the repository that names one says. */
export const languageOf = (stacks: readonly Stack[]): Language =>
  stacks.map(({ repository }) => repository.language).find((language) => language !== undefined) ?? 'en';

const COMMAND_WORKFLOW = 'change.yml';

/** The workflow that commands start, of the default branch. */
export const commandWorkflowOf = (stacks: readonly Stack[]): string =>
  stacks.map(({ repository }) => repository.commandWorkflow).find((file) => file !== undefined) ??
  COMMAND_WORKFLOW;
