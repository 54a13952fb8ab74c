import { sensitiveStrings } from '#changes/core';
import type { DeniedCall } from '#credentials/core';
import { readPlan } from '#plan';

/**
 * What may leave the job of its refused calls: a resource may be named by a value that the plan marks as sensitive, and AWS names it in
 * its refusal. Such a name stays here, and so does every name where the plan cannot be read.
 */
export async function withoutSecrets(
  denials: readonly DeniedCall[],
  planFile: Uint8Array,
): Promise<readonly DeniedCall[]> {
  if (denials.length === 0) return denials;
  const plan = await readPlan(planFile);
  const secrets = plan.ok ? [...sensitiveStrings(plan.value)] : [''];
  const isSafe = (words: string | undefined): words is string =>
    words !== undefined && !secrets.some((secret) => words.includes(secret));
  return denials.map(({ resource, address, ...call }) => ({
    ...call,
    ...(isSafe(resource) ? { resource } : {}),
    ...(isSafe(address) ? { address } : {}),
  }));
}
