import { createHash } from 'node:crypto';
import { type CryptoKey, decodeJwt, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import type { Issuer, IssuerKind } from '#accounts/core';
import {
  type EpochMs,
  epochMs,
  err,
  ok,
  type Problem,
  problem,
  type Reason,
  type Result,
  type Text,
  text,
} from '#core-values';
import { identityFromClaims } from './core/claims.ts';
import type { WorkloadIdentity } from './core/workload-identity.ts';
import { type IssuerKeys, TOKEN_ALGORITHMS } from './issuer-keys.ts';

export interface TokenVerification {
  readonly issuers: readonly Issuer[];
  readonly keys: IssuerKeys;
  readonly now: EpochMs;
}

const SKEW_SECONDS = 60;
/** GitHub's tokens live minutes, GitLab's as long as the job's timeout. */
const MAX_LIFETIME_SECONDS: Readonly<Record<IssuerKind, number>> = {
  'github-actions': 3_600,
  gitlab: 6 * 3_600,
};
const MAX_TOKEN_CHARACTERS = 16 * 1024;

/**
 * Checks a CI job's OIDC token and reads who the job is. Everything about it is exact: issuer, the one audience,
 * times with a skew of 60 s, an algorithm from our list and of the key's own kind. `unauthenticated` names what is
 * wrong; `denied` when the issuer's keys could not be looked up. That its `jti` is used once is `beginGrant`'s part.
 */
export async function verifyWorkloadToken(
  token: string,
  verification: TokenVerification,
): Promise<Result<WorkloadIdentity, Problem>> {
  const claimed = claimedIssuer(token, verification.issuers);
  if (!claimed.ok) return claimed;
  const { issuer, keyId, algorithm } = claimed.value;
  const found = await verification.keys.find(issuer.url, keyId);
  if (!found.ok) return found;
  if (found.value === undefined || found.value.algorithm !== algorithm) return err(refusal(UNKNOWN_KEY));
  const payload = await signedPayload(
    token,
    found.value.key,
    found.value.algorithm,
    issuer,
    verification.now,
  );
  if (!payload.ok) return payload;
  const times = checkTimes(payload.value, issuer.kind, verification.now);
  if (!times.ok) return times;
  const identity = identityFromClaims({
    issuer,
    claims: payload.value,
    expiresAt: times.value,
    tokenSha256: createHash('sha256').update(token).digest('hex'),
  });
  return identity.ok ? identity : err(problem('unauthenticated', ...identity.error));
}

interface ClaimedIssuer {
  readonly issuer: Issuer;
  readonly keyId: string;
  readonly algorithm: string;
}

/** Reads, still unproven, only what is needed to choose the key. */
function claimedIssuer(token: string, issuers: readonly Issuer[]): Result<ClaimedIssuer, Problem> {
  if (token.length > MAX_TOKEN_CHARACTERS) return err(refusal(NOT_A_TOKEN));
  try {
    const { alg, kid, typ } = decodeProtectedHeader(token);
    const { iss } = decodeJwt(token);
    const issuer = issuers.find((trusted) => trusted.url === iss);
    if (issuer === undefined) return err(refusal(UNKNOWN_ISSUER));
    if (!TOKEN_ALGORITHMS.some((allowed) => allowed === alg)) return err(refusal(WRONG_ALGORITHM));
    if (typeof kid !== 'string' || typeof alg !== 'string') return err(refusal(UNKNOWN_KEY));
    if (typ !== undefined && typ.toUpperCase() !== 'JWT') return err(refusal(NOT_A_TOKEN));
    return ok({ issuer, keyId: kid, algorithm: alg });
  } catch {
    return err(refusal(NOT_A_TOKEN));
  }
}

async function signedPayload(
  token: string,
  key: CryptoKey,
  algorithm: string,
  { url, audience }: Issuer,
  now: EpochMs,
): Promise<Result<JWTPayload, Problem>> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [algorithm],
      issuer: url,
      audience,
      clockTolerance: SKEW_SECONDS,
      currentDate: new Date(now),
      requiredClaims: ['exp', 'nbf', 'iat', 'jti'],
    });
    // jose accepts one of several audiences; a token that is also somebody else's could be replayed by them.
    const audiences = Array.isArray(payload.aud) ? payload.aud : [payload.aud];
    return audiences.length === 1 && audiences[0] === audience ? ok(payload) : err(refusal(WRONG_AUDIENCE));
  } catch (cause) {
    return err(refusal(wordsFor(cause)));
  }
}

function checkTimes(payload: JWTPayload, kind: IssuerKind, now: EpochMs): Result<EpochMs, Problem> {
  const { exp, nbf, iat } = payload;
  if (exp === undefined || nbf === undefined || iat === undefined) return err(refusal(TIMES_MISSING));
  if (iat > now / 1000 + SKEW_SECONDS) return err(refusal(NOT_YET_VALID));
  if (exp - Math.min(iat, nbf) > MAX_LIFETIME_SECONDS[kind] || exp <= iat)
    return err(refusal(LIVES_TOO_LONG));
  return ok(epochMs(exp * 1000));
}

type Words = readonly [rule: string, message: Text, remedy: Text];

const refusal = ([rule, message, remedy]: Words): Problem =>
  problem('unauthenticated', { rule, message, remedy } satisfies Reason);

const wordsFor = (cause: unknown): Words => {
  if (cause instanceof errors.JWTExpired) return EXPIRED;
  if (cause instanceof errors.JWTClaimValidationFailed) {
    if (cause.claim === 'aud') return WRONG_AUDIENCE;
    if (cause.claim === 'nbf' && cause.reason === 'check_failed') return NOT_YET_VALID;
    if (cause.claim === 'jti') return JTI_MISSING;
    return TIMES_MISSING;
  }
  return cause instanceof errors.JWSSignatureVerificationFailed ? WRONG_SIGNATURE : NOT_A_TOKEN;
};

const NEW_TOKEN = text(
  'Ask the CI for a new token and try again.',
  'CI から新しいトークンを取得して再実行してください。',
);
const DECLARE = text(
  'If the issuer should be trusted, declare it under `issuers` in sekisho.yaml.',
  '信頼すべき発行者であれば、sekisho.yaml の `issuers` に追加してください。',
);

const NOT_A_TOKEN: Words = [
  'token.malformed',
  text('This is not an OIDC token that can be read.', '読み取れる OIDC トークンではありません。'),
  NEW_TOKEN,
];
const UNKNOWN_ISSUER: Words = [
  'token.issuer-unknown',
  text(
    'The token’s issuer is not one this server trusts.',
    'トークンの発行者は、このサーバーが信頼する発行者ではありません。',
  ),
  DECLARE,
];
const WRONG_ALGORITHM: Words = [
  'token.algorithm',
  text(
    `The token is not signed with an accepted algorithm (${TOKEN_ALGORITHMS.join(', ')}).`,
    `トークンの署名アルゴリズムが許可されたもの(${TOKEN_ALGORITHMS.join(', ')})ではありません。`,
  ),
  NEW_TOKEN,
];
const UNKNOWN_KEY: Words = [
  'token.key-unknown',
  text(
    'The issuer publishes no such key as the token names.',
    'トークンが指す鍵を、発行者は公開していません。',
  ),
  NEW_TOKEN,
];
const WRONG_SIGNATURE: Words = [
  'token.signature',
  text('The token’s signature is not the issuer’s.', 'トークンの署名が発行者のものではありません。'),
  NEW_TOKEN,
];
const WRONG_AUDIENCE: Words = [
  'token.audience',
  text(
    'The token was made for another audience, or for more than one.',
    'トークンの audience が異なるか、複数指定されています。',
  ),
  text(
    'Ask for a token whose only audience is the one in sekisho.yaml.',
    'sekisho.yaml に書かれた audience だけを指定してトークンを取得してください。',
  ),
];
const EXPIRED: Words = [
  'token.expired',
  text('The token has expired.', 'トークンの有効期限が切れています。'),
  NEW_TOKEN,
];
const NOT_YET_VALID: Words = [
  'token.not-yet-valid',
  text('The token is from the future.', 'トークンの発行時刻が未来になっています。'),
  text(
    'Check the clocks of the CI and of this server; a skew of 60 seconds is tolerated.',
    'CI とこのサーバーの時刻を確認してください。許容する誤差は 60 秒です。',
  ),
];
const TIMES_MISSING: Words = [
  'token.times',
  text('The token lacks `exp`, `nbf` or `iat`.', 'トークンに `exp`、`nbf`、`iat` のいずれかがありません。'),
  NEW_TOKEN,
];
const JTI_MISSING: Words = [
  'token.jti-missing',
  text(
    'The token has no id (`jti`), so its single use cannot be ensured.',
    'トークンに `jti` がないため、一度きりの使用を保証できません。',
  ),
  NEW_TOKEN,
];
const LIVES_TOO_LONG: Words = [
  'token.lifetime',
  text('The token lives longer than its issuer’s tokens may.', 'トークンの有効期間が長すぎます。'),
  text(
    'GitHub’s tokens may live 1 hour, GitLab’s 6 hours (the job’s timeout).',
    '有効期間の上限は、GitHub が 1 時間、GitLab が 6 時間(ジョブのタイムアウト)です。',
  ),
];
