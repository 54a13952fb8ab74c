import { type Text, text } from '#core-values';
import type { PullRequestFacts, StackFacts } from './facts.ts';

/** An apply as GitHub shows it among a repository's deployments. */
export interface Deployment {
  /** Finds it again: a plan is applied once. */
  readonly plan: string;
  readonly environment: string;
  readonly isProduction: boolean;
  readonly commit: string;
  readonly state: 'in_progress' | 'success' | 'failure';
  /** At most 140 characters. */
  readonly description: string;
  readonly logUrl?: string;
}

const STATES = {
  granted: 'in_progress',
  applying: 'in_progress',
  applied: 'success',
  failed: 'failure',
} as const;

const WORDS: Readonly<Record<Deployment['state'], Text>> = {
  in_progress: text('Being applied', '適用中'),
  success: text('Applied', '適用済み'),
  failure: text('The apply failed', '適用失敗'),
};

/** One for each stack that was granted anything: before that, nothing was deployed. */
export const deploymentsOf = ({ stacks, language }: PullRequestFacts): readonly Deployment[] =>
  stacks.flatMap((stack) => {
    const state = stateOf(stack);
    const { plan, name, account } = stack;
    if (plan === undefined || state === undefined) return [];
    return [
      {
        plan: plan.id,
        environment: `${account.environment}/${name}`,
        isProduction: account.environment === 'production',
        commit: plan.details.commit,
        state,
        description: WORDS[state][language],
        ...(plan.runUrl === undefined ? {} : { logUrl: plan.runUrl }),
      },
    ];
  });

function stateOf({ plan }: StackFacts): Deployment['state'] | undefined {
  const state = plan?.details.state;
  return state === 'granted' || state === 'applying' || state === 'applied' || state === 'failed'
    ? STATES[state]
    : undefined;
}
