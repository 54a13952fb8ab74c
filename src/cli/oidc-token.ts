import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { err, ok, type Problem, problem, type Result, type Text, text } from '#core-values';

export interface OidcTokenOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** As in sekisho.yaml. GitLab's tokens carry theirs from the job's `id_tokens`. */
  readonly audience: string;
  readonly fetch?: typeof fetch;
  /** @default 1_000 */
  readonly pauseMs?: number;
}

/** A token of the CI job's, a new one each time, because each serves once. It is never printed and never in a message. */
export type OidcTokens = () => Promise<Result<string, Problem>>;

const ATTEMPTS = 3;
const TIMEOUT_MS = 10_000;

/** GitHub Actions by its token endpoint; GitLab by SEKISHO_ID_TOKEN, SEKISHO_ID_TOKEN_2 and so on, each used once. */
export function oidcTokens(options: OidcTokenOptions): OidcTokens {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = options.env;
  if (url !== undefined && token !== undefined) return () => githubToken(url, token, options);
  if (options.env.SEKISHO_ID_TOKEN === undefined) return async () => err(noToken(options.env.GITHUB_ACTIONS));
  let used = 0;
  return async () => {
    used += 1;
    const next = options.env[used === 1 ? 'SEKISHO_ID_TOKEN' : `SEKISHO_ID_TOKEN_${used}`];
    return next === undefined || next === '' ? err(usedUp(used)) : ok(next);
  };
}

const answer = z.object({ value: z.string().min(1) });

/** https://docs.github.com/en/actions/reference/security/oidc#methods-for-requesting-the-oidc-token */
async function githubToken(
  address: string,
  bearer: string,
  options: OidcTokenOptions,
): Promise<Result<string, Problem>> {
  if (!URL.canParse(address)) return err(refused('ACTIONS_ID_TOKEN_REQUEST_URL is not a URL'));
  const url = new URL(address);
  url.searchParams.set('audience', options.audience);
  let why = '';
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    try {
      const response = await (options.fetch ?? fetch)(url, {
        headers: { authorization: `bearer ${bearer}`, accept: 'application/json' },
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const body = answer.safeParse(response.ok ? await response.json() : undefined);
      if (body.success) return ok(body.data.value);
      why = `HTTP ${response.status}`;
      if (response.status < 500 && response.status !== 429) break;
    } catch (cause) {
      why = cause instanceof Error ? cause.name : 'no answer';
    }
    if (attempt < ATTEMPTS) await delay((options.pauseMs ?? 1_000) * attempt);
  }
  return err(refused(why));
}

const refused = (why: string): Problem =>
  failure(
    'outside-failed',
    'ci.token-refused',
    text(
      `The CI’s token endpoint gave no token: ${why}.`,
      `CI のトークンエンドポイントからトークンを取得できません: ${why}`,
    ),
    text(
      'Check that the job has `permissions: id-token: write`, then run it again.',
      'ジョブに `permissions: id-token: write` があることを確認し、再実行してください。',
    ),
  );

const noToken = (githubActions: string | undefined): Problem =>
  failure(
    'unauthenticated',
    'ci.no-token',
    text('This job has no OIDC token to show.', 'このジョブには提示できる OIDC トークンがありません。'),
    githubActions === undefined
      ? text(
          'Run it in GitHub Actions with `permissions: id-token: write`, or in GitLab with `id_tokens: SEKISHO_ID_TOKEN`.',
          'GitHub Actions では `permissions: id-token: write`、GitLab では `id_tokens: SEKISHO_ID_TOKEN` を設定したジョブで実行してください。',
        )
      : text(
          'Give the job `permissions: id-token: write`.',
          'ジョブに `permissions: id-token: write` を設定してください。',
        ),
  );

const usedUp = (number: number): Problem =>
  failure(
    'unauthenticated',
    'ci.tokens-used-up',
    text(
      `The job’s tokens are used up; each serves once, and this is request number ${number}.`,
      `ジョブのトークンを使い切りました。トークンは一度しか使えず、今回は ${number} 回目のリクエストです。`,
    ),
    text(
      `Add \`SEKISHO_ID_TOKEN_${number}\` with the same \`aud\` to the job’s \`id_tokens\`.`,
      `ジョブの \`id_tokens\` に、同じ \`aud\` で \`SEKISHO_ID_TOKEN_${number}\` を追加してください。`,
    ),
  );

const failure = (code: Problem['code'], rule: string, message: Text, remedy: Text): Problem =>
  problem(code, { rule, message, remedy });
