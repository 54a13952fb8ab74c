import { createHash } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { epochMs } from '#core-values';
import { EXAMPLE_IDENTITY, EXAMPLE_ISSUER } from './core/example-stack.ts';
import { type IssuerKeys, issuerKeys } from './issuer-keys.ts';
import { githubClaims, gitlabClaims, type StandInIssuer, standInIssuer } from './stand-in-issuer.ts';
import { verifyWorkloadToken } from './workload-token.ts';

const now = epochMs(1_800_000_000_000);
const seconds = now / 1000;
let issuer: StandInIssuer;
let keys: IssuerKeys;

beforeAll(async () => {
  issuer = await standInIssuer();
  keys = issuerKeys({ clock: { now: () => now }, fetch: issuer.fetch });
});

const verify = (token: string, kind: 'github-actions' | 'gitlab' = 'github-actions') =>
  verifyWorkloadToken(token, { issuers: [{ ...EXAMPLE_ISSUER, kind }], keys, now });

async function rulesOf(
  change: Record<string, unknown>,
  kind?: 'github-actions' | 'gitlab',
): Promise<string[]> {
  const claims = kind === 'gitlab' ? gitlabClaims(seconds) : githubClaims(seconds);
  const outcome = await verify(await issuer.sign({ ...claims, ...change }), kind);
  return outcome.ok ? [] : outcome.error.reasons.map(({ rule }) => rule);
}

const ruleOfToken = async (token: string): Promise<string | undefined> => {
  const outcome = await verify(token);
  return outcome.ok ? undefined : outcome.error.reasons[0].rule;
};

describe('a workload’s token', () => {
  it('becomes the identity of a GitHub Actions job, claim by claim', async () => {
    const token = await issuer.sign(githubClaims(seconds));
    const tokenSha256 = createHash('sha256').update(token).digest('hex');
    expect(await verify(token)).toEqual({ ok: true, value: { ...EXAMPLE_IDENTITY, tokenSha256 } });
  });

  it('becomes the identity of a GitLab job, claim by claim', async () => {
    const outcome = await verify(await issuer.sign(gitlabClaims(seconds)), 'gitlab');
    expect(outcome).toMatchObject({
      ok: true,
      value: {
        kind: 'gitlab',
        repositoryId: '700100',
        ownerId: '900',
        ref: 'refs/heads/main',
        runId: '31',
        runAttempt: 1,
        job: '5501',
        event: 'push',
        refProtected: true,
        workflowRef: { repository: 'gitlab.com/shop/infra', path: '.gitlab-ci.yml', ref: 'refs/heads/main' },
      },
    });
  });

  it('is refused from an issuer that is not ours character by character', async () => {
    for (const iss of [
      `${EXAMPLE_ISSUER.url}/`,
      EXAMPLE_ISSUER.url.toUpperCase(),
      'https://evil.example',
      '',
    ]) {
      expect(await rulesOf({ iss })).toEqual(['token.issuer-unknown']);
    }
  });

  it('is refused for another audience, and for ours among others (attack 2)', async () => {
    expect(await rulesOf({ aud: 'sts.amazonaws.com' })).toEqual(['token.audience']);
    expect(await rulesOf({ aud: [EXAMPLE_ISSUER.audience, 'other'] })).toEqual(['token.audience']);
    expect(await rulesOf({ aud: undefined })).toEqual(['token.audience']);
    expect(await rulesOf({ aud: [EXAMPLE_ISSUER.audience] })).toEqual([]);
  });

  it('is refused unless signed with an accepted algorithm by the issuer’s own key', async () => {
    const claims = githubClaims(seconds);
    const stranger = await generateKeyPair('ES256', { extractable: true });
    const signed = (header: { alg: string; kid?: string }, key: Parameters<SignJWT['sign']>[0]) =>
      new SignJWT(claims).setProtectedHeader(header).sign(key);
    expect(await ruleOfToken(new UnsecuredJWT(claims).encode())).toBe('token.algorithm');
    expect(await ruleOfToken(await signed({ alg: 'ES256', kid: 'key-1' }, stranger.privateKey))).toBe(
      'token.signature',
    );
    expect(await ruleOfToken(await signed({ alg: 'ES256', kid: 'other' }, stranger.privateKey))).toBe(
      'token.key-unknown',
    );
    expect(await ruleOfToken(await signed({ alg: 'ES256' }, stranger.privateKey))).toBe('token.key-unknown');
    const secret = new TextEncoder().encode(JSON.stringify(await exportJWK(stranger.publicKey)));
    expect(await ruleOfToken(await signed({ alg: 'HS256', kid: 'key-1' }, secret))).toBe('token.algorithm');
    const rsa = await generateKeyPair('RS256');
    expect(await ruleOfToken(await signed({ alg: 'RS256', kid: 'key-1' }, rsa.privateKey))).toBe(
      'token.key-unknown',
    );
  });

  it('is refused when it is no token at all, or larger than any token', async () => {
    for (const token of ['', 'a.b.c', 'x'.repeat(20_000), '..', '{}'])
      expect(await ruleOfToken(token)).toBe('token.malformed');
  });

  it('is refused before, after and beyond its time, with a skew of 60 seconds (attack 22)', async () => {
    expect(await rulesOf({ exp: seconds - 61 })).toEqual(['token.expired']);
    expect(await rulesOf({ exp: seconds - 59, iat: seconds - 300 })).toEqual([]);
    expect(await rulesOf({ iat: seconds + 61, nbf: seconds, exp: seconds + 300 })).toEqual([
      'token.not-yet-valid',
    ]);
    expect(await rulesOf({ nbf: seconds + 61 })).toEqual(['token.not-yet-valid']);
    expect(await rulesOf({ nbf: seconds + 59, iat: seconds + 59 })).toEqual([]);
    expect(await rulesOf({ exp: seconds + 3601 })).toEqual(['token.lifetime']);
    expect(await rulesOf({ exp: seconds + 1e9 })).toEqual(['token.lifetime']);
    // Good for long before it was issued, or over before that.
    expect(await rulesOf({ nbf: seconds - 3000, exp: seconds + 3000 })).toEqual(['token.lifetime']);
    expect(await rulesOf({ iat: seconds + 30, nbf: seconds, exp: seconds + 30 })).toEqual(['token.lifetime']);
  });

  it('is refused without any of its times or its id', async () => {
    for (const claim of ['exp', 'nbf', 'iat'])
      expect(await rulesOf({ [claim]: undefined })).toEqual(['token.times']);
    expect(await rulesOf({ jti: undefined })).toEqual(['token.jti-missing']);
  });

  it('is refused when any claim that trust could be asked about is missing (attack 3)', async () => {
    for (const claim of [
      ...['repository', 'repository_id', 'repository_owner_id', 'ref', 'sha', 'job_workflow_ref'],
      ...['event_name', 'run_id', 'run_number', 'run_attempt', 'actor_id', 'actor'],
    ]) {
      expect(await rulesOf({ [claim]: undefined }), claim).toEqual(['token.claim-missing']);
      expect(await rulesOf({ [claim]: '' }), claim).toEqual(['token.claim-missing']);
      expect(await rulesOf({ [claim]: ['x'] }), claim).toEqual(['token.claim-malformed']);
    }
    for (const claim of [
      'project_id',
      'namespace_id',
      'ref_path',
      'ci_config_ref_uri',
      'pipeline_id',
      'job_id',
      'user_id',
    ]) {
      expect(await rulesOf({ [claim]: undefined }, 'gitlab'), claim).toEqual(['token.claim-missing']);
    }
  });

  it('lists every claim that is wrong at once', async () => {
    expect(await rulesOf({ sha: 'main', repository_id: '7*', ref: 'refs/heads/a b' })).toEqual([
      'token.claim-malformed',
      'token.claim-malformed',
      'token.claim-malformed',
    ]);
  });

  it('is refused with a workflow reference that could be read in two ways (attack 4)', async () => {
    for (const job_workflow_ref of [
      'shop/infra/.github/workflows/a.yml@refs/heads/b.yml@refs/heads/main',
      'shop/infra/.github/workflows/a.yml/.github/workflows/terraform.yml@refs/heads/main',
      'shop/infra/.github/workflows/terraform.yml@main|develop',
      'shop/infra/.github/workflows/../terraform.yml@refs/heads/main',
    ]) {
      expect(await rulesOf({ job_workflow_ref })).toEqual(['token.claim-malformed']);
    }
  });

  it('never depends on the subject, whatever shape it has (attack 6)', async () => {
    for (const sub of [
      'repo:evil/x:ref:refs/heads/main',
      'repo:shop@900/infra@700100:environment:production',
      'repo:shop%3Ainfra:environment:prod%3Auction',
      undefined,
    ]) {
      expect(await rulesOf({ sub })).toEqual([]);
    }
  });

  it('is refused from GitLab when its ref and its ref path disagree', async () => {
    expect(await rulesOf({ ref: 'develop' }, 'gitlab')).toEqual(['token.claim-malformed']);
    expect(await rulesOf({ ref_type: 'tag' }, 'gitlab')).toEqual(['token.claim-malformed']);
  });

  it('is never quoted in a refusal', async () => {
    const token = await issuer.sign({ ...githubClaims(seconds), aud: 'other', sha: 'canary-value' });
    const outcome = await verify(token);
    expect(JSON.stringify(outcome)).not.toContain(token.slice(-20));
    expect(JSON.stringify(outcome)).not.toContain('canary-value');
  });
});
