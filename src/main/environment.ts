import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { SecretSource } from '#accounts/core';
import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import { LOG_LEVELS, type LogLevel } from '#platform';

/** What the process finds around itself; nothing else in the program reads environment variables. */
export interface Environment {
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Absolute path of `sekisho.yaml`. */
  readonly configFile: string;
  /** Absolute; `undefined` for the usual place beside the configuration. */
  readonly policyFolder: string | undefined;
  /** Absolute; `undefined` for `slo/` beside the configuration. */
  readonly sloFolder: string | undefined;
  /** Absolute; where the embedded database and generated keys live. */
  readonly dataFolder: string;
  readonly databaseUrl: string | undefined;
  readonly logLevel: LogLevel;
  /** IANA name of the organization's clock. */
  readonly timeZone: string;
}

export function environmentOf(
  variables: Readonly<Record<string, string | undefined>>,
  at: { readonly cwd: string; readonly config?: string; readonly data?: string },
): Environment {
  const configFile = resolve(at.cwd, at.config ?? variables.SEKISHO_CONFIG ?? 'sekisho.yaml');
  const folder = dirname(configFile);
  return {
    variables,
    configFile,
    policyFolder: variables.SEKISHO_POLICIES ? resolve(folder, variables.SEKISHO_POLICIES) : undefined,
    sloFolder: variables.SEKISHO_SLO ? resolve(folder, variables.SEKISHO_SLO) : undefined,
    dataFolder: resolve(folder, at.data ?? variables.SEKISHO_DATA ?? '.sekisho'),
    databaseUrl: variables.DATABASE_URL === '' ? undefined : variables.DATABASE_URL,
    logLevel: LOG_LEVELS.find((level) => level === variables.SEKISHO_LOG_LEVEL) ?? 'info',
    timeZone: variables.SEKISHO_TIME_ZONE ?? variables.TZ ?? 'UTC',
  };
}

/** Reads a secret from where the configuration says it is; files are relative to the configuration's folder. */
export async function readSecret(
  source: SecretSource,
  environment: Environment,
): Promise<Result<string, Problem>> {
  if (source.kind === 'env') {
    const value = environment.variables[source.variable];
    return value === undefined || value === '' ? err(variableMissing(source.variable)) : ok(value);
  }
  const path = resolve(dirname(environment.configFile), source.path);
  try {
    return ok((await readFile(path, 'utf8')).trim());
  } catch (cause) {
    return err(fileUnreadable(path, cause instanceof Error ? cause.message : String(cause)));
  }
}

const variableMissing = (name: string): Problem =>
  problem('bad-config', {
    rule: 'config.variable-missing',
    message: text(
      `The environment variable ${name}, which sekisho.yaml names, is not set.`,
      `sekisho.yaml が参照している環境変数 ${name} が設定されていません。`,
    ),
    remedy: text('Set it before the server starts.', 'サーバーの起動前に設定してください。'),
  });

const fileUnreadable = (path: string, why: string): Problem =>
  problem('bad-config', {
    rule: 'config.file-unreadable',
    message: text(`${path} cannot be read: ${why}.`, `${path} を読み取れません: ${why}`),
    remedy: text(
      'Correct the path in sekisho.yaml, or the file’s permissions.',
      'sekisho.yaml のパスか、ファイルのアクセス権を確認してください。',
    ),
  });
