import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { status } from './status.ts';
import { runCommand } from './testing.ts';

let server: Server | undefined;
afterEach(() => server?.close());

const FINE = { name: 'policies', title: 'Policies', state: 'fine', words: '', remedy: '' };
const NO_TRAIL = {
  ...{ name: 'trail', title: 'Reading of CloudTrail', state: 'not-configured' },
  ...{ words: 'Nothing is compared.', remedy: 'Name the bucket under `server.trail`.' },
};
const WRONG = {
  ...{ name: 'messages', title: 'Messages', state: 'wrong' },
  ...{ words: 'Messages do not arrive: ops.', remedy: 'See why.' },
};

/** The environment of somebody who is signed in at a server with these checks. */
async function answering(...checks: readonly object[]): Promise<Record<string, string>> {
  server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ checks }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { SEKISHO_URL: `http://127.0.0.1:${port}`, SEKISHO_TOKEN: 'token' };
}

test('what nobody configured is called so, with what to do, and is neither fine nor a failure', async () => {
  const said = await runCommand(status, [], { env: await answering(FINE, NO_TRAIL) });
  expect(said.exit).toBe(0);
  expect(said.out).toBe(`✓ Policies: fine
- Reading of CloudTrail: not configured
    Nothing is compared.
    → Name the bucket under \`server.trail\`.
`);
});

test('what is wrong ends with exit code 1, for scripts that look', async () => {
  const env = await answering(FINE, WRONG);
  const said = await runCommand(status, [], { env, language: 'ja' });
  expect([said.exit, said.out]).toEqual([
    1,
    '✓ Policies: 正常\n✗ Messages: 要確認\n    Messages do not arrive: ops.\n    → See why.\n',
  ]);
  const json = await runCommand(status, ['--format', 'json'], { env });
  expect([json.exit, JSON.parse(json.out)]).toEqual([1, { checks: [FINE, WRONG] }]);
});
