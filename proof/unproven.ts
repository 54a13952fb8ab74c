import type { PlanResult } from './result.ts';
import unproven from './unproven.json' with { type: 'json' };

interface Known {
  readonly type: string;
  readonly steps: readonly string[];
  /** Part of Terraform's error. */
  readonly says: string;
}

const KNOWN: readonly Known[] = unproven.errors;

/**
 * What was denied, what went wrong otherwise and is not known to be the stand-in's own limit, and what a thief of the grant was not denied.
 * Empty where all was enough, and no more.
 */
export function unexplained({ step, denied, errors, misuses = [] }: PlanResult): readonly string[] {
  const denials = denied.map(
    ({ action, resource, message, lacking }) =>
      `denied: ${action} on ${resource}; lacking: ${JSON.stringify(lacking)}; ${message}`,
  );
  const others = errors.filter(
    (error) =>
      !KNOWN.some(
        (one) => one.steps.includes(step) && error.includes(`with ${one.type}.`) && error.includes(one.says),
      ),
  );
  // A denial is printed above in AWS's words, and once more as Terraform's error.
  return [...denials, ...others.map((error) => `error: ${error}`), ...thefts(misuses)];
}

/** Fewer kinds of misuse than this prove little. */
const LEAST_KINDS = 15;

function thefts(misuses: NonNullable<PlanResult['misuses']>): readonly string[] {
  const wrong = misuses
    .filter(({ verdict }) => verdict !== 'denied' && verdict !== 'not-applicable')
    .map(({ name, verdict, message = '' }) => `${verdict} to a thief: ${name} ${String(message)}`);
  const kinds = new Set(misuses.filter(({ verdict }) => verdict === 'denied').map(({ kind }) => kind));
  const isThin = misuses.length > 0 && kinds.size < LEAST_KINDS;
  return isThin ? [...wrong, `only ${kinds.size} kinds of misuse were tried`] : wrong;
}
