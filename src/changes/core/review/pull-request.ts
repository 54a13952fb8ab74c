/** Events of pull and merge requests: there the run's actor is who pushed the change, elsewhere perhaps who merged it. */
const PROPOSING_EVENTS: readonly string[] = ['pull_request', 'merge_request_event'];

/** Whether jobs of the event run on what a pull request proposes, by a ref that only the issuer writes. */
export const isProposing = (event: string): boolean => PROPOSING_EVENTS.includes(event);

export interface Proposed {
  readonly pullRequest: number;
  /** Whether the job's commit is the pull request's own, or the merge of it into its base. */
  readonly at: 'head' | 'merge';
}

const REF = /^refs\/(?:pull|merge-requests)\/([1-9][0-9]{0,9})\/(head|merge)$/;

/** The pull request that a ref belongs to: `refs/pull/7/merge`, `refs/merge-requests/7/head`. */
export function proposedBy(ref: string): Proposed | undefined {
  const [, number, at] = REF.exec(ref) ?? [];
  return number === undefined
    ? undefined
    : { pullRequest: Number(number), at: at === 'head' ? 'head' : 'merge' };
}
