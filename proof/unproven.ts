import type { PlanResult } from './result.ts';
import unproven from './unproven.json' with { type: 'json' };

interface Known {
  readonly type: string;
  readonly step: string;
  /** Part of Terraform's error. */
  readonly says: string;
}

const KNOWN: readonly Known[] = unproven.errors;

/** What was denied, and what went wrong otherwise and is not known to be the stand-in's own limit. Empty where all was enough. */
export function unexplained({ step, denied, errors }: PlanResult): readonly string[] {
  const denials = denied.map(
    ({ action, resource, message, lacking }) =>
      `denied: ${action} on ${resource}; lacking: ${JSON.stringify(lacking)}; ${message}`,
  );
  const others = errors.filter(
    (error) =>
      !KNOWN.some(
        (one) => one.step === step && error.includes(`with ${one.type}.`) && error.includes(one.says),
      ),
  );
  // A denial is printed above in AWS's words, and once more as Terraform's error.
  return [...denials, ...others.map((error) => `error: ${error}`)];
}
