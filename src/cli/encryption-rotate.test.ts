import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { epochMs, type Json } from '#core-values';
import { handClock } from '#platform';
import { encryptionRotate } from './encryption-rotate.ts';
import { runCommand } from './testing.ts';

const newest = { id: '2222222222222222', place: 'env: SEKISHO_KEY' };
const earlier = { id: '1111111111111111', place: 'file: old.key' };
const clock = handClock(epochMs(0));
let server: Server;
let answers: Json[];
let url: string;

beforeEach(async () => {
  server = createServer((_, response) => {
    clock.advance(1_500);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answers.shift()));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
});
afterEach(() => server.close());

async function rotate(...steps: readonly { readonly [key: string]: Json }[]) {
  answers = steps.map((step) => ({ newest, reencrypted: 0, left: 0, unopened: [], removable: [], ...step }));
  const env = { SEKISHO_URL: url, SEKISHO_TOKEN: 'sks_example' };
  return runCommand(encryptionRotate, [], { env, clock });
}

describe('sekisho encryption rotate', () => {
  it('asks until nothing is left, shows progress after two seconds, and names the keys that may go', async () => {
    const said = await rotate(
      { reencrypted: 40, left: 60 },
      { reencrypted: 40, left: 20 },
      { reencrypted: 20, left: 0, removable: [earlier] },
    );
    expect(said.err).toBe('80 re-encrypted, 20 to go\n');
    expect(said.out).toContain('under the key 2222222222222222 (env: SEKISHO_KEY); 100 re-encrypted.');
    expect(said.out).toContain('  1111111111111111  file: old.key\n');
    expect(said.exit).toBe(0);
  });

  it('says so when there was nothing to do', async () => {
    const said = await rotate({});
    expect(said.out).toBe(
      'Everything is under the key 2222222222222222 (env: SEKISHO_KEY); 0 re-encrypted.\n',
    );
  });

  it('stops, and names what does not open, when it gets no further', async () => {
    const unopened = ['plan-file pln_1'];
    const said = await rotate({ reencrypted: 1, left: 1, unopened }, { left: 1, unopened });
    expect(said.err).toContain('these do not open: plan-file pln_1');
    expect(said.out).toBe('');
    expect(said.exit).not.toBe(0);
  });
});
