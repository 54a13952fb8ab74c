import type { EpochMs, JsonObject } from '#core-values';

/** A public key of Sekisho's own issuer. */
export interface OwnKey {
  readonly keyId: string;
  readonly createdAt: EpochMs;
  /** RSA, public members only: AWS verifies RS256. */
  readonly publicJwk: { readonly kty: 'RSA'; readonly n: string; readonly e: string };
}

/**
 * A key is published a day before it signs, because AWS and caches keep a key set for a while, and stays published a day
 * after the next one took over, although tokens live five minutes only.
 */
export const PUBLISHED_AHEAD_MS = 24 * 3_600_000;
export const KEPT_AFTER_MS = 24 * 3_600_000;

const newestFirst = (keys: readonly OwnKey[]): readonly OwnKey[] =>
  keys.toSorted((one, other) => other.createdAt - one.createdAt);

/** The first key of all signs at once; any other a day after it was made. `undefined` without keys. */
export function signingKey<Key extends OwnKey>(keys: readonly Key[], now: EpochMs): Key | undefined {
  const ordered = keys.toSorted((one, other) => other.createdAt - one.createdAt);
  return ordered.find(({ createdAt }) => createdAt + PUBLISHED_AHEAD_MS <= now) ?? ordered.at(-1);
}

/** Keys to be found in the key set now, newest first. */
export function publishedKeys(keys: readonly OwnKey[], now: EpochMs): readonly OwnKey[] {
  const ordered = newestFirst(keys);
  return ordered.filter((_, index) => {
    const next = ordered[index - 1];
    return next === undefined || next.createdAt + PUBLISHED_AHEAD_MS + KEPT_AFTER_MS > now;
  });
}

/**
 * The static files of the issuer, by path below its URL: to be served by Sekisho or uploaded to any web host (S3).
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
 */
export function issuerDocuments(
  issuer: string,
  keys: readonly OwnKey[],
  now: EpochMs,
): Readonly<Record<'.well-known/openid-configuration' | 'keys.json', JsonObject>> {
  return {
    '.well-known/openid-configuration': {
      issuer,
      jwks_uri: `${issuer}/keys.json`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      claims_supported: ['aud', 'exp', 'iat', 'iss', 'jti', 'sub'],
    },
    'keys.json': {
      keys: publishedKeys(keys, now).map(({ keyId, publicJwk: { kty, n, e } }) => ({
        ...{ kty, n, e, kid: keyId, alg: 'RS256', use: 'sig' },
      })),
    },
  };
}
