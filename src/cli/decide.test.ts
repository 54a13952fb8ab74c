import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, it } from 'vitest';
import { decideCommand } from './decide.ts';
import { runCommand } from './testing.ts';

const PLAN = 'pln_00000000-0000-7000-8000-000000000001';
const TIME = '2027-01-01T01:00:00.000Z';
const details = {
  ...{ id: PLAN, stack: 'shop', account: '333333333333', environment: 'staging' },
  ...{ digest: 'd'.repeat(64), fingerprint: 'f'.repeat(64), lineage: '', serial: 4 },
  repository: { id: '1', name: 'shop/infra' },
  ...{ ref: 'refs/heads/main', commit: 'a'.repeat(40), run: { id: '31', number: 7, attempt: 1 } },
  ...{ author: { id: '42', name: 'taro' }, uploadedAt: TIME, expiresAt: TIME, changes: { create: 1 } },
  findings: { critical: 0, high: 0, medium: 0, low: 0, info: 0 },
  ...{ approvals: [], history: [], review: {} },
};

it.each([
  ['applied', 'approve'],
  ['superseded', 'reject'],
  ['applying', 'break-glass'],
] as const)(
  'a plan that is %s: nobody is asked to %s it, and the log is not bothered',
  async (state, decision) => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ ...details, state }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const said = await runCommand(decideCommand(decision), [PLAN, '--reason', 'because it must be'], {
      env: { SEKISHO_URL: `http://127.0.0.1:${port}`, SEKISHO_TOKEN: 'sks_example' },
      ask: async () => expect.unreachable('There is nothing to decide.'),
    });
    server.close();
    expect(said).toMatchObject({ exit: 3, err: expect.stringContaining('[approval.plan-closed]') });
    expect(said.err).toContain('`sekisho plans --stack shop`');
    expect(asked).toEqual([`GET /v1/plans/${PLAN}`]);
  },
);
