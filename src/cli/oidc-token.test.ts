import { describe, expect, it } from 'vitest';
import type { Problem, Result } from '#core-values';
import { oidcTokens } from './oidc-token.ts';

const github = {
  ACTIONS_ID_TOKEN_REQUEST_URL: 'https://pipelines.example/token?api-version=2.0',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'canary-bearer',
};
const ruleOf = (outcome: Result<string, Problem>): string =>
  outcome.ok ? 'ok' : outcome.error.reasons[0].rule;

describe('the token of a CI job', () => {
  it('is asked of GitHub anew each time, for our audience', async () => {
    const asked: string[] = [];
    const tokens = oidcTokens({
      env: github,
      audience: 'sekisho.shop.example',
      fetch: async (url, init) => {
        asked.push(`${url} ${new Headers(init?.headers).get('authorization')}`);
        return Response.json({ value: `token-${asked.length}` });
      },
    });
    expect(await tokens()).toEqual({ ok: true, value: 'token-1' });
    expect(await tokens()).toEqual({ ok: true, value: 'token-2' });
    expect(asked[0]).toBe(
      'https://pipelines.example/token?api-version=2.0&audience=sekisho.shop.example bearer canary-bearer',
    );
  });

  it('is asked for again when GitHub stumbles, and the failure gives no secret away', async () => {
    let attempts = 0;
    const flaky = (statuses: readonly number[]) =>
      oidcTokens({
        env: github,
        audience: 'a',
        pauseMs: 0,
        fetch: async () => {
          const status = statuses[attempts] ?? 200;
          attempts += 1;
          return Response.json({ value: 'canary-token' }, { status });
        },
      })();
    expect(await flaky([503, 502, 200])).toEqual({ ok: true, value: 'canary-token' });
    attempts = 0;
    const failed = await flaky([500, 500, 500]);
    expect(ruleOf(failed)).toBe('ci.token-refused');
    expect(JSON.stringify(failed)).not.toContain('canary');
    attempts = 0;
    expect(ruleOf(await flaky([403]))).toBe('ci.token-refused');
    expect(attempts).toBe(1);
  });

  it('is taken from GitLab’s variables, each once, and says which to add when they are used up', async () => {
    const tokens = oidcTokens({ env: { SEKISHO_ID_TOKEN: 'one', SEKISHO_ID_TOKEN_2: 'two' }, audience: 'a' });
    expect(await tokens()).toEqual({ ok: true, value: 'one' });
    expect(await tokens()).toEqual({ ok: true, value: 'two' });
    const third = await tokens();
    expect(ruleOf(third)).toBe('ci.tokens-used-up');
    expect(JSON.stringify(third)).toContain('SEKISHO_ID_TOKEN_3');
  });

  it('is missed with the remedy of the CI it is', async () => {
    const elsewhere = await oidcTokens({ env: {}, audience: 'a' })();
    expect(ruleOf(elsewhere)).toBe('ci.no-token');
    expect(JSON.stringify(await oidcTokens({ env: { GITHUB_ACTIONS: 'true' }, audience: 'a' })())).toContain(
      'id-token: write',
    );
  });
});
