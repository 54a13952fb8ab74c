import type { Condition } from '#iam/core';

/** What one planned change, or Terraform's own state, needs of AWS: an action on resources, under conditions. */
export interface Need {
  /** `sns:CreateTopic`; a pattern (`sqs:*`) only where `wide` is `not-recorded` or `observed`. */
  readonly action: string;
  /** ARNs, with `*` for what nobody knows yet; or `*` alone. */
  readonly resources: readonly string[];
  readonly conditions: readonly Condition[];
  readonly why: Why;
  /** Why it reaches further than the change itself; absent where it does not. */
  readonly wide?: Wide;
  /** By how many applies, and since which day; exactly where `wide` is `observed`. */
  readonly observedIn?: { readonly applies: number; readonly since: string };
}

export interface Why {
  readonly address: string;
  readonly operation: Operation;
}

export type Operation = 'create' | 'read' | 'update' | 'delete' | 'import' | 'state';

/**
 * `no-narrower`: AWS checks the action against no resource. `unknown`: AWS or another resource of the plan gives the name during
 * the apply. `not-recorded`: nobody has recorded what the type needs, so the service is opened; `by-type`: likewise, by what is known
 * of the type alone; `observed`: likewise, but opened only as far as the organization's own applies were seen to call.
 */
export type Wide = 'no-narrower' | 'unknown' | 'not-recorded' | 'by-type' | 'observed';

/** Opens a service; what it covers is never taken for needed by itself. */
export const isCoarse = ({ wide }: Need): boolean => wide === 'not-recorded' || wide === 'observed';

export const condition = (
  base: 'StringEquals' | 'StringLike',
  key: string,
  values: readonly string[],
): Condition => ({ operator: { base, ifExists: false }, key, values });
