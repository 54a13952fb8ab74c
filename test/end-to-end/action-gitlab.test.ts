import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { freePort, SEKISHO, type ServerProcess, startServerProcess } from '../../demo/server-process.ts';
import { openStage, type Stage } from '../../demo/story/stage.ts';
import { startWorld, type World } from '../../demo/world.ts';

/*
 * A pipeline of GitLab's, as `action/workflows/gitlab/.gitlab-ci.yml` has it: real server, real Terraform, and a stand-in issuer that
 * writes the claims GitLab publishes. Nothing of it ran on GitLab.
 */

const WORKFLOW = 'gitlab.com/shop/infra//.gitlab-ci.yml@refs/heads/main';
const STACK = 'shop-staging';

let directory: string;
let world: World;
let server: ServerProcess;
let stage: Stage;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sekisho-gitlab-'));
  const shop = await startWorld({ directory: join(directory, 'world') });
  world = { ...shop, sekishoYaml: (where) => onGitlab(shop.sekishoYaml(where)) };
  server = await startServerProcess({
    ...{ world, directory: join(directory, 'server'), port: await freePort() },
  });
  const print = (): void => undefined;
  stage = await openStage({ world, url: server.url, directory, language: 'en', print, color: false });
});
afterAll(async () => {
  await server?.stop();
  await world?.stop();
  await rm(directory, { recursive: true, force: true });
});

const configuration = z.looseObject({
  issuers: z.array(z.looseObject({})),
  stacks: z.array(z.looseObject({})),
});

/** The demo's organization, with its repository on GitLab. */
function onGitlab(yaml: string): string {
  const { issuers, stacks, ...rest } = configuration.parse(parse(yaml));
  return stringify(
    {
      ...rest,
      issuers: issuers.map((issuer) => ({ ...issuer, kind: 'gitlab' })),
      stacks: stacks.map((stack) => ({ ...stack, workflow: WORKFLOW })),
    },
    { lineWidth: 0 },
  );
}

/**
 * "OpenID Connect (OIDC) Authentication Using ID Tokens", docs.gitlab.com, token payload: every claim that it names, for a job of a
 * pipeline on the default branch.
 */
const claimsOf = (commit: string, audience: string, more: object) => {
  const now = Math.floor(Date.now() / 1_000);
  return {
    ...{ iss: world.github.url, aud: audience, jti: randomUUID() },
    ...{ iat: now, nbf: now - 5, exp: now + 3_600 },
    sub: 'project_path:shop/infra:ref_type:branch:ref:main',
    ...{ namespace_id: '900', namespace_path: 'shop', project_id: '700100', project_path: 'shop/infra' },
    ...{
      user_id: '1001',
      user_login: 'taro',
      user_email: 'taro@shop.example',
      user_access_level: 'developer',
    },
    ...{ pipeline_id: '212', pipeline_source: 'push', job_id: '1301', ref: 'main', ref_type: 'branch' },
    ...{
      ref_path: 'refs/heads/main',
      ref_protected: 'true',
      runner_id: 1,
      runner_environment: 'gitlab-hosted',
    },
    ...{ sha: commit, project_visibility: 'private', ci_config_ref_uri: WORKFLOW, ci_config_sha: commit },
    ...more,
  };
};

interface PipelineJob {
  readonly workspace: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** A checkout, and as many tokens as the job declares. */
async function pipelineJob(name: 'plan' | 'apply', commit: string, more: object = {}): Promise<PipelineJob> {
  const pipeline = parse(
    readFileSync(join(import.meta.dirname, '../../action/workflows/gitlab/.gitlab-ci.yml'), 'utf8'),
  );
  const { id_tokens: declared } = z
    .object({ id_tokens: z.record(z.string(), z.object({ aud: z.string() })) })
    .parse(pipeline[`${name} ${STACK}`]);
  const { env, directory: folder } = await world.startJob({ stack: STACK, commit, actor: 'taro' });
  const tokens = await Promise.all(
    Object.keys(declared).map(async (token) => [
      token,
      await world.github.sign(claimsOf(commit, server.url, more)),
    ]),
  );
  const kept = Object.entries(env).filter(([variable]) => !/^(?:GITHUB|ACTIONS)_/.test(variable));
  const workspace = join(folder, '../..');
  return {
    workspace,
    variables: {
      ...Object.fromEntries(kept),
      ...Object.fromEntries(tokens),
      ...{ CI_PROJECT_DIR: workspace, GITLAB_CI: 'true', SEKISHO_URL: server.url, SEKISHO_LANG: 'en' },
    },
  };
}

async function sekisho({ workspace, variables }: PipelineJob, ...args: readonly string[]) {
  const child = spawn(SEKISHO, args, { cwd: workspace, env: variables, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (piece) => {
      output += String(piece);
    });
  const [code] = await once(child, 'close');
  return { code, output };
}

it('a pipeline on GitLab plans, waits for an approval, and applies it', async () => {
  const commit = await world.repository.head();
  const planning = await pipelineJob('plan', commit);
  const planned = await sekisho(planning, 'ci', 'plan', '--stack', STACK);
  expect(planned.code, planned.output).toBe(0);
  const plan = /pln_[0-9a-f-]{36}/.exec(planned.output)?.[0] ?? '';
  const asked = async () => {
    const job = await pipelineJob('apply', commit, { environment: 'staging', job_id: '1302' });
    return sekisho(job, 'ci', 'apply', '--stack', STACK, '--plan', plan);
  };
  const early = await asked();
  expect([early.code, early.output]).toEqual([3, expect.stringContaining('[policy.not-permitted]')]);
  const approved = await stage.person('hanako', 'approve', plan, '--yes');
  expect(approved.exitCode, approved.output).toBe(0);
  const applied = await asked();
  expect(applied.code, applied.output).toBe(0);
  expect(applied.output).toContain('Apply complete!');
});

it.each([
  [
    'a merge request, whose pipeline file is its own',
    {
      ci_config_ref_uri: WORKFLOW.replace('main', 'feature'),
      ref: 'feature',
      ref_path: 'refs/heads/feature',
    },
    'trust.workflow',
  ],
  ['a pipeline file from elsewhere, which GitLab does not name', { ci_config_ref_uri: null }, 'token.'],
  ['another project of the group', { project_id: '700101' }, 'trust.repository'],
])('gives nothing to a job of %s', async (_, more, rule) => {
  const job = await pipelineJob('plan', await world.repository.head(), more);
  const { code, output } = await sekisho(job, 'ci', 'plan', '--stack', STACK);
  expect([code, output]).toEqual([3, expect.stringContaining(`[${rule}`)]);
});
