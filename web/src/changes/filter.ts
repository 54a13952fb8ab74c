import type { Environment, PlanState } from '../api/answers.ts';

/** As they are chosen from: what waits for people first, what is over last. */
export const STATES = [
  'awaiting-approval',
  'approved',
  'granted',
  'applying',
  'applied',
  'failed',
  'refused',
  'no-changes',
  'superseded',
  'expired',
  'cancelled',
  'reviewed',
  'planned',
] as const satisfies readonly PlanState[];

export const ENVIRONMENTS = [
  'production',
  'staging',
  'development',
  'sandbox',
  'shared',
] as const satisfies readonly Environment[];

/** Which plans are listed; lives in the address. */
export interface ChangesFilter {
  readonly waitingFor?: 'me';
  readonly environment?: Environment;
  readonly state?: PlanState;
  readonly stack?: string;
  readonly pullRequest?: number;
}

const MOST_PULL_REQUEST = 9_999_999_999;

/** Reads the address; what makes no sense there is left out, so that an old or mistyped link still shows the list. */
export function changesFilter(search: Readonly<Record<string, unknown>>): ChangesFilter {
  const state = STATES.find((known) => known === search.state);
  const environment = ENVIRONMENTS.find((known) => known === search.environment);
  const { stack } = search;
  const pullRequest = Number(search.pullRequest);
  const isNumber = Number.isInteger(pullRequest) && pullRequest >= 1 && pullRequest <= MOST_PULL_REQUEST;
  return {
    ...(search.waitingFor === 'me' ? { waitingFor: 'me' } : {}),
    ...(environment === undefined ? {} : { environment }),
    ...(state === undefined ? {} : { state }),
    ...(typeof stack === 'string' && stack !== '' ? { stack } : {}),
    ...(isNumber ? { pullRequest } : {}),
  };
}
