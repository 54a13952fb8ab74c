import { type CryptoKey, importJWK, type JWK } from 'jose';
import { z } from 'zod';
import { type Clock, err, ok, type Problem, problem, type Result, text } from '#core-values';

/** The only signature algorithms accepted; a key serves exactly one of them (attack: algorithm confusion). */
export const TOKEN_ALGORITHMS = ['RS256', 'ES256'] as const;

export type TokenAlgorithm = (typeof TOKEN_ALGORITHMS)[number];

export interface IssuerKey {
  readonly algorithm: TokenAlgorithm;
  readonly key: CryptoKey;
}

/** Public keys of token issuers. */
export interface IssuerKeys {
  /** `undefined` for a key id the issuer does not publish; a `Problem` when the issuer could not be asked. */
  find(issuer: string, keyId: string): Promise<Result<IssuerKey | undefined, Problem>>;
}

export interface IssuerKeysOptions {
  readonly clock: Clock;
  readonly fetch?: typeof fetch;
  readonly timeoutMs?: number;
}

/** Keys younger than this are used without asking. */
const FRESH_MS = 10 * 60_000;
/** While the issuer does not answer, its last good keys serve this long, counted from when they were fetched. */
const LAST_GOOD_MS = 60 * 60_000;
/** An unknown key id makes us ask again, but not more often than this. */
const UNKNOWN_KEY_COOL_DOWN_MS = 30_000;
const FIRST_BACK_OFF_MS = 1_000;
const LONGEST_BACK_OFF_MS = 60_000;
const DEFAULT_TIMEOUT_MS = 5_000;
const MAX_DOCUMENT_BYTES = 256 * 1024;
const MAX_KEYS = 64;

interface IssuerState {
  keys?: ReadonlyMap<string, IssuerKey>;
  fetchedAt: number;
  triedAt: number;
  failures: number;
  lastFailure?: Problem;
  asking?: Promise<void>;
}

/** Fetches keys by OpenID Connect Discovery 1.0, caches them, and follows rotation. */
export function issuerKeys(options: IssuerKeysOptions): IssuerKeys {
  const states = new Map<string, IssuerState>();
  const now = (): number => options.clock.now();

  const ask = (issuer: string, state: IssuerState): Promise<void> => {
    state.asking ??= fetchKeys(issuer, options).then((answer) => {
      delete state.asking;
      state.triedAt = now();
      if (answer.ok) {
        state.keys = answer.value;
        state.fetchedAt = state.triedAt;
        state.failures = 0;
        delete state.lastFailure;
      } else {
        state.failures += 1;
        state.lastFailure = answer.error;
      }
    });
    return state.asking;
  };

  return {
    find: async (issuer, keyId) => {
      const state = states.get(issuer) ?? { fetchedAt: -Infinity, triedAt: -Infinity, failures: 0 };
      states.set(issuer, state);
      if (now() - state.fetchedAt >= FRESH_MS && now() - state.triedAt >= backOffMs(state.failures)) {
        await ask(issuer, state);
      }
      const isUnknown = state.keys !== undefined && !state.keys.has(keyId);
      if (isUnknown && now() - state.triedAt >= UNKNOWN_KEY_COOL_DOWN_MS) await ask(issuer, state);
      if (state.keys === undefined || now() - state.fetchedAt >= LAST_GOOD_MS) {
        return err(state.lastFailure ?? unreachable(issuer, 'no answer yet'));
      }
      return ok(state.keys.get(keyId));
    },
  };
}

const backOffMs = (failures: number): number =>
  failures === 0 ? 0 : Math.min(FIRST_BACK_OFF_MS * 2 ** Math.min(failures - 1, 10), LONGEST_BACK_OFF_MS);

const discoveryDocument = z.object({ issuer: z.string(), jwks_uri: z.string() });
const keySet = z.object({ keys: z.array(z.record(z.string(), z.unknown())).max(MAX_KEYS) });

async function fetchKeys(
  issuer: string,
  options: IssuerKeysOptions,
): Promise<Result<ReadonlyMap<string, IssuerKey>, Problem>> {
  try {
    const wellKnown = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const discovery = discoveryDocument.parse(await fetchJson(wellKnown, options));
    if (discovery.issuer !== issuer)
      return err(unreachable(issuer, 'its discovery document names another issuer'));
    const { keys } = keySet.parse(await fetchJson(discovery.jwks_uri, options));
    const usable = new Map<string, IssuerKey>();
    for (const jwk of keys) {
      const found = await keyOf(jwk);
      if (found === undefined) continue;
      if (usable.has(found.keyId)) return err(unreachable(issuer, 'two of its keys have the same id'));
      usable.set(found.keyId, found);
    }
    return usable.size === 0 ? err(unreachable(issuer, 'it publishes no usable key')) : ok(usable);
  } catch (cause) {
    return err(unreachable(issuer, causeText(cause)));
  }
}

/** Symmetric keys, encryption keys and other curves are no use; a key without an id cannot be named. */
async function keyOf(jwk: JWK): Promise<(IssuerKey & { readonly keyId: string }) | undefined> {
  const algorithm =
    jwk.kty === 'RSA' ? 'RS256' : jwk.kty === 'EC' && jwk.crv === 'P-256' ? 'ES256' : undefined;
  if (algorithm === undefined || typeof jwk.kid !== 'string' || jwk.kid === '') return;
  if ((jwk.use ?? 'sig') !== 'sig' || (jwk.alg ?? algorithm) !== algorithm) return;
  const { kty, n, e, crv, x, y } = jwk;
  // Only public members are taken, so that a key set that leaks private ones is no problem of ours.
  const publicMembers = algorithm === 'RS256' ? { kty, n, e } : { kty, crv, x, y };
  const key = await importJWK(publicMembers as JWK, algorithm).catch(() => undefined);
  return key === undefined || key instanceof Uint8Array ? undefined : { algorithm, key, keyId: jwk.kid };
}

async function fetchJson(address: string, options: IssuerKeysOptions): Promise<unknown> {
  const url = new URL(address);
  if (url.protocol !== 'https:' && !isLoopback(url)) throw new Error(`${address} is not https`);
  const response = await (options.fetch ?? fetch)(url, {
    redirect: 'error',
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS),
  });
  if (!response.ok || response.body === null) throw new Error(`${address} answered HTTP ${response.status}`);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let words = '';
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.byteLength;
    if (size > MAX_DOCUMENT_BYTES) throw new Error(`${address} is larger than ${MAX_DOCUMENT_BYTES} bytes`);
    words += decoder.decode(chunk, { stream: true });
  }
  return JSON.parse(words + decoder.decode());
}

const isLoopback = (url: URL): boolean =>
  url.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);

const causeText = (cause: unknown): string => {
  if (cause instanceof z.ZodError) return 'its discovery document or key set is not of the standard form';
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return inner instanceof Error ? inner.message || inner.name : String(inner);
};

/** A lookup that fails is a denial that says so (attack 16). */
const unreachable = (issuer: string, why: string): Problem =>
  problem('denied', {
    rule: 'token.keys-unavailable',
    message: text(
      `Denied, because the keys of issuer ${issuer} could not be looked up: ${why}.`,
      `発行者 ${issuer} の公開鍵を取得できないため拒否しました: ${why}`,
    ),
    remedy: text(
      `Check that this server reaches ${issuer}/.well-known/openid-configuration, then try again.`,
      `このサーバーから ${issuer}/.well-known/openid-configuration に到達できることを確認し、再実行してください。`,
    ),
  });
