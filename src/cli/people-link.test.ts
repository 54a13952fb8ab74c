import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LINK_NAMESPACE, parseLinkStatement } from '#accounts/core';
import { sshSignerOf, z } from '#platform';
import { peopleLink } from './people-link.ts';
import { runCommand } from './testing.ts';

const asked = z.strictObject({ statement: z.string(), signature: z.string() });
let home: string;
let server: Server;
let url: string;
let got: z.infer<typeof asked> | undefined;
let authorization: string | undefined;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'sekisho-people-link-'));
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(home, 'key')]);
  server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    got = asked.parse(JSON.parse(Buffer.concat(chunks).toString()));
    ({ authorization } = request.headers);
    const answer = { person: 'yuki', url: `${url}/welcome#skl_x`, expiresAt: '1970-01-02T00:00:00.000Z' };
    response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
});
afterAll(() => {
  server.close();
  rmSync(home, { recursive: true });
});

const run = (...argv: string[]) => {
  got = undefined;
  const env = { SEKISHO_URL: url, PATH: process.env.PATH, HOME: home, SEKISHO_SSH_KEY: join(home, 'key') };
  return runCommand(peopleLink, argv, { env });
};

describe('sekisho people link', () => {
  it('signs the request, needs no session, and prints nothing but the link to standard output', async () => {
    const said = await run('yuki', '--recover', '--reason', 'lost her phone');
    expect(said.out).toBe(`${url}/welcome#skl_x\n`);
    expect(said.err).toContain('For yuki');
    expect(authorization).toBeUndefined();
    const { statement, signature } = got ?? expect.unreachable();
    expect(parseLinkStatement(statement)).toMatchObject({
      value: { server: url, person: 'yuki', purpose: 'recovery', reason: 'lost her phone' },
    });
    expect(sshSignerOf(statement, signature, LINK_NAMESPACE)).toBeDefined();
  });

  it.each([
    ['a recovery without a reason', ['yuki', '--recover'], 'sign-in-link.reason'],
    ['a reason without a recovery', ['yuki', '--reason', 'x'], 'sign-in-link.reason'],
    ['a reason with a line break', ['yuki', '--recover', '--reason', 'a\nb'], 'sign-in-link.reason-form'],
    ['what is no name', ['Yuki Sato'], 'sign-in-link.name'],
  ])('signs nothing for %s', async (_, argv, rule) => {
    const said = await run(...argv);
    expect(said.err).toContain(rule);
    expect(said.exit).toBe(2);
    expect(got).toBeUndefined();
  });
});
