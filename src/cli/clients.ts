import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import { type ApiClient, apiClient } from './api-client.ts';
import type { CliContext } from './context.ts';
import { oidcTokens } from './oidc-token.ts';
import { personSession } from './person-session.ts';

const DEFAULT_URL = 'http://127.0.0.1:8420';

/** SEKISHO_URL without a slash at its end: the very words that signed statements name the server by. */
export const serverUrl = ({ env }: CliContext): string =>
  (env.SEKISHO_URL ?? DEFAULT_URL).replace(/\/+$/, '');

/** Speaks for the person at the keyboard; signs in when first needed. */
export function personClient(context: CliContext): ApiClient {
  const baseUrl = serverUrl(context);
  return apiClient({
    baseUrl,
    language: context.language,
    authorization: async () => {
      const session = await personSession(context, baseUrl);
      return session.ok ? ok(session.value.token) : session;
    },
  });
}

/** Speaks for the CI job; asks the CI for a new token for every request, because each serves once. */
export function jobClient(context: CliContext): Result<ApiClient, Problem> {
  const { env, language } = context;
  if (env.SEKISHO_URL === undefined || env.SEKISHO_URL === '') return err(NO_SERVER);
  const baseUrl = serverUrl(context);
  const tokens = oidcTokens({ env, audience: env.SEKISHO_AUDIENCE ?? baseUrl });
  const authorization = async () => {
    const token = await tokens();
    if (token.ok) await context.host?.secret(token.value);
    return token;
  };
  return ok(apiClient({ baseUrl, language, authorization, timeoutMs: 120_000 }));
}

/** Speaks for the holder of a grant. */
export const grantClient = (context: CliContext, secret: string): ApiClient =>
  apiClient({
    baseUrl: serverUrl(context),
    language: context.language,
    authorization: async () => ok(secret),
    timeoutMs: 120_000,
  });

const NO_SERVER: Problem = problem('bad-input', {
  rule: 'server.not-named',
  message: text('SEKISHO_URL is not set.', 'SEKISHO_URL が設定されていません。'),
  remedy: text(
    'Set it in the job to the address of your Sekisho server (`server.publicUrl` in sekisho.yaml).',
    'ジョブの環境変数に Sekisho サーバーのアドレス(sekisho.yaml の `server.publicUrl`)を設定してください。',
  ),
});
