import { createRemoteJWKSet, decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';
import { err, ok, type Result } from '../../../src/core-values/index.ts';
import type { Refusal } from './refusals.ts';
import type { AwsState } from './state.ts';

/** Who stands behind a token, once it is verified. */
export interface WebIdentity {
  /** ARN of the account's OIDC provider. */
  readonly provider: string;
  /** Keys such as `token.actions.githubusercontent.com:sub`, in lower case. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
  readonly tags: ReadonlyMap<string, string>;
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity?: string;
}

const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'];
const Discovery = z.object({ issuer: z.string(), jwks_uri: z.url() });

/** Claims besides `aud`, `sub` and `amr` that AWS takes for keys, of GitHub. Source: IAM User Guide, "Keys for AWS OIDC federation". */
const GITHUB_CLAIMS = [
  'actor',
  'actor_id',
  'enterprise_id',
  'environment',
  'job_workflow_ref',
  'ref',
  'repository',
  'repository_id',
  'workflow',
];

/** Where a session's tags and source identity stand in a token. Source: IAM User Guide, "Passing session tags using AssumeRoleWithWebIdentity". */
const TAGS_CLAIM = 'https://aws.amazon.com/tags';
const SOURCE_IDENTITY_CLAIM = 'https://aws.amazon.com/source_identity';
const TagsClaim = z.object({
  principal_tags: z.record(z.string(), z.array(z.string())).default({}),
  transitive_tag_keys: z.array(z.string()).default([]),
});

/** Verifies a token with the keys that its issuer publishes; the issuer must be one of the account's providers, the audience one of its clients. */
export async function readWebIdentity(
  state: AwsState,
  account: string,
  token: string,
  now: Date,
): Promise<Result<WebIdentity, Refusal>> {
  const issuer = issuerOf(token);
  if (issuer === undefined)
    return invalid(
      'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
    );
  const host = issuer.replace(/^https?:\/\//, '');
  const providers = await state.oidcProviders(account);
  const provider = providers.find(({ arn }) => arn.endsWith(`:oidc-provider/${host}`));
  if (provider === undefined) return invalid(`No OpenIDConnect provider found in your account for ${issuer}`);
  const verified = await verify(issuer, token, now);
  if (!verified.ok) return verified;
  const { value: claims } = verified;
  const audience = typeof claims.azp === 'string' ? [claims.azp] : [claims.aud ?? []].flat();
  if (!audience.some((one) => provider.audiences.includes(one))) return invalid('Incorrect token audience');
  const tags = TagsClaim.safeParse(claims[TAGS_CLAIM] ?? {});
  if (!tags.success) return invalid('The token’s session tags cannot be read');
  const sourceIdentity = claims[SOURCE_IDENTITY_CLAIM];
  return ok({
    provider: provider.arn,
    keys: { ...claimKeys(host, claims, audience), 'aws:federatedprovider': [provider.arn] },
    tags: new Map(Object.entries(tags.data.principal_tags).map(([key, values]) => [key, values[0] ?? ''])),
    transitiveTagKeys: tags.data.transitive_tag_keys,
    ...(typeof sourceIdentity === 'string' && { sourceIdentity }),
  });
}

function issuerOf(token: string): string | undefined {
  try {
    const { iss } = decodeJwt(token);
    // AWS takes https only; a stand-in's issuer is on this machine.
    return iss !== undefined &&
      /^(?:https:\/\/|http:\/\/(?:127\.0\.0\.1|localhost)(?::\d+)?(?:\/|$))/.test(iss)
      ? iss
      : undefined;
  } catch {
    return undefined;
  }
}

async function verify(issuer: string, token: string, now: Date): Promise<Result<JWTPayload, Refusal>> {
  try {
    const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
    const discovery = Discovery.safeParse(response.ok ? await response.json() : undefined);
    if (!discovery.success || discovery.data.issuer !== issuer) return invalid(COULD_NOT_RETRIEVE);
    const keys = createRemoteJWKSet(new URL(discovery.data.jwks_uri));
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      algorithms: ALGORITHMS,
      currentDate: now,
      requiredClaims: ['iss', 'sub', 'aud', 'exp', 'iat'],
    });
    return ok(payload);
  } catch (error) {
    if (error instanceof errors.JWTExpired) {
      return err({
        code: 'ExpiredTokenException',
        message: 'Token expired: the exp claim is in the past',
        status: 400,
      });
    }
    return invalid(
      error instanceof errors.JOSEError ? `The token is not valid: ${error.code}` : COULD_NOT_RETRIEVE,
    );
  }
}

const COULD_NOT_RETRIEVE =
  "Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity documentation for requirements";

function claimKeys(host: string, claims: JWTPayload, audience: readonly string[]) {
  const prefix = host.toLowerCase();
  const github = GITHUB_CLAIMS.flatMap((name): [string, readonly string[]][] => {
    const value = claims[name];
    return typeof value === 'string' && value !== '' ? [[`${prefix}:${name}`, [value]]] : [];
  });
  const amr = Array.isArray(claims.amr) ? claims.amr.map(String) : [];
  return {
    ...Object.fromEntries(github),
    [`${prefix}:aud`]: audience,
    [`${prefix}:sub`]: [claims.sub ?? ''],
    [`${prefix}:amr`]: amr,
    ...(typeof claims.azp === 'string' && { [`${prefix}:oaud`]: [claims.aud ?? []].flat() }),
  };
}

const invalid = (message: string): Result<never, Refusal> =>
  err({ code: 'InvalidIdentityToken', message, status: 400 });
