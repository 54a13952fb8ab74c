import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runProgram } from './program.ts';
import { COMMANDS } from './registry.ts';
import { listeningContext } from './testing.ts';

const lock = {
  repository: { id: '1', name: 'shop/infra' },
  pullRequest: 7,
  since: '2027-01-01T00:00:00.000Z',
  byWhom: 'taro',
  grant: 'grt_00000000-0000-7000-8000-000000000001',
};
const stack = {
  name: 'shop-staging',
  account: { id: '222222222222', name: 'staging', environment: 'staging' },
  region: 'ap-northeast-1',
  repository: lock.repository,
  path: 'stacks/staging',
  team: 'shop',
  dependsOn: [],
};

let server: Server;
let url: string;
let asked: string[];
beforeEach(async () => {
  asked = [];
  server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(Buffer.from(piece));
    asked.push(`${request.method} ${request.url} ${Buffer.concat(pieces)}`);
    const answer =
      request.method === 'POST' ? { lock, auditEntry: '9' } : { stacks: [{ ...stack, lock }, stack] };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
});
afterEach(() => server.close());

async function sekisho(...words: string[]) {
  const env = { SEKISHO_URL: url, SEKISHO_TOKEN: 'sks_example', TZ: 'Asia/Tokyo' };
  const { context, said } = listeningContext({ env });
  await runProgram(words, COMMANDS, context, '0.0.0');
  return said;
}

describe('sekisho stacks', () => {
  it('names the pull request that holds a stack', async () => {
    const { out, exit } = await sekisho('stacks');
    const [, held = '', free = ''] = out.split('\n');
    expect(exit).toBe(0);
    expect(held).toContain('held by shop/infra#7 (taro)');
    expect(free).not.toContain('held');
  });

  it('unlock says why, and what is left to do', async () => {
    const { out, exit } = await sekisho('stacks', 'unlock', 'shop-staging', '--reason', 'given up');
    expect([exit, asked]).toEqual([0, ['POST /v1/stacks/shop-staging/unlock {"reason":"given up"}']]);
    expect(out).toContain('✓ shop-staging is free; shop/infra#7 held it (audit entry 9).');
    expect(out).toContain('→ What was applied of it is still there');
  });

  it('unlock wants a reason, and shows its own help', async () => {
    expect((await sekisho('stacks', 'unlock', 'shop-staging')).exit).toBe(2);
    expect((await sekisho('stacks', 'unlock', '--help')).out).toContain('--reason <words>');
    expect((await sekisho('stacks', '--help')).out).toContain('unlock');
    expect(asked).toEqual([]);
  });
});
