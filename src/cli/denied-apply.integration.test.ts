import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';

const CLI = fileURLToPath(new URL('../main/cli.ts', import.meta.url));
const CASES = fileURLToPath(new URL('../credentials/core/access-denied/cases/', import.meta.url));
const output = (name: string): string => readFileSync(join(CASES, name, 'output.txt'), 'utf8');
const PLAN = 'pln_00000000-0000-7000-8000-000000000001';
const FILE = readFileSync(
  fileURLToPath(new URL('../credentials/core/fit/cases/create-shop/plan.tfplan', import.meta.url)),
);
const DIGEST = createHash('sha256').update(FILE).digest('hex');
const TIME = '2027-01-01T01:00:00.000Z';

/** Says at an apply what stands in two files, and fails. */
const TERRAFORM = `#!/bin/sh
[ "$1" = state ] && exit 1
[ "$1" = apply ] || exit 0
cat "$ROOT/says-to-out"; cat "$ROOT/says-to-err" >&2
exit 1
`;

const grant = {
  ...{ grant: 'grt_00000000-0000-7000-8000-000000000001', purpose: 'apply', stack: 'shop', path: 'stack' },
  ...{ account: '333333333333', region: 'ap-northeast-1', expiresAt: TIME, widened: [], auditEntry: '7' },
  credentials: { accessKeyId: 'ASIA1', secretAccessKey: 's', sessionToken: 't', expiration: TIME },
  ...{ plan: PLAN, secret: `skg_${'s'.repeat(43)}` },
};
const details = {
  ...{ id: PLAN, stack: 'shop', account: '333333333333', environment: 'staging', state: 'approved' },
  ...{ digest: DIGEST, fingerprint: 'f'.repeat(64), lineage: '', serial: 4, changes: {} },
  repository: { id: '1', name: 'shop/infra' },
  ...{ ref: 'refs/heads/main', commit: 'a'.repeat(40), run: { id: '31', number: 7, attempt: 1 } },
  ...{ author: { id: '42', name: 'taro' }, uploadedAt: TIME, expiresAt: TIME },
  findings: { critical: 0, high: 0, medium: 0, low: 0, info: 0 },
  ...{ approvals: [], history: [], review: {} },
};
const denial = {
  ...{ action: 'sns:TagResource', named: true, resource: 'arn:aws:sns:x:1:orders', by: 'session-policy' },
  ...{ address: 'aws_sns_topic.orders', addable: true },
  ...{ diagnosis: 'Nobody knew.', remedy: 'Add it.' },
};

let root: string;
let server: Server;
let url: string;
let reports: { denials?: unknown[] }[];
let refusesDenials: boolean;

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(Buffer.from(piece));
  const json = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  if (request.url === '/v1/grants') return json(201, grant);
  if (request.url?.endsWith('/file') === true) return void response.end(FILE);
  if (request.url !== '/v1/reports') return json(200, details);
  const report = JSON.parse(Buffer.concat(pieces).toString());
  reports.push(report);
  const reasons = [{ rule: 'http.unknown-key', message: 'denials', remedy: 'leave it out' }];
  if (refusesDenials && report.denials !== undefined) return json(400, { code: 'bad-input', reasons });
  json(201, { plan: PLAN, state: 'failed', auditEntry: '9', ...(report.denials && { denials: [denial] }) });
}

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'sekisho-denied-'));
  for (const folder of ['bin', 'stack', 'temporary']) mkdirSync(join(root, folder));
  writeFileSync(join(root, 'stack', 'change.tfplan'), FILE);
  for (const name of ['says-to-out', 'says-to-err', 'summary']) writeFileSync(join(root, name), '');
  writeFileSync(join(root, 'bin', 'terraform'), TERRAFORM);
  chmodSync(join(root, 'bin', 'terraform'), 0o755);
  [reports, refusesDenials] = [[], false];
  server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(root, { recursive: true });
});

async function job(...args: readonly string[]) {
  const env = {
    PATH: `${join(root, 'bin')}:${process.env.PATH}`,
    ...{ ROOT: root, RUNNER_TEMP: join(root, 'temporary'), GITHUB_WORKSPACE: root, SEKISHO_URL: url },
    ...{ SEKISHO_LANG: 'en', GITHUB_STEP_SUMMARY: join(root, 'summary') },
    ...Object.fromEntries(['', '_2', '_3'].map((number) => [`SEKISHO_ID_TOKEN${number}`, 'token'])),
  };
  const stdio = ['ignore', 'pipe', 'pipe'] as const;
  const child = spawn(process.execPath, [CLI, ...args], { env, cwd: join(root, 'stack'), stdio: [...stdio] });
  const said: { readonly out: Buffer[]; readonly err: Buffer[] } = { out: [], err: [] };
  child.stdout?.on('data', (piece) => said.out.push(piece));
  child.stderr?.on('data', (piece) => said.err.push(piece));
  const [code] = await once(child, 'close');
  return { code, out: Buffer.concat(said.out).toString(), err: Buffer.concat(said.err).toString() };
}

const ADD = `sekisho needs add --stack shop --plan ${PLAN}`;
const expected = (name: string) =>
  JSON.parse(readFileSync(join(CASES, name, 'expected.json'), 'utf8')).denied;

it('sekisho ci apply passes Terraform’s output on, reports what AWS refused, and names the one command', async () => {
  writeFileSync(join(root, 'says-to-err'), output('plain'));
  const { code, out, err } = await job('ci', 'apply', '--stack', 'shop', '--plan', PLAN);
  expect([code, err.startsWith(output('plain'))]).toEqual([4, true]);
  expect(reports.map(({ denials }) => denials)).toEqual([expected('plain')]);
  for (const words of ['sns:TagResource', 'arn:aws:sns:x:1:orders', 'needed by aws_sns_topic.orders', ADD]) {
    expect(out).toContain(words);
    expect(readFileSync(join(root, 'summary'), 'utf8')).toContain(words);
  }
});

it('sekisho exec hears the JSON that terraform prints to standard output, byte for byte the same', async () => {
  writeFileSync(join(root, 'says-to-out'), output('json'));
  const { code, out, err } = await job(
    ...['exec', '--stack', 'shop', '--plan', DIGEST, '--', 'terraform', 'apply', '-json', 'change.tfplan'],
  );
  expect([code, out]).toEqual([1, output('json')]);
  expect(reports.map(({ denials }) => denials)).toEqual([expected('json')]);
  expect(err).toContain(ADD);
});

it('that an apply failed arrives even where a server takes nothing about refused calls', async () => {
  writeFileSync(join(root, 'says-to-err'), output('coloured'));
  refusesDenials = true;
  const { code, err } = await job(
    'exec',
    '--stack',
    'shop',
    '--plan',
    DIGEST,
    '--',
    'terraform',
    'apply',
    'change.tfplan',
  );
  expect([code, reports.length, reports[1]]).toEqual([1, 2, { outcome: 'failed', exitCode: 1 }]);
  expect(err).toContain('Reported to Sekisho: failed.');
});

it('megabytes of other words pass, and what AWS refused among them is found', async () => {
  const noise = `${'x'.repeat(1_000)}\n`.repeat(3_000);
  writeFileSync(join(root, 'says-to-err'), `${noise}${output('several-in-one')}${noise}`);
  const { err } = await job(
    'exec',
    '--stack',
    'shop',
    '--plan',
    DIGEST,
    '--',
    'terraform',
    'apply',
    'change.tfplan',
  );
  expect(err.startsWith(`${noise}${output('several-in-one')}${noise}`)).toBe(true);
  expect(reports.map(({ denials }) => denials)).toEqual([expected('several-in-one')]);
});
