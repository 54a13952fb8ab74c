import type * as OpenId from 'openid-client';
import { err, ok, type Problem, type Result } from '#core-values';
import { z } from '#platform';
import type { SignInProvider } from '../core/index.ts';
import { REFUSED_THERE, UNREACHABLE } from './problems.ts';

/** What ties an answer to the browser and to the very sign-in that it began. */
export interface SignInSecrets {
  readonly state: string;
  readonly nonce: string;
  /** PKCE. */
  readonly verifier: string;
}

/** A provider as signing in uses it. */
export interface Provider {
  readonly name: string;
  readonly label: string;
  /** Where the browser goes. */
  begin(callbackUrl: string, secrets: SignInSecrets): Promise<Result<string, Problem>>;
  /** The provider's unchanging id of whoever came back. `url` is our callback with what the provider put behind `?`. */
  subject(url: URL, secrets: SignInSecrets): Promise<Result<string, Problem>>;
}

export interface ProviderOptions {
  readonly settings: Omit<SignInProvider, 'clientSecret'>;
  readonly clientSecret: string;
  readonly fetch: typeof globalThis.fetch;
  /** Told what went wrong, in words without secrets. */
  readonly onFault: (why: string) => void;
}

const TIMEOUT_SECONDS = 10;
const MOST_ANSWER_BYTES = 1024 * 1024;
/** Providers change their keys, which the library asks for anew by itself, and hardly ever anything else. */
const CONFIGURATION_LIFE_MS = 3_600_000;

export function provider(options: ProviderOptions): Provider {
  const { name, label, kind } = options.settings;
  const configuration = remembered(() => configurationOf(options));
  return {
    ...{ name, label },
    begin: (callbackUrl, { state, nonce, verifier }) =>
      asked(options, async (openId) => {
        const url = openId.buildAuthorizationUrl(await configuration(), {
          redirect_uri: callbackUrl,
          state,
          code_challenge: await openId.calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
          ...(kind === 'oidc' ? { scope: 'openid', nonce } : {}),
        });
        return ok(url.href);
      }),
    subject: (url, { state, nonce, verifier }) =>
      asked(options, async (openId) => {
        const config = await configuration();
        const checks = { expectedState: state, pkceCodeVerifier: verifier };
        if (kind === 'github') {
          const { access_token } = await openId.authorizationCodeGrant(config, url, checks);
          return ok(await gitHubId(options, access_token));
        }
        const answer = { ...checks, expectedNonce: nonce, idTokenExpected: true };
        const claims = (await openId.authorizationCodeGrant(config, url, answer)).claims();
        return claims === undefined ? err(UNREACHABLE) : ok(claims.sub);
      }),
  };
}

/** Loaded when somebody first signs in so; what the library throws becomes a problem. */
async function asked<T>(
  { onFault }: ProviderOptions,
  work: (openId: typeof OpenId) => Promise<Result<T, Problem>>,
): Promise<Result<T, Problem>> {
  const openId = await import('openid-client');
  try {
    return await work(openId);
  } catch (cause) {
    const wasRefused = cause instanceof openId.AuthorizationResponseError;
    onFault(whyOf(cause));
    return err(wasRefused ? REFUSED_THERE : UNREACHABLE);
  }
}

/** Only kinds and codes: what the library adds may hold tokens. */
function whyOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown';
  const parts = [cause, cause.cause].flatMap((error) =>
    error instanceof Error
      ? [error.name, Reflect.get(error, 'code'), Reflect.get(error, 'error'), error.message]
      : [],
  );
  return parts.filter((part) => typeof part === 'string' && part !== '').join(': ');
}

async function configurationOf(options: ProviderOptions): Promise<OpenId.Configuration> {
  const openId = await import('openid-client');
  const { clientSecret, settings } = options;
  const { clientId, kind, url } = settings;
  const fetch: OpenId.CustomFetch = (address, { method, headers, redirect, body, signal }) =>
    boundedFetch(options, address, {
      ...{ method, headers, redirect },
      // The only kind of body that the library sends here.
      ...(body instanceof URLSearchParams ? { body } : {}),
      ...(signal === undefined ? {} : { signal }),
    });
  // The configuration takes plain http on the loopback interface only.
  const execute = url.startsWith('http://') ? [openId.allowInsecureRequests] : [];
  if (kind === 'oidc') {
    const how = { execute, timeout: TIMEOUT_SECONDS, [openId.customFetch]: fetch };
    return openId.discovery(new URL(url), clientId, undefined, openId.ClientSecretPost(clientSecret), how);
  }
  // https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps
  const gitHub = {
    issuer: `${url}/login/oauth`,
    authorization_endpoint: `${url}/login/oauth/authorize`,
    token_endpoint: `${url}/login/oauth/access_token`,
  };
  const config = new openId.Configuration(gitHub, clientId, undefined, openId.ClientSecretPost(clientSecret));
  for (const change of execute) change(config);
  config.timeout = TIMEOUT_SECONDS;
  config[openId.customFetch] = fetch;
  return config;
}

/** Asked once for many; a failure is not kept. */
function remembered<T>(ask: () => Promise<T>): () => Promise<T> {
  let kept: { readonly value: Promise<T>; readonly untilMs: number } | undefined;
  return () => {
    const now = performance.now();
    if (kept === undefined || now >= kept.untilMs) {
      const value = ask();
      kept = { value, untilMs: now + CONFIGURATION_LIFE_MS };
      value.catch(() => {
        kept = undefined;
      });
    }
    return kept.value;
  };
}

const user = z.object({ id: z.int().positive() });

/** By the numeric id: logins change hands. */
async function gitHubId(options: ProviderOptions, token: string): Promise<string> {
  const answer = await boundedFetch(options, `${apiOf(options.settings.url)}/user`, {
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${token}`,
      'user-agent': 'sekisho',
      'x-github-api-version': '2022-11-28',
    },
    // Never followed: the token would go along.
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_SECONDS * 1000),
  });
  if (!answer.ok) throw new Error(`GitHub answered ${answer.status} to who this is`);
  return String(user.parse(await answer.json()).id);
}

/** `https://api.github.com`, and with data residency `https://api.SUBDOMAIN.ghe.com`; `/api/v3` on a server of one's own. */
function apiOf(url: string): string {
  const { host, protocol } = new URL(url);
  return host === 'github.com' || host.endsWith('.ghe.com')
    ? `${protocol}//api.${host}`
    : `${protocol}//${host}/api/v3`;
}

async function boundedFetch(
  { fetch }: ProviderOptions,
  address: string,
  init: RequestInit,
): Promise<Response> {
  const answer = await fetch(address, init);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.length;
    if (bytes > MOST_ANSWER_BYTES) throw new Error(`the answer has more than ${MOST_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  const { status, headers } = answer;
  const hasBody = status !== 204 && status !== 304;
  return new Response(hasBody ? Buffer.concat(chunks) : null, { status, headers });
}
