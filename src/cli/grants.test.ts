import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '#core-values';
import type { CliCommand } from './command.ts';
import { grantsList, grantsRevoke } from './grants.ts';
import { runCommand } from './testing.ts';

const ID = 'grt_00000000-0000-7000-8000-000000000001';
const grant = {
  id: ID,
  purpose: 'apply',
  status: 'issued',
  stack: 'shop-production',
  account: '333333333333',
  region: 'ap-northeast-1',
  role: 'arn:aws:iam::333333333333:role/sekisho-apply',
  approvers: ['hanako'],
  repository: { id: '1', name: 'shop/infra' },
  commit: 'a'.repeat(40),
  run: { id: '31', attempt: 1 },
  actor: { id: '42', name: 'taro' },
  requestedAt: '2027-01-01T00:00:00.000Z',
  expiresAt: '2027-01-01T01:00:00.000Z',
} as const;

let server: Server;
let url: string;
let asked: { readonly method: string; readonly path: string; readonly body: string }[];
let undenied: readonly Json[];
let found: readonly Json[];

beforeEach(async () => {
  asked = [];
  undenied = [];
  found = [{ ...grant, approvers: [...grant.approvers] }];
  server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(Buffer.from(piece));
    const { method = '', url: path = '' } = request;
    asked.push({ method, path, body: Buffer.concat(pieces).toString() });
    const revoked = { ...grant, status: 'revoked', revocation: 'in-force', undenied, auditEntry: '7' };
    const answer = method === 'POST' ? revoked : path.startsWith('/v1/grants?') ? { grants: found } : grant;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
});
afterEach(() => server.close());

async function run(
  command: CliCommand,
  args: readonly string[],
  typed?: string,
  language: 'en' | 'ja' = 'en',
) {
  const env = { SEKISHO_URL: url, SEKISHO_TOKEN: 'sks_example', TZ: 'Asia/Tokyo' };
  const ask = typed === undefined ? {} : { ask: async () => typed };
  return runCommand(command, args, { env, language, ...ask });
}

describe('sekisho grants list', () => {
  it('shows who got what until when by the reader’s clock, and hands its filters to the server', async () => {
    const { out } = await run(grantsList, ['--stack', 'shop-production', '--status', 'issued']);
    expect(out).toBe(
      `${ID}  shop-production  apply  issued\n    shop/infra run 31 · credentials until 2027-01-01 10:00 GMT+9\n`,
    );
    expect(asked[0]?.path).toBe('/v1/grants?limit=50&stack=shop-production&status=issued');
  });

  it('tells a filter that nothing fits from a server without grants', async () => {
    found = [];
    expect((await run(grantsList, ['--stack', 'nowhere'])).out).toContain('No grant fits.');
    expect((await run(grantsList, [])).out).toContain('CI jobs get them from `sekisho ci plan`');
  });
});

describe('sekisho grants revoke', () => {
  it('says what it hits and that it cannot be undone, and revokes when the stack’s name was typed', async () => {
    const said = await run(grantsRevoke, [ID, '--reason', 'runner lost'], 'shop-production');
    expect(said.err).toContain('shop/infra run 31 on shop-production (account 333333333333)');
    expect(said.err).toContain('It cannot be undone.');
    expect(said.out).toContain('Its session is denied in AWS');
    expect(asked.at(-1)).toEqual({
      method: 'POST',
      path: `/v1/grants/${ID}/revoke`,
      body: '{"reason":"runner lost"}',
    });
    expect(said.exit).toBe(0);
  });

  it.each([
    ['another name', 'shop-staging'],
    ['nothing', ''],
    ['nobody to ask', undefined],
  ])('revokes nothing for %s', async (_, typed) => {
    const said = await run(grantsRevoke, [ID], typed);
    expect(said.exit).toBe(2);
    expect(asked.map(({ method }) => method)).toEqual(['GET']);
  });

  it('does not ask with --yes', async () => {
    await run(grantsRevoke, [ID, '--yes']);
    expect(asked.at(-1)?.method).toBe('POST');
  });

  it('ends with 4 and the reason when AWS has not taken the deny, in the reader’s language', async () => {
    undenied = [{ rule: 'revocation.no-role', message: 'ロールがありません。', remedy: '手動で。' }];
    const said = await run(grantsRevoke, [ID, '--yes'], undefined, 'ja');
    expect(said.exit).toBe(4);
    expect(said.out).toContain('ロールがありません。');
    expect(said.err).toContain('この操作は元に戻せません。');
  });
});
