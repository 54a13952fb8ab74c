import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { epochMs, type Json, type Language } from '#core-values';
import { handClock } from '#platform';
import { auditReconcile } from './audit-reconcile.ts';

let server: Server;
let asked: string[];
let answers: Json[];
let url: string;

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answers.shift()));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
});
afterEach(() => server.close());

const since = '2026-11-01T00:00:00.000Z';
const step = (left: number) => ({ since, files: 3, calls: 12, findings: 1, left });
const grant = {
  grant: 'grt_1',
  stack: 'shop',
  purpose: 'apply',
  status: 'finished',
  actions: [{ action: 's3:CreateBucket', calls: 2, failed: 1, found: 1 }],
  neverUsed: ['sns:*'],
};
const finding = (severity: string) => ({
  rule: 'trail.unexplained-call',
  severity,
  foundAt: since,
  message: 'called \u001b[31m what the plan does not explain',
  remedy: 'Find out who ran it.',
});

async function reconcile(argv: readonly string[], language: Language, ...steps: readonly Json[]) {
  answers = [...steps];
  const said = { out: '', err: '', exit: 0 };
  const stream = (name: 'out' | 'err') => ({
    write: (words: string) => {
      said[name] += words;
    },
    isTerminal: false,
    columns: 80,
  });
  const program = new Command();
  auditReconcile.configure(program, {
    env: { SEKISHO_URL: url, SEKISHO_TOKEN: 'sks_example' },
    cwd: '/',
    language,
    stdout: stream('out'),
    stderr: stream('err'),
    clock: handClock(epochMs(0)),
    exitWith: (code) => {
      said.exit = code;
    },
  });
  await program.parseAsync([...argv], { from: 'user' });
  return said;
}

it('asks until everything is read, tells what grants did, and exits 1 on a grave finding', async () => {
  const report = { since, grants: [grant], findings: [finding('critical')], isCut: false };
  const said = await reconcile(['--since', '2026-11-01T00:00:00Z'], 'en', step(5), step(0), report);
  expect(said.err).toBe('3 files read, 12 calls compared, 5 files to go\n');
  expect(said.out).toContain('grt_1  shop  apply  finished  2 calls, 1 failed, 1 with a finding');
  expect(said.out).toContain('granted but never used: sns:*');
  expect(said.out).toContain('✗ critical  called \ufffd[31m what the plan');
  expect(said.exit).toBe(1);
  expect(asked).toEqual([
    'POST /v1/trail/reconcile',
    'POST /v1/trail/reconcile',
    'GET /v1/trail/report?since=2026-11-01T00%3A00%3A00.000Z',
  ]);
});

it('exits 0 and says so where nothing grave was found, in Japanese too', async () => {
  const said = await reconcile([], 'ja', step(0), { since, grants: [], findings: [], isCut: false });
  expect(said.out).toContain('すべて承認されたプランで説明できます');
  expect(said.exit).toBe(0);
});

it('prints JSON for programs', async () => {
  const report = { since, grants: [grant], findings: [finding('low')], isCut: true };
  const said = await reconcile(['--format', 'json'], 'en', step(0), report);
  expect(JSON.parse(said.out)).toEqual(report);
  expect(said.exit).toBe(0);
});
