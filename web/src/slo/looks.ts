import type { Budget } from './queries.ts';

const LOW_PPM = 250_000;

/** How a budget is shown: less than a quarter of it is low. */
export function lookOf({
  verdict,
  remainingPpm,
}: Pick<Budget, 'verdict' | 'remainingPpm'>): 'spent' | 'low' | 'well' {
  if (verdict === 'spent') return 'spent';
  return remainingPpm !== undefined && remainingPpm < LOW_PPM ? 'low' : 'well';
}
