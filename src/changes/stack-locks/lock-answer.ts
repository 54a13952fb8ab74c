import type { StackAnswer } from '../core/api.ts';
import type { StackLock } from '../store/stack-locks.ts';

/** A lock as people see it. */
export const lockAnswerOf = ({
  repositoryId,
  repositoryName,
  pullRequest,
  since,
  byWhom,
  grant,
}: StackLock): NonNullable<StackAnswer['lock']> => ({
  repository: { id: repositoryId, name: repositoryName },
  pullRequest,
  since: new Date(since).toISOString(),
  byWhom,
  grant,
});
