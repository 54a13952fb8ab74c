import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  type JobEnvironment,
  type SimulatedJob,
  type StandInGithub,
  startStandInGithub,
} from './github-tokens.ts';

const AUDIENCE = 'https://sekisho.shop.example';
const Answer = z.object({ value: z.string() });

const JOB: SimulatedJob = {
  repository: 'shop/infra',
  repositoryId: '700100',
  ownerId: '900',
  actorId: '1001',
  actor: 'taro',
  event: 'push',
  ref: 'refs/heads/main',
  commit: 'a'.repeat(40),
  workflow: '.github/workflows/change.yml',
  jobWorkflow: { path: '.github/workflows/terraform.yml', ref: 'refs/heads/main', commit: 'b'.repeat(40) },
  job: 'apply',
  environment: 'production',
};

let github: StandInGithub;
beforeAll(async () => {
  github = await startStandInGithub();
});
afterAll(() => github.stop());

const ask = (env: JobEnvironment, bearer = env.ACTIONS_ID_TOKEN_REQUEST_TOKEN): Promise<Response> =>
  fetch(`${env.ACTIONS_ID_TOKEN_REQUEST_URL}&audience=${encodeURIComponent(AUDIENCE)}`, {
    headers: { authorization: `bearer ${bearer}` },
  });
const tokenOf = async (env: JobEnvironment): Promise<string> =>
  Answer.parse(await (await ask(env)).json()).value;
/** A key set without a cache, as a verifier sees it that starts now. */
const keys = () => createRemoteJWKSet(new URL(`${github.url}/.well-known/jwks`));
const verify = (token: string) =>
  jwtVerify(token, keys(), { issuer: github.url, audience: AUDIENCE, algorithms: ['RS256'] });

describe('the stand-in for GitHub’s OIDC issuer', () => {
  it('publishes its keys where discovery says', async () => {
    const discovery = await (await fetch(`${github.url}/.well-known/openid-configuration`)).json();
    expect(discovery).toMatchObject({ issuer: github.url, jwks_uri: `${github.url}/.well-known/jwks` });
  });

  it('gives a job a verifiable token with the claims GitHub writes', async () => {
    const { payload } = await verify(await tokenOf(github.startJob(JOB)));
    expect(payload).toMatchObject({
      sub: 'repo:shop/infra:environment:production',
      repository_id: '700100',
      repository_owner: 'shop',
      repository_owner_id: '900',
      workflow_ref: 'shop/infra/.github/workflows/change.yml@refs/heads/main',
      job_workflow_ref: 'shop/infra/.github/workflows/terraform.yml@refs/heads/main',
      job_workflow_sha: 'b'.repeat(40),
      sha: 'a'.repeat(40),
      event_name: 'push',
      environment: 'production',
      run_attempt: '1',
      runner_environment: 'github-hosted',
    });
    const lacking = [
      'jti',
      'nbf',
      'run_id',
      'run_number',
      'check_run_id',
      'head_ref',
      'base_ref',
      'workflow_sha',
    ];
    expect(Object.keys(payload)).toEqual(expect.arrayContaining(lacking));
  });

  it('gives every token its own jti, and every job its own run', async () => {
    const job = github.startJob(JOB);
    const [first, second, other] = await Promise.all([
      tokenOf(job),
      tokenOf(job),
      tokenOf(github.startJob(JOB)),
    ]);
    expect(decodeJwt(first).jti).not.toBe(decodeJwt(second).jti);
    expect(decodeJwt(first).run_id).toBe(decodeJwt(second).run_id);
    expect(decodeJwt(first).run_id).not.toBe(decodeJwt(other).run_id);
  });

  it('gives no token to somebody without the job’s request token', async () => {
    const job = github.startJob(JOB);
    expect((await ask(job, 'guess')).status).toBe(401);
    expect((await ask(job, github.startJob(JOB).ACTIONS_ID_TOKEN_REQUEST_TOKEN)).status).toBe(401);
  });

  it('rotates its keys, and can withdraw the old ones', async () => {
    const old = await tokenOf(github.startJob(JOB));
    await github.rotateKeys();
    await expect(verify(old)).resolves.toBeDefined();
    await expect(verify(await tokenOf(github.startJob(JOB)))).resolves.toBeDefined();
    await github.rotateKeys({ withdraw: true });
    await expect(verify(old)).rejects.toThrow();
  });
});
