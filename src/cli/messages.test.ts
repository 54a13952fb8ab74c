import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import type { Json } from '#core-values';
import { messagesList, messagesTest } from './messages.ts';
import { runCommand } from './testing.ts';

let server: Server | undefined;
afterEach(() => server?.close());

/** The environment of somebody who is signed in at a server that answers this. */
async function answering(answer: Json, status = 200): Promise<Record<string, string>> {
  server = createServer((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { SEKISHO_URL: `http://127.0.0.1:${port}`, SEKISHO_TOKEN: 'token' };
}

const team = {
  name: 'team',
  way: 'slack-app',
  kinds: ['waiting', 'failed'],
  language: 'en',
  open: 2,
  oldestAt: '1969-12-31T23:50:00.000Z',
  lastSentAt: '1969-12-31T22:00:00.000Z',
  attempts: 3,
  nextTryAt: '1970-01-01T00:05:00.000Z',
  problem: 'Slack answered token_revoked.',
} as const;

test('the list says of each destination what it hears, what waits, and why', async () => {
  const env = await answering({ destinations: [{ ...team, kinds: [...team.kinds] }] });
  expect((await runCommand(messagesList, [], { env })).out).toBe(`team  Slack, as an app
  tells of: waiting, failed
  last sent: 2 hours ago
  waiting: 2, the oldest since 10 minutes ago
  ✗ failed 3 times in a row: Slack answered token_revoked. Tried again in 5 minutes.
`);
});

test('where nobody is told anything, the list says how to change that', async () => {
  const env = await answering({ destinations: [] });
  expect((await runCommand(messagesList, [], { env, language: 'ja' })).out).toContain('server.messages');
});

test('a test says that it was sent', async () => {
  const env = await answering({ destination: 'team', auditEntry: '7' });
  const said = await runCommand(messagesTest, ['team'], { env });
  expect([said.exit, said.out]).toEqual([0, '✓ A test was sent to team. Look whether it is there.\n']);
});
