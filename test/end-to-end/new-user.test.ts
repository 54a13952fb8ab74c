import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../../demo/server-process.ts';
import { ADMINISTRATOR, assumeRole, makeRole, trust } from '../../demo/stand-ins/enforcing-aws/testing.ts';
import { type StandInGitHubApi, startGitHubApi } from '../../demo/stand-ins/github/index.ts';
import type { App, Repository } from '../../demo/stand-ins/github/state.ts';
import { credentialVariables } from '../../demo/world.ts';
import { type JobOnGitHub, type OnGitHub, runOfPullRequest, runOfPush } from './github-life/run.ts';
import { createApp } from './new-user/browser.ts';
import { serve } from './new-user/server.ts';
import { findNewUser, type Surroundings } from './new-user/surroundings.ts';
import { newPerson, printed } from './new-user/typing.ts';

/*
 * As a new user: a repository with three stacks in two accounts, from `sekisho init` to the first applied change, by the lines that the documents
 * print. Only names, addresses and numbers are replaced, where `printed` says so. What stands in: AWS (it enforces) and GitHub (and its runner).
 */

const SERVER_ROLE = 'arn:aws:iam::123456789012:role/sekisho-server';
const STACKS = ['shop-network', 'shop-production', 'shop-staging'] as const;
const CHANGED = 'stacks/shop-staging/main.tf';
const TABLE = `
resource "aws_dynamodb_table" "returns" {
  name         = "returns"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }
}
`;

let directory: string;
let user: Surroundings;
let github: StandInGitHubApi;
let server: { stop(): Promise<void> } | undefined;
let url: string;
const person = newPerson();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sekisho-new-user-'));
  // The database runs as another user when we are root, and must reach its folder.
  await chmod(directory, 0o711);
  user = await findNewUser(directory);
  github = await startGitHubApi();
  github.organization('shop', 900);
  github.user('hanako', 1002);
  github.user('yuki', 1003);
  // As it was before Sekisho: somebody applied from a laptop, which left lock files, states and what is in the accounts.
  await Promise.all(
    STACKS.map((stack) =>
      promisify(execFile)('bash', ['-ec', 'terraform init -input=false && terraform apply -auto-approve'], {
        cwd: join(user.infra, 'stacks', stack),
        env: { ...user.env, AWS_PROFILE: stack === 'shop-production' ? 'production' : 'staging' },
      }),
    ),
  );
});
afterAll(async () => {
  const complaints = github?.complaints();
  await server?.stop();
  await github?.stop();
  await user?.stop();
  await rm(directory, { recursive: true, force: true });
  expect(complaints).toEqual([]);
});

const file = (path: string): Promise<string> => readFile(join(user.infra, path), 'utf8');

it('from sekisho init to the first applied change, by what the documents print', async () => {
  await init();
  await makeRoles();
  await startServer();
  const repository = await commitWorkflows();
  const app = await connect(repository);
  await firstApply(onGitHub(repository, app));
  person.end();
  console.table(person.taken);
});

async function init(): Promise<void> {
  person.begin('sekisho init');
  const reference = await readFile(join(import.meta.dirname, '../../docs/init.md'), 'utf8');
  const answers = {
    '--branch': ['main'],
    '--repository-id': ['700100'],
    '--owner-id': ['900'],
    '--server': ['https://sekisho.shop.example'],
    '--server-role': [SERVER_ROLE],
    '--source': [`shop/sekisho@${'0'.repeat(40)}`],
    '--person': ['hanako=1002', 'yuki=1003'],
    '--key': [`hanako=${user.people.hanako.keyFile}.pub`, `yuki=${user.people.yuki.keyFile}.pub`],
    '--yes': [''],
  };
  expect(Object.keys(answers).filter((flag) => !reference.includes(`\`${flag}`))).toEqual([]);
  const flags = Object.entries(answers).flatMap(([flag, values]) =>
    values.map((value) => `${flag} ${value}`),
  );
  const line = `${printed('README.md', 'sekisho init')} ${flags.join(' ')}`;
  const said = await person.type([line], { cwd: user.infra, env: user.env });
  for (const step of ['1. Make the roles', '2. Start the server', '3. Merge .github/workflows/'])
    expect(said).toContain(step);
  const yaml = await file('sekisho/sekisho.yaml');
  for (const stack of STACKS) expect(yaml).toContain(`- name: ${stack}`);
  for (const { id } of Object.values(user.accounts)) expect(yaml).toContain(`- id: "${id}"`);
}

async function makeRoles(): Promise<void> {
  person.begin('the roles in both accounts');
  const guide = 'docs/adopt.md';
  const change = printed(guide, 'cd sekisho/sekisho-account');
  for (const account of ['staging', 'production']) {
    const own: Readonly<Record<string, string>> = account === 'staging' ? {} : { staging: account };
    const lines = [
      printed(guide, 'export AWS_PROFILE=staging', own),
      printed(
        guide,
        'terraform init && terraform workspace select -or-create staging && terraform apply',
        own,
      ),
    ];
    const where = { cwd: user.infra, env: user.env, input: 'yes\n' };
    const said = await (account === 'staging'
      ? person.type([change, ...lines], where)
      : person.type(lines, { ...where, before: [change] }));
    expect(said).toContain('Resources: 11 added, 0 changed, 0 destroyed');
  }
}

/** The role of the server's machine, and the server on it. */
async function startServer(): Promise<void> {
  person.begin('the server');
  await makeRole(user.awsUrl, ADMINISTRATOR, {
    name: 'sekisho-server',
    trust: trust({ AWS: 'arn:aws:iam::123456789012:root' }),
    policy: await file('sekisho/server-role-policy.json'),
  });
  const role = await assumeRole(user.awsUrl, ADMINISTRATOR, {
    RoleArn: SERVER_ROLE,
    RoleSessionName: 'server',
  });
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const etc = join(directory, 'etc');
  await mkdir(etc, { mode: 0o700 });
  const written = await file('sekisho/sekisho.yaml');
  await writeFile(
    join(etc, 'sekisho.yaml'),
    written
      .replace('https://token.actions.githubusercontent.com', github.issuer)
      .replace('publicUrl: https://sekisho.shop.example', `publicUrl: ${url}\n  listen: { port: ${port} }`),
  );
  const own = { '/etc/sekisho': etc };
  const check = printed('docs/adopt.md', 'sekisho config check /etc/sekisho/sekisho.yaml', own);
  await person.type([check], { cwd: directory, env: user.env });
  const line = printed(
    'docs/adopt.md',
    '/usr/local/bin/sekisho serve --config /etc/sekisho/sekisho.yaml --data /var/lib/sekisho/data',
    { ...own, '/usr/local/bin/': '', '/var/lib/sekisho': directory },
  );
  server = await serve(line, url, { directory, env: { ...user.env, ...credentialVariables(role) } });
}

/** The repository as it was is on GitHub; what init wrote for it is proposed and merged. */
async function commitWorkflows(): Promise<Repository> {
  person.begin('the workflows');
  const before: Record<string, string> = { 'modules/queue/main.tf': await file('modules/queue/main.tf') };
  for (const stack of STACKS)
    for (const name of ['main.tf', '.terraform.lock.hcl'])
      before[`stacks/${stack}/${name}`] = await file(`stacks/${stack}/${name}`);
  const repository = github.repository({ owner: 'shop', name: 'infra', id: 700_100, files: before });
  const files: Record<string, string> = {};
  for (const path of ['.github/workflows/change.yml', '.github/workflows/terraform.yml'])
    files[path] = (await file(path)).replaceAll('https://sekisho.shop.example', url);
  const { number } = github.openPullRequest({ repository, author: 'hanako', branch: 'sekisho', files }).issue;
  github.merge(repository, number, 'hanako');
  for (const _ of ['open', 'merge']) person.click();
  return repository;
}

const personalEnv = (name: 'hanako' | 'yuki') => ({ ...user.env, HOME: join(directory, 'home', name) });

async function connect(repository: Repository): Promise<App> {
  person.begin('the GitHub App');
  const where = { cwd: directory, env: personalEnv('hanako') };
  const line = printed(
    'docs/github-app.md',
    'sekisho github connect --organization shop --url https://github.example.com',
    { 'https://github.example.com': `http://${github.host}` },
  );
  const link = await person.type([signingAs('hanako'), line], where);
  const app = await createApp(github, /^http:\S+$/m.exec(link)?.[0] ?? link);
  github.install(app, 'shop', [repository]);
  for (const _ of ['open the link', 'the button', 'create', 'install']) person.click();
  const check = printed('docs/github-app.md', 'sekisho github check');
  const checked = await person.type([check], { ...where, before: [signingAs('hanako')] });
  expect(checked.split('\n').filter((said) => said !== '' && !said.startsWith('✓'))).toEqual([]);
  return app;
}

const signingAs = (name: 'hanako' | 'yuki'): string =>
  printed(
    'docs/adopt.md',
    'export SEKISHO_URL=https://sekisho.shop.example SEKISHO_SSH_KEY=~/.ssh/id_ed25519_sk',
    { 'https://sekisho.shop.example': url, '~/.ssh/id_ed25519_sk': user.people[name].keyFile },
  );

function onGitHub(repository: Repository, app: App): OnGitHub {
  let jobs = 0;
  const startJob = async ({ commit, actor, environment, claims = {} }: JobOnGitHub) => {
    jobs += 1;
    const home = join(directory, 'runners', String(jobs));
    const workspace = join(home, 'workspace');
    await mkdir(home, { recursive: true });
    const checkout = ['-C', user.infra, 'worktree', 'add', '--quiet', '--detach', workspace, commit];
    await promisify(execFile)('git', checkout);
    const main = { ref: 'refs/heads/main', commit };
    const variables = github.tokens.startJob({
      ...{ repository: 'shop/infra', repositoryId: '700100', ownerId: '900' },
      ...{ actor, actorId: actor === 'hanako' ? '1002' : '1003', event: 'push', ...main },
      workflow: '.github/workflows/change.yml',
      ...{ job: environment === undefined ? 'plan' : 'apply', ...claims },
    });
    const { SEKISHO_LANG: _, ...machine } = user.env;
    return { env: { ...machine, HOME: home, GITHUB_WORKSPACE: workspace, RUNNER_TEMP: home, ...variables } };
  };
  return {
    ...{ github, repository, app, bin: user.bin, stage: { url } },
    world: { repository: { directory: user.infra }, startJob },
  };
}

async function firstApply(on: OnGitHub): Promise<void> {
  const { staging, production } = user.accounts;
  const guide = 'docs/adopt.md';
  person.begin('the pull request and its plan');
  const { number } = github.openPullRequest({
    ...{ repository: on.repository, author: 'yuki', branch: 'returns' },
    files: { [CHANGED]: (await file(CHANGED)) + TABLE },
  }).issue;
  person.click();
  await github.deliver();
  const proposed = await runOfPullRequest(on, number);
  expect([...proposed.keys()]).toEqual(['shop-staging']);
  const { plan } = proposed.get('shop-staging') ?? {};
  expect(plan?.exitCode, plan?.log.shown()).toBe(0);
  const id = plan?.outputs.plan ?? '';

  person.begin('the approval');
  const lines = [
    printed(guide, 'sekisho login'),
    printed(guide, 'sekisho show pln_…', { 'pln_…': id }),
    // Instead of the stack's name, which it asks in a terminal.
    `${printed(guide, 'sekisho approve pln_…', { 'pln_…': id })} --yes`,
  ];
  const hanakos = { cwd: directory, env: personalEnv('hanako'), before: [signingAs('hanako')] };
  const said = await person.type(lines, hanakos);
  expect(said).toContain('aws_dynamodb_table.returns');
  expect(await user.tables(staging)).toEqual([]);

  person.begin('the merge and the apply');
  github.merge(on.repository, number, 'hanako');
  person.click();
  await github.deliver();
  const merged = await runOfPush(on, 'hanako');
  expect([...merged.keys()]).toEqual(['shop-staging']);
  const { apply, plan: again } = merged.get('shop-staging') ?? {};
  expect([apply?.exitCode, apply?.outputs.state], apply?.log.shown() ?? again?.log.shown()).toEqual([
    0,
    'applied',
  ]);
  expect([await user.tables(staging), await user.tables(production)]).toEqual([['returns'], []]);

  person.begin('looking at it');
  const list = printed(guide, 'sekisho audit list --stack shop-staging');
  const seen = await person.type([list], hanakos);
  for (const kind of ['approval.given', 'grant.issued']) expect(seen).toContain(kind);
}
