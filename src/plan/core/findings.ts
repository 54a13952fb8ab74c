import type { Text } from '#core-values';

/** From the most to the least grave. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const;

export type Severity = (typeof SEVERITIES)[number];

/** What a reviewer should know about a plan. Never carries a sensitive value. */
export interface Finding {
  /** Stable id, as documented in docs/rules.md: `data-destroyed`. */
  readonly rule: string;
  readonly severity: Severity;
  readonly address?: string;
  readonly message: Text;
  readonly remedy: Text;
}
