import type { Command } from 'commander';
import type { Text } from '#core-values';
import type { CliContext } from './context.ts';

/** One file a command: `review.ts` exports `review`, listed lazily in `registry.ts`. */
export interface CliCommand {
  /** Adds arguments, options, help and the action to a commander command that already has its name. */
  configure(command: Command, context: CliContext): void;
}

export interface CliCommandEntry {
  /** `['audit', 'verify']` is `sekisho audit verify`. */
  readonly path: readonly [string, ...string[]];
  readonly summary: Text;
  /** Command lines for its help. */
  readonly examples?: readonly string[];
  /** Loaded only when called, so that `sekisho review` does not load a server. */
  load(): Promise<CliCommand>;
}
