import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, it } from 'vitest';
import { repair } from './repair.ts';
import { runCommand } from './testing.ts';

const PLAN = 'pln_00000000-0000-7000-8000-000000000001';
const TIME = '2027-01-01T01:00:00.000Z';
const details = {
  ...{ id: PLAN, stack: 'shop', account: '333333333333', environment: 'production' },
  ...{ digest: 'd'.repeat(64), fingerprint: 'f'.repeat(64), lineage: '', serial: 4 },
  repository: { id: '1', name: 'shop/infra' },
  ...{ ref: 'refs/heads/main', commit: 'a'.repeat(40), run: { id: '31', number: 7, attempt: 1 } },
  ...{ author: { id: '42', name: 'taro' }, uploadedAt: TIME, expiresAt: TIME, changes: { create: 1 } },
  findings: { critical: 0, high: 0, medium: 0, low: 0, info: 0 },
  ...{ approvals: [], history: [], review: { changes: [], findings: [] }, state: 'awaiting-approval' },
  budgets: {
    services: ['checkout', 'search'],
    slos: [
      ...[{ slo: 'checkout-availability', service: 'checkout', stand: 'spent', remainingPpm: -40_001 }],
      ...[{ slo: 'search-latency', service: 'search', stand: 'stale', upTo: '2026-12-31T22:00:00.000Z' }],
      ...[{ slo: 'search-availability', service: 'search', stand: 'left', remainingPpm: 999_999 }],
      ...[{ slo: 'search-freshness', service: 'search', stand: 'not-measured' }],
    ].map((slo) => ({ burning: slo.stand === 'spent', ...slo })),
  },
};
const marked = { reason: 'rolls the timeout of checkout back to 3 s', by: 'taro', at: TIME, counts: false };

async function say(plan: object, options: readonly string[], ask = async () => 'something else') {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(plan));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const said = await runCommand(repair, [PLAN, ...options], {
    env: { SEKISHO_URL: `http://127.0.0.1:${port}`, SEKISHO_TOKEN: 'sks_example', TZ: 'UTC' },
    ask,
  });
  server.close();
  return { ...said, asked };
}

it('shows the budgets that the change could hurt before anybody signs, never better than they are', async () => {
  const { out, asked, err } = await say(details, ['--reason', marked.reason]);
  expect(out).toContain('Error budgets that it could hurt (checkout, search)');
  expect(out).toMatch(/✗ checkout-availability {2}used up \(−4\.1 %\) {2}burning: a page fires/);
  expect(out).toContain('! search-latency  figures too old');
  expect(out).toContain('✓ search-availability  99.9 % left');
  expect(out).toContain('– search-freshness  not measured yet');
  expect(err).toContain('[approval.not-confirmed]');
  expect(asked).toEqual([`GET /v1/plans/${PLAN}`]);
});

it('shows the mark to whoever agrees, and that nobody has agreed yet', async () => {
  const { out, err } = await say({ ...details, repair: marked }, ['--agree']);
  expect(out).toContain(`“${marked.reason}”`);
  expect(out).toContain('marked by taro');
  expect(out).toContain('nobody has agreed yet');
  expect(err).toContain('[approval.not-confirmed]');
});

it('agrees to nothing that nobody marked, and marks nothing that is over', async () => {
  const never = async () => expect.unreachable('There is nothing to sign.');
  expect((await say(details, ['--agree'], never)).err).toContain('[repair.not-marked]');
  const over = await say({ ...details, state: 'applied' }, ['--reason', marked.reason], never);
  expect(over.err).toContain('[approval.plan-closed]');
});

it('wants exactly one thing to be said, and a reason that says something', async () => {
  for (const options of [[], ['--agree', '--withdraw'], ['--reason', marked.reason, '--agree']]) {
    const { exit, err, asked } = await say(details, options);
    expect([exit, err, asked]).toEqual([2, expect.stringContaining('[repair.say-one]'), []]);
  }
  expect((await say(details, ['--reason', 'fixes it'])).err).toContain('[repair.reason-short]');
});

it('withdraws without asking for a signature', async () => {
  const { out, asked } = await say(details, ['--withdraw']);
  expect(asked).toEqual([`POST /v1/plans/${PLAN}/repair/withdraw`]);
  expect(out).toContain('The mark is withdrawn.');
});
