import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { SESSION_NAMESPACE, sessionStatementText } from '#accounts/core';
import { APPROVAL_NAMESPACE, formatStatement, planDetails, revokedAnswer } from '#changes/core';
import { epochMs, parseAccountId, parseFingerprint, parsePersonName, parseStackName } from '#core-values';
import { githubClaims } from '#credentials/testing';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { type StandInGitHubApi, startGitHubApi } from '../../demo/stand-ins/github/index.ts';
import { EVENTS, EVERYTHING } from '../../demo/stand-ins/github/testing.ts';
import { type StandInGithub, startStandInGithub } from '../../demo/stand-ins/github-tokens.ts';
import { type StandInSts, startStandInSts } from '../../demo/stand-ins/sts.ts';
import { planFile } from '../../src/changes/testing/plan-file.ts';
import { ed25519TestKey } from '../../src/platform/ssh/testing.ts';

/**
 * The real server, with secrets planted wherever a secret comes in: none of them may come out in a log line, in an
 * answer that is not theirs, or in a table.
 */

/** Words nobody would write; each was in one place only. */
const planted = {
  sensitiveValue: `canary-sensitive-${randomBytes(9).toString('hex')}`,
  variable: `canary-variable-${randomBytes(9).toString('hex')}`,
  brokenBody: `canary-broken-body-${randomBytes(9).toString('hex')}`,
  query: `canary-query-${randomBytes(9).toString('hex')}`,
  /** Pasted where an id belongs: paths are logged, so it must be known by its shape. */
  pathToken: `skg_canary${randomBytes(18).toString('base64url')}`,
  unknownToken: `canarytoken${randomBytes(9).toString('hex')}`,
  awsKey: `canaryAwsSecretKey${randomBytes(11).toString('hex')}`,
  encryptionKey: randomBytes(32).toString('base64'),
  privateKey: `-----BEGIN PRIVATE KEY-----\n${randomBytes(48).toString('base64')}\n-----END PRIVATE KEY-----`,
};
/** Secrets made on the way: tokens, session and grant secrets, what STS gave. */
const made = new Map<string, string>();
/** Every answer of the server, by what was asked. */
const answers = new Map<string, string>();

const hanako = ed25519TestKey();
let folder: string;
let database: TestDatabase;
let github: StandInGithub;
let githubApi: StandInGitHubApi;
let sts: StandInSts;
let server: ChildProcess;
let url = '';
let output = '';

const account = (id: string, name: string) => ({
  ...{ id, name, environment: name },
  planRole: `arn:aws:iam::${id}:role/sekisho-plan`,
  applyRole: `arn:aws:iam::${id}:role/sekisho-apply`,
  revokeRole: `arn:aws:iam::${id}:role/sekisho-revoke`,
});

const configuration = () => ({
  version: 1,
  organization: { name: 'Shop' },
  accounts: [account('222222222222', 'staging')],
  issuers: [{ name: 'github', kind: 'github-actions', url: github.url }],
  stacks: [
    {
      name: 'shop-staging',
      repository: { issuer: 'github', id: '700100', ownerId: '900', name: 'shop/infra' },
      path: 'stacks/shop-staging',
      account: 'staging',
      region: 'ap-northeast-1',
      workflow: 'shop/infra/.github/workflows/terraform.yml@refs/heads/main',
      approval: { team: 'shop' },
    },
  ],
  teams: [{ name: 'shop' }],
  people: [
    { name: 'taro', identities: [{ issuer: 'github', id: '42' }], teams: ['shop'] },
    {
      name: 'hanako',
      identities: [{ issuer: 'github', id: '1002' }],
      teams: ['shop'],
      keys: [hanako.line],
    },
  ],
  administrators: ['hanako'],
  server: {
    publicUrl: 'http://127.0.0.1:8420',
    listen: { host: '127.0.0.1', port: 0 },
    encryption: { key: { env: 'SEKISHO_KEY' } },
  },
});

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sekisho-canaries-'));
  [database, github, githubApi, sts] = await Promise.all([
    testDatabase(),
    startStandInGithub(),
    startGitHubApi(),
    startStandInSts(),
  ]);
  writeFileSync(join(folder, 'sekisho.yaml'), stringify(configuration()));
  server = spawn(process.execPath, [join(import.meta.dirname, '../../src/main/cli.ts'), 'serve'], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      DATABASE_URL: database.url,
      SEKISHO_KEY: planted.encryptionKey,
      SEKISHO_LOG_LEVEL: 'debug',
      AWS_ENDPOINT_URL: sts.url,
      AWS_ACCESS_KEY_ID: 'AKIACANARYCANARY0000',
      AWS_SECRET_ACCESS_KEY: planted.awsKey,
    },
  });
  await new Promise<void>((ready, failed) => {
    const listen = (piece: Buffer): void => {
      output += piece.toString();
      const found = /Sekisho serves at (http:\S+)/.exec(output)?.[1];
      if (found === undefined) return;
      url = found;
      ready();
    };
    server.stdout?.on('data', listen);
    server.stderr?.on('data', listen);
    server.once('exit', () => failed(new Error(output)));
  });
  await everythingThatHappens();
});

afterAll(async () => {
  server.kill();
  if (server.exitCode === null) await once(server, 'exit');
  await Promise.all([database.close(), github.stop(), githubApi.stop(), sts.stop()]);
  rmSync(folder, { recursive: true });
});

type Body = string | Uint8Array | object | undefined;

async function ask(name: string, path: string, token: string | undefined, body?: Body, method?: string) {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(new URL(path, url), {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      'content-type': body instanceof Uint8Array ? 'application/octet-stream' : 'application/json',
    },
    ...(body === undefined ? {} : { body: isRaw ? new Uint8Array(Buffer.from(body)) : JSON.stringify(body) }),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  answers.set(name, bytes.toString('latin1'));
  return { status: response.status, bytes, json: () => JSON.parse(bytes.toString()) };
}

let jti = 0;
async function jobToken(name: string): Promise<string> {
  jti += 1;
  const claims = {
    ...githubClaims(Math.floor(Date.now() / 1000)),
    iss: github.url,
    aud: 'http://127.0.0.1:8420',
  };
  const token = await github.sign({ ...claims, jti: `jti-${jti}` });
  made.set(name, token.split('.')[2] ?? '');
  return token;
}

async function signIn(): Promise<string> {
  const statement = sessionStatementText({
    server: 'http://127.0.0.1:8420',
    at: epochMs(Date.now()),
    nonce: randomBytes(24).toString('base64url'),
  });
  const signature = hanako.sign(statement, SESSION_NAMESPACE);
  const { token } = (await ask('sign in', '/v1/sessions', undefined, { statement, signature })).json();
  made.set('session token', token);
  return token;
}

const file = planFile({
  changes: [
    {
      type: 'aws_sns_topic',
      name: 'orders',
      action: 'create',
      after: { name: 'orders', display_name: planted.sensitiveValue },
      sensitive: ['display_name'],
    },
  ],
  lineage: '',
  serial: 0,
  timestamp: new Date().toISOString(),
  applyable: true,
  variables: { password: planted.variable },
});

/** A life of a plan, and whatever a clumsy or a hostile client may send. */
async function everythingThatHappens(): Promise<void> {
  const session = await signIn();
  await ask('grant to plan', '/v1/grants', await jobToken('plan token'), {
    purpose: 'plan',
    stack: 'shop-staging',
  });
  const uploaded = await ask('upload', '/v1/plans?stack=shop-staging', await jobToken('upload token'), file);
  expect(uploaded.status, uploaded.bytes.toString()).toBe(201);
  const plan = planDetails.parse(uploaded.json());
  await ask('refused grant', '/v1/grants', await jobToken('refused token'), {
    ...{ purpose: 'apply', stack: 'shop-staging', plan: plan.digest },
  });
  await approve(session, plan);
  const granted = await ask('grant to apply', '/v1/grants', await jobToken('apply token'), {
    ...{ purpose: 'apply', stack: 'shop-staging', plan: plan.digest },
  });
  expect(granted.status, granted.bytes.toString()).toBe(201);
  const { grant, secret, credentials } = granted.json();
  made.set('grant secret', secret);
  made.set('secret access key', credentials.secretAccessKey);
  const fetched = await ask('file', `/v1/plans/${plan.id}/file`, secret);
  expect(Buffer.compare(fetched.bytes, file)).toBe(0);
  for (const path of [
    '/v1/grants',
    `/v1/grants/${grant}`,
    '/v1/plans',
    `/v1/plans/${plan.id}`,
    '/v1/stacks',
    '/v1/me',
  ]) {
    expect((await ask(`GET ${path}`, path, session)).status).toBe(200);
  }
  const revoked = await ask('revoke', `/v1/grants/${grant}/revoke`, session, { reason: 'lost' });
  expect(revokedAnswer.parse(revoked.json()).undenied.map(({ rule }) => rule)).toEqual(['revocation.failed']);
  expect((await ask('rotate', '/v1/encryption/rotate', session, {})).status).toBe(200);
  await connectGitHub(session);
  await clumsiness(session, plan.id);
  for (const path of ['/v1/audit', '/v1/audit/export', '/v1/audit/checkpoint'])
    await ask(`GET ${path}`, path, session);
  for (const path of ['/metrics', '/healthz', '/readyz', '/v1/openapi.json'])
    await ask(`GET ${path}`, path, undefined);
}

/** An App by hand, by the manifest flow with a code that is none, its webhooks, and GitHub asked with its key. */
async function connectGitHub(session: string): Promise<void> {
  githubApi.organization('shop');
  const repository = githubApi.repository({ owner: 'shop', name: 'infra', files: {} });
  const app = githubApi.registerApp({
    ...{ name: 'Sekisho', owner: 'shop', permissions: EVERYTHING, events: EVENTS, hookUrl: '' },
  });
  githubApi.install(app, 'shop', [repository]);
  made.set('app key', app.privateKeyPem);
  made.set('webhook secret', app.hook.secret);
  const host = githubApi.host;
  const byHand = { host, appId: app.id, privateKey: app.privateKeyPem, webhookSecret: app.hook.secret };
  const connected = await ask('connect', '/v1/github/apps', session, byHand);
  expect(connected.status, connected.bytes.toString()).toBe(201);
  await ask('connect again', '/v1/github/apps', session, byHand);
  await ask('another key', '/v1/github/apps', session, { ...byHand, privateKey: planted.privateKey });
  await ask('no host', '/v1/github/apps', session, { ...byHand, host: 'no host' });
  expect((await ask('check', '/v1/github/check', session)).status).toBe(200);
  const { url: link } = (await ask('begin', '/v1/github/connects', session, { host })).json();
  const ticket = new URL(link).searchParams.get('ticket') ?? '';
  made.set('ticket', ticket);
  const page = await ask('page', `/v1/github/connect?ticket=${ticket}`, undefined);
  made.set('state', /state=([\w-]{43})/.exec(page.bytes.toString().replaceAll('&#38;', '&'))?.[1] ?? '');
  await ask('callback', `/v1/github/callback?code=${planted.query}&state=${made.get('state')}`, undefined);
  const body = JSON.stringify({ repository: { id: repository.id }, secret: planted.brokenBody });
  const signature = createHmac('sha256', app.hook.secret).update(body).digest('hex');
  const delivered = await fetch(new URL(`/v1/github/webhooks/${connected.json().id}`, url), {
    method: 'POST',
    body,
    headers: {
      'x-github-event': 'push',
      'x-github-delivery': 'd-1',
      'x-hub-signature-256': `sha256=${signature}`,
    },
  });
  expect(delivered.status).toBe(202);
  await ask('forged', `/v1/github/webhooks/${connected.json().id}`, undefined, body);
}

async function approve(session: string, plan: ReturnType<typeof planDetails.parse>): Promise<void> {
  const [stack, accountId] = [parseStackName(plan.stack), parseAccountId(plan.account)];
  const [fingerprint, approver] = [parseFingerprint(plan.fingerprint), parsePersonName('hanako')];
  if (!stack || !accountId || !fingerprint || !approver) throw new Error('not a plan');
  const statement = formatStatement({
    ...{ stack, account: accountId, environment: plan.environment, fingerprint, approver },
    decision: 'approve',
    at: epochMs(Date.now()),
  });
  const signature = hanako.sign(statement, APPROVAL_NAMESPACE);
  const approved = await ask('approve', `/v1/plans/${plan.id}/approvals`, session, { statement, signature });
  expect(approved.status, approved.bytes.toString()).toBe(201);
}

/** Secrets in every wrong place. */
async function clumsiness(session: string, plan: string): Promise<void> {
  const { query, pathToken, brokenBody, unknownToken, privateKey } = planted;
  await ask('query', `/v1/plans?stack=shop-staging&note=${query}`, session);
  await ask('path', `/v1/plans/${pathToken}`, session);
  await ask('no such route', `/v1/nothing/${pathToken}?note=${query}`, session);
  await ask(
    'broken body',
    '/v1/grants',
    await jobToken('broken token'),
    `{"purpose":"apply","password":"${brokenBody}`,
  );
  await ask('odd body', '/v1/grants', unknownToken, {
    purpose: 'apply',
    stack: 'shop-staging',
    password: brokenBody,
  });
  await ask('unknown bearer', '/v1/plans', `sks_${unknownToken}`);
  await ask('unknown grant', `/v1/plans/${plan}/file`, `skg_${unknownToken}`);
  await ask('not a token', '/v1/grants', unknownToken, { purpose: 'plan', stack: 'shop-staging' });
  await ask(
    'not a plan',
    '/v1/plans?stack=shop-staging',
    await jobToken('junk token'),
    new TextEncoder().encode(privateKey),
  );
  await ask('key as signature', '/v1/sessions', undefined, { statement: 'x', signature: privateKey });
  await ask('key as approval', `/v1/plans/${plan}/approvals`, session, {
    statement: privateKey,
    signature: privateKey,
  });
}

const everySecret = () => new Map([...Object.entries(planted), ...made]);

/** A private key and the like may also come out without its line ends, or as base64. */
const formsOf = (secret: string): readonly string[] => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  secret.split('\n')[1] ?? secret,
  Buffer.from(secret).toString('base64'),
];

const found = (haystack: string, except: readonly string[] = []): readonly string[] =>
  [...everySecret()].flatMap(([name, secret]) =>
    !except.includes(name) && formsOf(secret).some((form) => haystack.includes(form)) ? [name] : [],
  );

describe('a secret that comes into the server', () => {
  it('does not come out in the log', () => {
    expect(output).toContain('"route":"/v1/grants"');
    expect(output).not.toMatch(/\bgh[su]_\w{8}/);
    expect(found(output)).toEqual([]);
  });

  it('does not come out in any answer but the one it belongs to', () => {
    const theirs: Readonly<Record<string, readonly string[]>> = {
      'sign in': ['session token'],
      'grant to apply': ['grant secret', 'secret access key'],
      file: ['sensitiveValue', 'variable'],
      begin: ['ticket'],
      page: ['state'],
      // Said back to nobody but who sent it.
      path: ['pathToken'],
    };
    expect(answers.size).toBeGreaterThan(30);
    const leaks = [...answers].map(([name, words]) => [name, found(words, theirs[name])]);
    expect(leaks.filter(([, names]) => names?.length !== 0)).toEqual([]);
  });

  it('is in no table of the database', async () => {
    const { rows } = await sql<{ schema: string; name: string }>`
      SELECT schemaname AS schema, tablename AS name FROM pg_tables
      WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`.execute(database.db);
    const leaks: string[] = [];
    for (const { schema, name } of rows) {
      const table = await sql<{ words: string }>`
        SELECT row_to_json(t)::text AS words FROM ${sql.table(`${schema}.${name}`)} t`.execute(database.db);
      for (const { words } of table.rows)
        leaks.push(...found(withBytes(words)).map((leak) => `${name}: ${leak}`));
    }
    expect(rows.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['plans', 'grants', 'audit_entries']),
    );
    expect(leaks).toEqual([]);
  });
});

/** `bytea` columns come as hexadecimal: as text too, so that something stored in clear is seen. */
const withBytes = (words: string): string =>
  words +
  [...words.matchAll(/\\\\x([0-9a-f]+)/g)]
    .map(([, hex = '']) => Buffer.from(hex, 'hex').toString('latin1'))
    .join('\n');
