import type { GrantAnswer } from '#changes/core';
import { ok, type Problem, type Result } from '#core-values';
import { patience } from './apply-report.ts';
import { grantClient } from './clients.ts';
import type { CliContext } from './context.ts';
import { untilAnswered } from './until-answered.ts';

/**
 * Tells the server that the answer with an apply grant has arrived: one that no job claims is taken back after minutes. Answers the
 * plan file that comes with it; empty for a grant for planning, which needs no claim.
 */
export async function claimGrant(
  context: CliContext,
  { plan, secret }: Pick<GrantAnswer, 'plan' | 'secret'>,
): Promise<Result<Uint8Array, Problem>> {
  if (plan === undefined || secret === undefined) return ok(new Uint8Array());
  const client = grantClient(context, secret);
  return untilAnswered(() => client.bytes(`/v1/plans/${plan}/file`), patience(context));
}
