import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { devNull } from 'node:os';
import type { Command } from 'commander';
import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import { type PassedOn, passOn, type WatchedOutput } from './apply-output.ts';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { endInOrder, noInterruption } from './interruption.ts';
import { type AwsCredentials, serveLoopbackCredentials } from './loopback-credentials.ts';
import { planDigest } from './option-values.ts';
import { failWith } from './problem-text.ts';
import { type EndingSignal, exitCodeOf, hearingSignals } from './signals.ts';

/** What a grant brings for a child process. */
export interface CredentialSource {
  readonly region: string;
  /** Asked whenever the child asks; may renew. */
  current(): Promise<Result<AwsCredentials, Problem>>;
}

export interface ObtainedCredentials {
  readonly source: CredentialSource;
  /** For an apply: tells the server what became of it, and answers what to say of it. */
  readonly report?: (exitCode: number) => Promise<Result<Reported, Problem>>;
  /** What the report wants to hear of the child's output. */
  readonly watch?: WatchedOutput;
}

export interface Reported {
  readonly outcome: 'applied' | 'failed';
  /** Lines about calls that AWS refused, and what to do; empty where there is nothing to say. */
  readonly denials: string;
}

/** Asks the server for a grant: read-only without a plan, to apply with the digest of one. */
export type ObtainCredentials = (
  context: CliContext,
  request: { readonly stack: string; readonly plan?: string; readonly command: readonly string[] },
) => Promise<Result<ObtainedCredentials, Problem>>;

export interface ChildRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: CliContext['env'];
  readonly source: CredentialSource;
  /** A file descriptor for what the child writes to standard output; by default to ours. */
  readonly stdoutFd?: number;
  readonly watch?: WatchedOutput;
  /** Whether Ctrl-C reaches the child by the terminal already. */
  readonly onTerminal: boolean;
  /** Told of signals that came while the child ran; the child has them too. */
  readonly onSignal?: (signal: EndingSignal) => void;
  /** Told of what opens our credential endpoint, before the child has it. */
  readonly onSecret?: (value: string) => Promise<void>;
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
        say(
          text(
            'the approved plan to apply, by its SHA-256; what became of it is reported',
            '適用する承認済みプランの SHA-256(結果をサーバーに報告します)',
          ),
        ),
        planDigest(context.language),
      )
      .argument('<command...>', say(text('what to run, after --', '-- に続けて実行するコマンド')))
      .passThroughOptions()
      .action(async (command: readonly string[], { stack, plan }: { stack: string; plan?: string }) => {
        const obtained = await obtain(context, { stack, command, ...(plan !== undefined && { plan }) });
        if (obtained.ok) await execute(context, command, obtained.value);
        else failWith(context, obtained.error);
      });
  },
});

async function execute(
  context: CliContext,
  [command = '', ...args]: readonly string[],
  { source, report, watch }: ObtainedCredentials,
): Promise<void> {
  const { cwd, env, onTerminal = false } = context;
  const hearing = watch === undefined ? {} : { watch };
  const run = () => runWithCredentials({ command, args, cwd, env, source, onTerminal, ...hearing });
  if (report === undefined) return endWith(context, await run());
  // An apply that is not reported would hold its stack until the grant ends.
  await hearingSignals(endInOrder(context, noInterruption()), async () => {
    const exit = await run();
    const told = await report(exit.ok ? exit.value : CANNOT_RUN);
    if (told.ok)
      context.stderr.write(`${REPORTED[told.value.outcome][context.language]}\n${told.value.denials}`);
    else failWith(context, told.error);
    // A report that did not arrive must not pass for success.
    if (told.ok || !exit.ok || exit.value !== 0) endWith(context, exit);
  });
}

function endWith(context: CliContext, exit: Result<number, Problem>): void {
  if (exit.ok) context.exitWith(exit.value);
  else failWith(context, exit.error);
}

/** As a shell gives it for a command that it does not find. */
const CANNOT_RUN = 127;

const REPORTED = {
  applied: text('✓ Reported to Sekisho: applied.', '✓ Sekisho に「適用済み」と報告しました。'),
  failed: text(
    '✗ Reported to Sekisho: failed. What was done is in the state; plan again for what is left.',
    '✗ Sekisho に「失敗」と報告しました。完了した分は state に反映されています。残りはプランを作り直してください。',
  ),
};

/**
 * Runs the child with credentials from memory and none of the caller's own; answers its exit code, 128 and the signal's number
 * if it was killed or if a signal came before it began. `bad-input` when it cannot be started.
 *
 * We outlive the child, whatever signal comes. Ctrl-C in a terminal goes to the child as well as to us: passing it on would make
 * two, and Terraform takes the second for "give up at once", which leaves a state half written.
 */
export async function runWithCredentials(request: ChildRequest): Promise<Result<number, Problem>> {
  const { onTerminal, onSignal } = request;
  let child: ChildProcess | undefined;
  let early: EndingSignal | undefined;
  const hear = (signal: EndingSignal): void => {
    onSignal?.(signal);
    if (child === undefined) early = signal;
    else if (!onTerminal || (signal !== 'SIGINT' && signal !== 'SIGQUIT')) child.kill(signal);
  };
  return hearingSignals(hear, async () => {
    const served = await serveLoopbackCredentials(() => request.source.current());
    try {
      await request.onSecret?.(served.authorization);
      if (early !== undefined) return ok(exitCodeOf(early));
      const { watch, stdoutFd = 'inherit' } = request;
      child = spawn(request.command, request.args, {
        cwd: request.cwd,
        env: childEnvironment(request.env, served, request.source.region),
        stdio: [
          'inherit',
          watch?.stream === 'stdout' ? 'pipe' : stdoutFd,
          watch?.stream === 'stderr' ? 'pipe' : 'inherit',
        ],
      });
      const passed = watch === undefined ? undefined : passedOn(child, watch);
      const code = await exitCodeOfChild(child);
      await passed?.finish();
      return ok(code);
    } catch (cause) {
      return err(cannotStart(request.command, cause));
    } finally {
      await served.close();
    }
  });
}

function passedOn(child: ChildProcess, watch: WatchedOutput): PassedOn | undefined {
  const from = child[watch.stream];
  return from === null ? undefined : passOn(from, process[watch.stream], watch);
}

async function exitCodeOfChild(child: ChildProcess): Promise<number> {
  const [code, signal]: readonly [number | null, NodeJS.Signals | null] = await exitOf(child);
  return code ?? (signal === null ? 128 : exitCodeOf(signal));
}

async function exitOf(child: ChildProcess): Promise<readonly [number | null, NodeJS.Signals | null]> {
  const [code, signal] = await once(child, 'exit');
  return [code, signal];
}

/**
 * Whatever else could give the child credentials, AWS's or ours, or a say in the CI's later steps (its command files, its cache):
 * what it runs may be nobody's approved code.
 */
const REMOVED =
  /^(?:AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|SECURITY_TOKEN|CREDENTIAL_EXPIRATION|CREDENTIAL_FILE|(?:DEFAULT_)?PROFILE|VAULT|ROLE_ARN|ROLE_SESSION_NAME|WEB_IDENTITY_TOKEN_FILE|CONTAINER_.*|SSO_.*)|ACTIONS_ID_TOKEN_REQUEST_(?:URL|TOKEN)|ACTIONS_(?:RUNTIME_(?:URL|TOKEN)|CACHE_URL|RESULTS_URL)|GITHUB_(?:ENV|PATH|OUTPUT|STATE|STEP_SUMMARY)|SEKISHO_ID_TOKEN.*)$/i;

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
