import type { Text } from '#core-values';

export type ToolName = 'terraform' | 'provider-mirror' | 'moto_server' | 'git' | 'ssh-keygen';

/**
 * What a look for an outside tool found. `unusable` is there but too old, not answering or damaged;
 * `why` says which.
 */
export type ToolFinding = {
  readonly tool: ToolName;
  /** The name to show: Terraform and OpenTofu are one tool to us. */
  readonly title: string;
  readonly neededFor: Text;
  readonly howToGet: Text;
} & (
  | { readonly kind: 'found'; readonly path: string; readonly version?: string }
  | { readonly kind: 'unusable'; readonly path: string; readonly why: Text }
  | { readonly kind: 'missing' }
);

/** Where tools are looked for. Passed in, because only `main/` and scripts read the environment. */
export interface ToolSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For one question to one tool. */
  readonly timeoutMs: number;
}
