import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { epochMs } from '#core-values';
import type { CliContext } from './context.ts';
import { obtainCredentials } from './exec-credentials.ts';

const PLAN = 'pln_00000000-0000-7000-8000-000000000001';
const time = '2027-01-01T01:00:00.000Z';
const answer = {
  ...{ grant: 'grt_00000000-0000-7000-8000-000000000001', stack: 'shop', account: '333333333333' },
  ...{ region: 'ap-northeast-1', path: 'stacks/shop', expiresAt: time, widened: [], auditEntry: '7' },
  credentials: { accessKeyId: 'ASIA1', secretAccessKey: 's', sessionToken: 't', expiration: time },
};
const asked = { stack: 'shop', plan: 'd'.repeat(64), command: ['deploy'] };

let server: Server;
let context: CliContext;
let requests: string[];

beforeEach(async () => {
  requests = [];
  server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    if (request.method === 'POST') {
      const body = { ...answer, purpose: 'apply', plan: PLAN, secret: 'skg_secret' };
      return response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    }
    return response.writeHead(200).end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const stream = { write: () => undefined, isTerminal: false, columns: 80 };
  context = {
    env: { SEKISHO_URL: `http://127.0.0.1:${port}`, SEKISHO_ID_TOKEN: 'token-of-the-job' },
    ...{ cwd: '/', language: 'en', stdout: stream, stderr: stream },
    ...{ clock: { now: () => epochMs(0) }, exitWith: () => undefined },
  };
});
afterEach(() => server.close());

it('credentials to apply are claimed before any command gets them, or the server would take them back', async () => {
  const obtained = await obtainCredentials(context, asked);
  expect(obtained.ok && (await obtained.value.source.current())).toEqual({
    ok: true,
    value: answer.credentials,
  });
  expect(requests).toEqual(['POST /v1/grants', `GET /v1/plans/${PLAN}/file`]);
});
