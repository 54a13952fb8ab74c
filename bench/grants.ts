import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { stringify } from 'yaml';
import { SESSION_NAMESPACE, sessionStatementText } from '#accounts/core';
import { APPROVAL_NAMESPACE, formatStatement } from '#changes/core';
import { epochMs, parseAccountId, parseFingerprint, parsePersonName, parseStackName } from '#core-values';
import { githubClaims } from '#credentials/testing';
import { startEmbeddedPostgres } from '#platform';
import { ed25519TestKey } from '#platform/testing';
import { freePort } from '../demo/server-process.ts';
import { type StandInGithub, startStandInGithub } from '../demo/stand-ins/github-tokens.ts';
import { startStandInSts } from '../demo/stand-ins/sts.ts';
import { planFile } from '../src/changes/testing/plan-file.ts';
import { medianOf, percentileOf } from './figures.ts';
import { processorTimeMs, processWith } from './processor-time.ts';
import { serve } from './serve.ts';

/*
 * node bench/grants.ts: grants at 32 in flight, whole server process over HTTP, against an STS that answers at once.
 * What it is compared with in the same run: how many transactions of one durable insert, the least that two promises
 * per grant can cost, the same PostgreSQL does for 32 connections. Exits 1 below 300/s, or at a p99 of 250 ms or more.
 */

const IN_FLIGHT = 32;
const PLAN_GRANTS = 3_000;
const APPLY_GRANTS = 2_000;
/** Asked for first of either kind, and not counted: they compile the code and open the connections. */
const FIRST_GRANTS = 200;
/** Two applies of one stack cannot run at once, so every apply grant has a stack of its own. */
const STACKS = APPLY_GRANTS + FIRST_GRANTS;
const FLOOR_SECONDS = 3;
const LEAST_PER_SECOND = 300;
const MOST_P99_MS = 250;

const ACCOUNT = '222222222222';
const REPOSITORY = { issuer: 'github', id: '700100', ownerId: '900', name: 'shop/infra' };
const author = ed25519TestKey();
const approver = ed25519TestKey();
const stackNameOf = (index: number): string => `stack-${index}`;

const directory = await mkdtemp(join(tmpdir(), 'sekisho-bench-'));
await chmod(directory, 0o711);
const undo: (() => Promise<unknown>)[] = [() => rm(directory, { recursive: true, force: true })];
async function bench(): Promise<boolean> {
  const [sts, github] = await Promise.all([startStandInSts(), startStandInGithub()]);
  undo.push(sts.stop, github.stop);
  const postgres = await startEmbeddedPostgres({ directory: join(directory, 'postgres') });
  if (!postgres.ok) throw new Error(postgres.error.reasons[0].message.en);
  undo.push(postgres.value.stop);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  await writeFile(join(directory, 'sekisho.yaml'), configuration(url, port, github.url));
  const server = await startServer(url, postgres.value.url, sts.url);
  const processes = { server, postgres: processWith(postgres.value.dataDirectory) };
  const sign = tokensOf(github.sign, github.url, url);

  const planTokens = await Promise.all(Array.from({ length: PLAN_GRANTS + FIRST_GRANTS }, () => sign('31')));
  const plan = (index: number): Promise<Answer> =>
    post(`${url}/v1/grants`, planTokens[index] ?? '', {
      purpose: 'plan',
      stack: stackNameOf(index % STACKS),
    });
  await inFlight(FIRST_GRANTS, (index) => plan(PLAN_GRANTS + index));
  const planGrants = await inFlight(PLAN_GRANTS, plan, processes);

  const digests = await approvedPlans(url, sign);
  const applyTokens = await Promise.all(digests.map((_, index) => sign(String(1000 + index))));
  const apply = (index: number): Promise<Answer> =>
    post(`${url}/v1/grants`, applyTokens[index] ?? '', {
      purpose: 'apply',
      stack: stackNameOf(index),
      plan: digests[index],
    });
  await inFlight(FIRST_GRANTS, (index) => apply(APPLY_GRANTS + index));
  const applyGrants = await inFlight(APPLY_GRANTS, apply, processes);
  const floor = await durableInsertsPerSecond(postgres.value.url);
  const ok = [planGrants, applyGrants].every(
    ({ perSecond, p99Ms }) => perSecond >= LEAST_PER_SECOND && p99Ms < MOST_P99_MS,
  );
  console.log(
    JSON.stringify({
      benchmark: 'grants',
      inFlight: IN_FLIGHT,
      plan: planGrants,
      apply: applyGrants,
      durableInsertsPerSecond: floor,
      insertsPerPlanGrant: Math.round((floor / planGrants.perSecond) * 10) / 10,
      insertsPerApplyGrant: Math.round((floor / applyGrants.perSecond) * 10) / 10,
      ok,
    }),
  );
  return ok;
}

type Sign = (runId: string) => Promise<string>;

const tokensOf =
  (sign: StandInGithub['sign'], issuer: string, audience: string): Sign =>
  (runId) => {
    const { environment: _, ...claims } = githubClaims(Math.floor(Date.now() / 1000));
    return sign({ ...claims, iss: issuer, aud: audience, jti: randomUUID(), run_id: runId });
  };

/** Uploads a plan for every stack and has it approved, all through the API; answers the digests. */
async function approvedPlans(url: string, sign: Sign): Promise<readonly string[]> {
  const session = await signIn(url);
  const digests: string[] = [];
  await inFlight(STACKS, async (index) => {
    const file = planFile({
      changes: [
        { type: 'aws_sns_topic', name: 'orders', action: 'create', after: { name: `orders-${index}` } },
      ],
      lineage: '',
      serial: 0,
      timestamp: new Date().toISOString(),
      applyable: true,
      variables: {},
    });
    const uploaded = await send(`${url}/v1/plans?stack=${stackNameOf(index)}`, {
      authorization: await sign(String(1000 + index)),
      contentType: 'application/octet-stream',
      body: file,
    });
    const { id, fingerprint, digest } = JSON.parse(uploaded.body);
    digests[index] = digest;
    const statement = statementOf(stackNameOf(index), fingerprint);
    const signature = approver.sign(statement, APPROVAL_NAMESPACE);
    return post(`${url}/v1/plans/${id}/approvals`, session, { statement, signature });
  });
  return digests;
}

async function signIn(url: string): Promise<string> {
  const nonce = randomBytes(24).toString('base64url');
  const statement = sessionStatementText({ server: url, at: epochMs(Date.now()), nonce });
  const signature = approver.sign(statement, SESSION_NAMESPACE);
  return JSON.parse((await post(`${url}/v1/sessions`, undefined, { statement, signature })).body).token;
}

function statementOf(stackName: string, digits: string): string {
  const [stack, account, fingerprint, name] = [
    parseStackName(stackName),
    parseAccountId(ACCOUNT),
    parseFingerprint(digits),
    parsePersonName('hanako'),
  ];
  if (stack === undefined || account === undefined || fingerprint === undefined || name === undefined)
    throw new Error('The plan was not taken as it should be.');
  return formatStatement({
    ...{ stack, account, fingerprint, environment: 'staging', decision: 'approve', approver: name },
    at: epochMs(Date.now()),
  });
}

interface Figures {
  readonly count: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /**
   * Processor time of one grant, by process: unlike the rate, it hardly depends on what else the machine does. The load and the
   * stand-ins share this process; tokens are signed before.
   */
  readonly processorMs: Readonly<Record<string, number>>;
}

/** Runs `count` works, 32 at any moment; each must be answered 201. */
async function inFlight(
  count: number,
  work: (index: number) => Promise<Answer>,
  processes: Readonly<Record<string, number | undefined>> = {},
): Promise<Figures> {
  const durationsMs: number[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) {
      const startMs = performance.now();
      const answer = await work(index);
      durationsMs.push(performance.now() - startMs);
      if (answer.status !== 201) throw new Error(`answered ${answer.status}: ${answer.body}`);
    }
  };
  const spentBefore = processorTimes(processes);
  const ownBefore = process.cpuUsage();
  const startMs = performance.now();
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  const tookMs = performance.now() - startMs;
  const own = process.cpuUsage(ownBefore);
  const ownMs = (own.user + own.system) / 1000;
  const spent = Object.entries(processorTimes(processes)).map(([name, ms]): [string, number] => [
    name,
    rounded((ms - (spentBefore[name] ?? 0)) / count),
  ]);
  return {
    count,
    perSecond: Math.round((count / tookMs) * 1000),
    p50Ms: Math.round(medianOf(durationsMs)),
    p99Ms: Math.round(percentileOf(durationsMs, 99)),
    processorMs: { ...Object.fromEntries(spent), loadAndStandIns: rounded(ownMs / count) },
  };
}

const rounded = (ms: number): number => Math.round(ms * 100) / 100;

const processorTimes = (processes: Readonly<Record<string, number | undefined>>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(processes).flatMap(([name, pid]) =>
      pid === undefined ? [] : [[name, processorTimeMs(pid)]],
    ),
  );

/** Transactions of one inserted row, each durable before the next, over as many connections as there are jobs. */
async function durableInsertsPerSecond(databaseUrl: string): Promise<number> {
  const pool = new Pool({ connectionString: databaseUrl, max: IN_FLIGHT });
  await pool.query(
    'CREATE TABLE bench_floor (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz)',
  );
  let count = 0;
  const startMs = performance.now();
  const untilMs = startMs + FLOOR_SECONDS * 1000;
  const worker = async (): Promise<void> => {
    while (performance.now() < untilMs) {
      await pool.query('INSERT INTO bench_floor (at) VALUES (now())');
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  const perSecond = Math.round((count / (performance.now() - startMs)) * 1000);
  await pool.end();
  return perSecond;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });

const post = (url: string, token: string | undefined, value: object): Promise<Answer> =>
  send(url, {
    ...(token === undefined ? {} : { authorization: token }),
    contentType: 'application/json',
    body: Buffer.from(JSON.stringify(value)),
  });

/** Node's own client: `fetch` costs the two cores more than the server's whole HTTP layer. */
const send = (
  url: string,
  sent: { readonly authorization?: string; readonly contentType: string; readonly body: Uint8Array },
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const headers = {
      'content-type': sent.contentType,
      'content-length': String(sent.body.length),
      ...(sent.authorization === undefined ? {} : { authorization: `Bearer ${sent.authorization}` }),
    };
    const outgoing = request(url, { method: 'POST', agent, headers }, (incoming) => {
      const chunks: Uint8Array[] = [];
      incoming.on('data', (chunk: Uint8Array) => chunks.push(chunk));
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
      );
      incoming.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(sent.body);
  });

async function startServer(url: string, databaseUrl: string, stsUrl: string): Promise<number | undefined> {
  const environment = {
    DATABASE_URL: databaseUrl,
    SEKISHO_KEY: randomBytes(32).toString('base64'),
    AWS_ACCESS_KEY_ID: 'benchmark',
    AWS_SECRET_ACCESS_KEY: 'benchmark',
    AWS_ENDPOINT_URL_STS: stsUrl,
  };
  const { pid, stop } = await serve({ url, directory, environment });
  undo.push(stop);
  return pid;
}

const configuration = (publicUrl: string, port: number, issuerUrl: string): string =>
  stringify(
    {
      version: 1,
      organization: { name: 'Shop' },
      accounts: [
        {
          id: ACCOUNT,
          name: 'staging',
          environment: 'staging',
          planRole: `arn:aws:iam::${ACCOUNT}:role/sekisho-plan`,
          applyRole: `arn:aws:iam::${ACCOUNT}:role/sekisho-apply`,
        },
      ],
      issuers: [{ name: 'github', kind: 'github-actions', url: issuerUrl }],
      stacks: Array.from({ length: STACKS }, (_, index) => ({
        name: stackNameOf(index),
        repository: REPOSITORY,
        path: `stacks/${stackNameOf(index)}`,
        account: 'staging',
        region: 'ap-northeast-1',
        workflow: 'shop/infra/.github/workflows/terraform.yml@refs/heads/main',
        plan: { events: ['push'], refs: ['refs/heads/main'] },
        apply: { events: ['push'], refs: ['refs/heads/main'] },
        approval: { team: 'shop' },
      })),
      teams: [{ name: 'shop' }],
      people: [person('taro', '42', author.line), person('hanako', '1002', approver.line)],
      breakGlass: ['hanako'],
      administrators: ['hanako'],
      server: {
        publicUrl,
        listen: { host: '127.0.0.1', port },
        encryption: { key: { env: 'SEKISHO_KEY' } },
      },
    },
    { aliasDuplicateObjects: false },
  );

const person = (name: string, id: string, publicKey: string): object => ({
  name,
  identities: [{ issuer: 'github', id, login: name }],
  teams: ['shop'],
  keys: [publicKey],
});

try {
  process.exitCode = (await bench()) ? 0 : 1;
} finally {
  for (const stop of undo.reverse()) await stop();
}
