import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { devNull, constants as os } from 'node:os';
import type { Command } from 'commander';
import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { type AwsCredentials, serveLoopbackCredentials } from './loopback-credentials.ts';
import { failWith } from './problem-text.ts';

/** What a grant brings for a child process. */
export interface CredentialSource {
  readonly region: string;
  /** Asked whenever the child asks; may renew. */
  current(): Promise<Result<AwsCredentials, Problem>>;
}

/** Asks the server for a grant: read-only without a plan, to apply with the digest of one. */
export type ObtainCredentials = (
  context: CliContext,
  request: { readonly stack: string; readonly plan?: string },
) => Promise<Result<CredentialSource, Problem>>;

export interface ChildRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: CliContext['env'];
  readonly source: CredentialSource;
  /** A file descriptor for what the child writes to standard output; by default to ours. */
  readonly stdoutFd?: number;
  /** Whether Ctrl-C reaches the child by the terminal already. */
  readonly onTerminal: boolean;
}

/** `sekisho exec --stack S [--plan DIGEST] -- terraform …` */
export const execCommand = (obtain: ObtainCredentials): CliCommand => ({
  configure(command: Command, context: CliContext): void {
    const say = (words: { readonly en: string; readonly ja: string }): string => words[context.language];
    command
      .requiredOption(
        '--stack <name>',
        say(text('the stack to get credentials for', '認証情報を取得するスタック')),
      )
      .option(
        '--plan <digest>',
        say(text('the approved plan to apply, by its SHA-256', '適用する承認済みプランの SHA-256')),
      )
      .argument('<command...>', say(text('what to run, after --', '-- に続けて実行するコマンド')))
      .passThroughOptions()
      .action(async (words: readonly string[], { stack, plan }: { stack: string; plan?: string }) => {
        const [program = '', ...args] = words;
        const source = await obtain(context, { stack, ...(plan !== undefined && { plan }) });
        if (!source.ok) return failWith(context, source.error);
        const { cwd, env, onTerminal = false } = context;
        const child = { command: program, args, cwd, env, source: source.value };
        const exit = await runWithCredentials({ ...child, onTerminal });
        if (!exit.ok) return failWith(context, exit.error);
        context.exitWith(exit.value);
      });
  },
});

/**
 * Runs the child with credentials from memory and none of the caller's own; answers its exit code, 128 and the signal's number
 * if it was killed. `bad-input` when it cannot be started.
 */
export async function runWithCredentials(request: ChildRequest): Promise<Result<number, Problem>> {
  const served = await serveLoopbackCredentials(() => request.source.current());
  try {
    const child = spawn(request.command, request.args, {
      cwd: request.cwd,
      env: childEnvironment(request.env, served, request.source.region),
      stdio: ['inherit', request.stdoutFd ?? 'inherit', 'inherit'],
    });
    const stopPassing = passSignals((signal) => child.kill(signal), request.onTerminal);
    try {
      const [code, signal]: readonly [number | null, NodeJS.Signals | null] = await exitOf(child);
      return ok(code ?? 128 + (signal === null ? 0 : os.signals[signal]));
    } finally {
      stopPassing();
    }
  } catch (cause) {
    return err(cannotStart(request.command, cause));
  } finally {
    await served.close();
  }
}

async function exitOf(
  child: ReturnType<typeof spawn>,
): Promise<readonly [number | null, NodeJS.Signals | null]> {
  const [code, signal] = await once(child, 'exit');
  return [code, signal];
}

const PASSED_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/**
 * We outlive the child, whatever signal comes. Ctrl-C in a terminal goes to the child as well as to us: passing it on would make
 * two, and Terraform takes the second for "give up at once", which leaves a state half written.
 */
function passSignals(kill: (signal: NodeJS.Signals) => void, onTerminal: boolean): () => void {
  const listeners = PASSED_SIGNALS.map((signal) => {
    const fromTerminal = onTerminal && (signal === 'SIGINT' || signal === 'SIGQUIT');
    const listener = (): void => (fromTerminal ? undefined : kill(signal));
    process.on(signal, listener);
    return () => process.off(signal, listener);
  });
  return () => {
    for (const stop of listeners) stop();
  };
}

/** Whatever else could give the child credentials, AWS's or ours: what it runs may be nobody's approved code. */
const REMOVED =
  /^(?:AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|SECURITY_TOKEN|CREDENTIAL_EXPIRATION|CREDENTIAL_FILE|(?:DEFAULT_)?PROFILE|VAULT|ROLE_ARN|ROLE_SESSION_NAME|WEB_IDENTITY_TOKEN_FILE|CONTAINER_.*|SSO_.*)|ACTIONS_ID_TOKEN_REQUEST_(?:URL|TOKEN)|SEKISHO_ID_TOKEN.*)$/i;

/** Shared configuration files come before container credentials in the SDKs' chain, so the child sees none. */
export function childEnvironment(
  env: CliContext['env'],
  served: { readonly url: string; readonly authorization: string },
  region: string,
): Readonly<Record<string, string>> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && !REMOVED.test(name)) kept[name] = value;
  }
  return {
    ...kept,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: served.url,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: served.authorization,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_CONFIG_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
  };
}

const cannotStart = (command: string, cause: unknown): Problem =>
  problem('bad-input', {
    rule: 'exec.cannot-start',
    message: text(
      `${command} cannot be started: ${cause instanceof Error ? cause.message : String(cause)}.`,
      `${command} を起動できません: ${cause instanceof Error ? cause.message : String(cause)}`,
    ),
    remedy: text(
      'Check that it is installed and on PATH.',
      'インストールされ、PATH にあることを確認してください。',
    ),
  });
