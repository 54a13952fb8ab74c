import type { Text } from '#core-values';

export interface SessionPolicy {
  /** JSON, within the limits of STS. */
  readonly policy: string;
  /** Managed policies whose permissions the session may have besides. */
  readonly managedPolicyArns: readonly string[];
  readonly sizeCharacters: number;
  /** What had to stay wider than the plan, in words. */
  readonly widened: readonly Text[];
}
