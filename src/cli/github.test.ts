import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Json } from '#core-values';
import { githubCheck, githubConnect, githubDisconnect, githubList } from './github.ts';
import { runCommand } from './testing.ts';

let server: Server;
let asked: string[];
let answer: Json;
let url: string;
let folder: string;

beforeEach(async () => {
  asked = [];
  folder = mkdtempSync(join(tmpdir(), 'sekisho-github-'));
  server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    asked.push(`${request.method} ${request.url} ${Buffer.concat(chunks).toString('utf8')}`);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const given = () => ({ env: { SEKISHO_URL: url, SEKISHO_TOKEN: 'sks_example' }, cwd: folder });
const APP = {
  ...{ id: 'gha_1', host: 'github.com', appId: 4711, slug: 'sekisho-shop' },
  ...{ connectedAt: '2026-11-02T03:00:00.000Z', connectedBy: 'hanako\u001b[31m' },
  ...{
    webhookUrl: 'https://s.example/v1/github/webhooks/gha_1',
    installUrl: 'https://github.com/apps/sekisho-shop',
  },
};

it('prints the link and nothing else to standard output, and opens nothing', async () => {
  answer = {
    app: 'gha_1',
    url: 'https://s.example/v1/github/connect?ticket=t',
    expiresAt: '2026-11-02T04:00:00.000Z',
  };
  const said = await runCommand(
    githubConnect,
    ['--organization', 'shop', '--url', 'https://github.example.com/'],
    given(),
  );
  expect(said.out).toBe('https://s.example/v1/github/connect?ticket=t\n');
  expect(said.err).toContain('It opens once');
  expect(asked).toEqual(['POST /v1/github/connects {"host":"github.example.com","organization":"shop"}']);
});

it('connects an App by hand from its files, and says where its webhook must go', async () => {
  answer = APP;
  writeFileSync(join(folder, 'key.pem'), 'THE KEY');
  writeFileSync(join(folder, 'secret.txt'), 'the secret\n');
  const argv = ['--app-id', '4711', '--key-file', 'key.pem', '--webhook-secret-file', 'secret.txt'];
  const said = await runCommand(githubConnect, argv, given());
  expect(said.out).toContain(APP.webhookUrl);
  expect(said.both).not.toMatch(/THE KEY|the secret/);
  expect(asked[0]).toContain('"privateKey":"THE KEY","webhookSecret":"the secret"');
});

it('sends nothing when something of an App is missing, unreadable or no address', async () => {
  for (const argv of [
    ['--app-id', '4711'],
    ['--app-id', 'x', '--key-file', 'key.pem', '--webhook-secret-file', 'secret.txt'],
    ['--app-id', '4711', '--key-file', 'none.pem', '--webhook-secret-file', 'none.txt'],
    ['--url', 'github.example.com'],
    ['--url', 'file:///etc/passwd'],
  ])
    expect((await runCommand(githubConnect, argv, given())).exit).toBe(2);
  expect(asked).toEqual([]);
});

it('lists Apps without what could move the cursor, and says how to begin where there is none', async () => {
  answer = { apps: [APP] };
  const said = await runCommand(githubList, [], given());
  expect(said.out).toContain('gha_1  github.com  sekisho-shop (4711)');
  expect(said.out).not.toContain('\u001b');
  expect(JSON.parse((await runCommand(githubList, ['--format', 'json'], given())).out)).toEqual({
    apps: [APP],
  });
  answer = { apps: [] };
  expect((await runCommand(githubList, [], given())).out).toContain('sekisho github connect');
});

it('says after disconnecting that the App itself must be deleted on GitHub', async () => {
  answer = APP;
  const said = await runCommand(githubDisconnect, ['gha_1'], given());
  expect(said.out).toContain('delete it in its settings on github.com');
  expect(asked).toEqual(['POST /v1/github/apps/gha_1/disconnect {}']);
});

const REASON = {
  rule: 'github.missing-permissions',
  message: 'The App lacks checks: write.',
  remedy: 'Change it.',
};
const CHECK = {
  apps: [
    {
      app: { ...APP, lastDeliveryAt: '2026-11-02T03:00:00.000Z' },
      warnings: [],
      rateLimit: { remaining: 4990, limit: 5000, resetAt: '2026-11-02T04:00:00.000Z' },
      installations: [{ id: 1, account: 'shop', isSuspended: false, missing: [] }],
    },
  ],
  repositories: [{ host: 'github.com', id: '7', name: 'shop/infra' }],
  queue: { dirty: 0, oldestSeconds: 0, failing: [] },
};

it('shows a healthy connection and exits with 0', async () => {
  answer = CHECK;
  const said = await runCommand(githubCheck, [], given());
  expect([said.exit, said.out.includes('✗')]).toEqual([0, false]);
  expect(said.out).toContain('4990 of 5000 requests left');
});

it.each([
  ['a warning', { apps: [{ ...CHECK.apps[0], warnings: [REASON] }] }],
  ['an App that GitHub does not know', { apps: [{ ...CHECK.apps[0], problem: REASON }] }],
  [
    'a suspended installation',
    {
      apps: [
        { ...CHECK.apps[0], installations: [{ id: 1, account: 'shop', isSuspended: true, missing: [] }] },
      ],
    },
  ],
  [
    'a missing permission',
    {
      apps: [
        {
          ...CHECK.apps[0],
          installations: [{ id: 1, account: 'shop', isSuspended: false, missing: ['checks: write'] }],
        },
      ],
    },
  ],
  ['a repository that is not reached', { repositories: [{ ...CHECK.repositories[0], problem: REASON }] }],
  ['no App at all', { apps: [] }],
])('exits with 1 for %s, and says what to do', async (_, changed) => {
  answer = { ...CHECK, ...changed } as Json;
  const said = await runCommand(githubCheck, [], given());
  expect(said.exit).toBe(1);
  expect(said.out).toMatch(/→|sekisho github connect/);
});
