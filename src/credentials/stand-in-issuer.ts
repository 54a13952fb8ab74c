import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { EXAMPLE_ISSUER } from './core/example-stack.ts';

/**
 * An OIDC issuer for tests: signs tokens and answers discovery, by a `fetch` of its own instead of a network. The demo's
 * `github-tokens.ts` is another on purpose: a listening server that behaves as GitHub does, which runs with its own clock; this one
 * has the clock of its test, breaks on request, and signs ES256 as other issuers may.
 */
export interface StandInIssuer {
  readonly fetch: typeof fetch;
  /** Addresses asked, in order. */
  readonly asked: string[];
  sign(claims: JWTPayload, keyId?: string): Promise<string>;
  /** Publishes a new key under this id, and no longer the others unless `keep`. */
  rotate(keyId: string, keep?: boolean): Promise<void>;
  /** What to answer instead of the truth; `undefined` to be well again. */
  breakWith(failure: (() => Response | Promise<Response>) | undefined): void;
}

export async function standInIssuer(url: string = EXAMPLE_ISSUER.url): Promise<StandInIssuer> {
  const privateKeys = new Map<string, Awaited<ReturnType<typeof generateKeyPair>>['privateKey']>();
  let published: JWK[] = [];
  let failure: (() => Response | Promise<Response>) | undefined;
  const asked: string[] = [];
  const rotate = async (keyId: string, keep = false): Promise<void> => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    privateKeys.set(keyId, privateKey);
    const jwk: JWK = { ...(await exportJWK(publicKey)), kid: keyId, alg: 'ES256', use: 'sig' };
    published = keep ? [...published, jwk] : [jwk];
  };
  await rotate('key-1');
  const answer = async (input: string | URL | Request): Promise<Response> => {
    const address = input instanceof Request ? input.url : String(input);
    asked.push(address);
    if (failure !== undefined) return failure();
    if (address === `${url}/.well-known/openid-configuration`) {
      return Response.json({ issuer: url, jwks_uri: `${url}/keys` });
    }
    return address === `${url}/keys` ? Response.json({ keys: published }) : new Response('', { status: 404 });
  };
  return {
    fetch: answer,
    asked,
    rotate,
    breakWith: (how) => {
      failure = how;
    },
    sign: async (claims, keyId = [...privateKeys.keys()].at(-1) ?? '') => {
      const key = privateKeys.get(keyId);
      if (key === undefined) throw new Error(`no key ${keyId}`);
      return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: keyId, typ: 'JWT' }).sign(key);
    },
  };
}

/** The claims of the example job, as GitHub writes them. */
export const githubClaims = (nowSeconds: number): JWTPayload => ({
  iss: EXAMPLE_ISSUER.url,
  aud: EXAMPLE_ISSUER.audience,
  sub: 'repo:shop/infra:environment:production',
  jti: 'jti-1',
  iat: nowSeconds,
  nbf: nowSeconds - 600,
  exp: nowSeconds + 300,
  repository: 'shop/infra',
  repository_id: '700100',
  repository_owner: 'shop',
  repository_owner_id: '900',
  ref: 'refs/heads/main',
  sha: 'a'.repeat(40),
  workflow_ref: 'shop/infra/.github/workflows/change.yml@refs/heads/main',
  job_workflow_ref: 'shop/infra/.github/workflows/terraform.yml@refs/heads/main',
  job_workflow_sha: 'c'.repeat(40),
  event_name: 'push',
  environment: 'production',
  run_id: '31',
  run_number: '7',
  run_attempt: '1',
  check_run_id: '5501',
  actor_id: '42',
  actor: 'hanako',
});

/** The same job, as GitLab writes it. */
export const gitlabClaims = (nowSeconds: number): JWTPayload => ({
  iss: EXAMPLE_ISSUER.url,
  aud: EXAMPLE_ISSUER.audience,
  sub: 'project_path:shop/infra:ref_type:branch:ref:main',
  jti: 'jti-1',
  iat: nowSeconds,
  nbf: nowSeconds - 5,
  exp: nowSeconds + 3600,
  namespace_id: '900',
  namespace_path: 'shop',
  project_id: '700100',
  project_path: 'shop/infra',
  user_id: '42',
  user_login: 'hanako',
  pipeline_id: '31',
  pipeline_source: 'push',
  job_id: '5501',
  ref: 'main',
  ref_type: 'branch',
  ref_path: 'refs/heads/main',
  ref_protected: 'true',
  sha: 'a'.repeat(40),
  ci_config_ref_uri: 'gitlab.com/shop/infra//.gitlab-ci.yml@refs/heads/main',
  ci_config_sha: 'c'.repeat(40),
});
