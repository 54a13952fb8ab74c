import { createPrivateKey } from 'node:crypto';
import { importPKCS8, SignJWT } from 'jose';
import { type StandInGitHubApi, startGitHubApi } from './index.ts';
import type { App, Installation, Repository } from './state.ts';

/** What Sekisho's App asks for, and more than a route needs. */
export const EVERYTHING = {
  actions: 'write',
  checks: 'write',
  contents: 'read',
  deployments: 'write',
  issues: 'write',
  members: 'read',
  pull_requests: 'write',
  statuses: 'write',
} as const;

export const EVENTS = [
  'check_run',
  'check_suite',
  'issue_comment',
  'issues',
  'membership',
  'merge_group',
  'organization',
  'pull_request',
  'pull_request_review',
  'push',
] as const;

export interface Scene {
  readonly github: StandInGitHubApi;
  readonly app: App;
  readonly installation: Installation;
  readonly repository: Repository;
}

/** An organization with two people, one repository and our App installed. */
export async function scene(permissions: Readonly<Record<string, string>> = EVERYTHING): Promise<Scene> {
  const github = await startGitHubApi();
  github.organization('acme');
  for (const login of ['alice', 'bob']) github.user(login);
  github.team('acme', 'Platform', ['alice', 'bob']);
  const repository = github.repository({
    owner: 'acme',
    name: 'infra',
    files: { 'shop/main.tf': 'a\n', '.github/workflows/sekisho.yml': 'on: workflow_dispatch\n' },
  });
  const app = github.registerApp({
    name: 'Sekisho',
    owner: 'acme',
    permissions,
    events: EVENTS,
    hookUrl: '',
  });
  const installation = github.install(app, 'acme', [repository]);
  return { github, app, installation, repository };
}

export const HEADERS = {
  accept: 'application/vnd.github+json',
  'user-agent': 'sekisho-tests',
  'x-github-api-version': '2022-11-28',
} as const;

const SECONDS = 1000;

export async function jwtOf(app: App, lifeSeconds = 540, issuer = String(app.id)): Promise<string> {
  const pem = createPrivateKey(app.privateKeyPem).export({ type: 'pkcs8', format: 'pem' }).toString();
  const now = Math.floor(Date.now() / SECONDS);
  return await new SignJWT({ iat: now - 60, exp: now + lifeSeconds, iss: issuer })
    .setProtectedHeader({ alg: 'RS256' })
    .sign(await importPKCS8(pem, 'RS256'));
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of any shape
  readonly body: any;
}

export async function call(
  { github }: Pick<Scene, 'github'>,
  token: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const answer = await github.fetch(`${github.state.api}${path}`, {
    method,
    headers: {
      ...HEADERS,
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text,
  };
}

export async function tokenOf(scene: Scene, body?: unknown): Promise<string> {
  const path = `/app/installations/${scene.installation.id}/access_tokens`;
  const { body: answer } = await call(scene, await jwtOf(scene.app), 'POST', path, body);
  return String(answer.token);
}
