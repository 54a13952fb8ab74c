import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { epochMs } from '#core-values';
import { claimGrant } from './claim-grant.ts';
import type { CliContext } from './context.ts';

const PLAN = 'pln_00000000-0000-7000-8000-000000000001';
const REFUSAL = {
  ...{ type: 'about:blank', title: 'x', status: 401, code: 'unauthenticated' },
  reasons: [{ rule: 'grant.secret', message: 'No live grant.', remedy: 'Plan again.' }],
};
let server: Server;
let context: CliContext;
let asked: string[];
let isRevoked: boolean;

beforeEach(async () => {
  asked = [];
  isRevoked = false;
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    if (!isRevoked) return response.writeHead(200).end('the plan file');
    return response
      .writeHead(401, { 'content-type': 'application/problem+json' })
      .end(JSON.stringify(REFUSAL));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const stream = { write: () => undefined, isTerminal: false, columns: 80 };
  context = {
    ...{ env: { SEKISHO_URL: `http://127.0.0.1:${port}` }, cwd: '/', language: 'en' },
    ...{ stdout: stream, stderr: stream, clock: { now: () => epochMs(0) }, exitWith: () => undefined },
  };
});
afterEach(() => server.close());

it('a grant to apply is claimed with its secret', async () => {
  expect((await claimGrant(context, { plan: PLAN, secret: 'skg_secret' })).ok).toBe(true);
  expect(asked).toEqual([`GET /v1/plans/${PLAN}/file Bearer skg_secret`]);
});

it('a grant that was taken back meanwhile cannot be claimed, and is asked for once', async () => {
  isRevoked = true;
  const claimed = await claimGrant(context, { plan: PLAN, secret: 'skg_secret' });
  expect(claimed).toMatchObject({ ok: false, error: { reasons: [{ rule: 'grant.secret' }] } });
  expect(asked).toHaveLength(1);
});

it('a grant for planning needs no claim', async () => {
  expect((await claimGrant(context, {})).ok).toBe(true);
  expect(asked).toEqual([]);
});
