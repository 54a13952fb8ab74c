import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '#core-values';
import type { CliCommand } from './command.ts';
import { needsAdd, needsList, needsRemove } from './needs.ts';
import { runCommand } from './testing.ts';

const PLAN = 'pln_00000000-0000-7000-8000-000000000001';
const TIME = '2027-01-01T01:00:00.000Z';
const TOPIC = 'arn:aws:sns:ap-northeast-1:333333333333:orders';
const need = {
  ...{ id: 'ned_00000000-0000-7000-8000-000000000001', action: 'sns:TagResource', resource: TOPIC },
  ...{ reason: 'the provider tags it', addedBy: 'hanako', addedAt: TIME },
};
const denial = {
  ...{ action: 'sns:TagResource', named: true, resource: TOPIC, address: 'aws_sns_topic.orders' },
  ...{ by: 'session-policy', diagnosis: 'Nobody knew.', remedy: 'Add it.', addable: true },
};
const guarded = {
  ...{ action: 'sns:CreateTopic', named: true, resource: TOPIC, address: 'aws_sns_topic.orders', by: 'scp' },
  ...{ diagnosis: 'A guardrail.', remedy: 'Ask whoever keeps it.', addable: false },
};
const details = {
  ...{ id: PLAN, stack: 'shop', account: '333333333333', environment: 'staging', state: 'failed' },
  ...{ digest: 'd'.repeat(64), fingerprint: 'f'.repeat(64), lineage: '', serial: 4, changes: {} },
  repository: { id: '1', name: 'shop/infra' },
  ...{ ref: 'refs/heads/main', commit: 'a'.repeat(40), run: { id: '31', number: 7, attempt: 1 } },
  ...{ author: { id: '42', name: 'taro' }, uploadedAt: TIME, expiresAt: TIME },
  findings: { critical: 0, high: 0, medium: 0, low: 0, info: 0 },
  ...{ approvals: [], history: [], review: {} },
};

let server: Server;
let url: string;
let denials: readonly Json[];
let needs: readonly Json[];
let posted: { readonly path: string; readonly body: unknown }[];

beforeEach(async () => {
  [denials, needs, posted] = [[denial, guarded], [need], []];
  server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(Buffer.from(piece));
    const { method, url: path = '' } = request;
    const answer = path.includes('/plans/') ? { ...details, denials } : { needs, auditEntry: '7' };
    if (method === 'POST') posted.push({ path, body: JSON.parse(Buffer.concat(pieces).toString()) });
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

describe('sekisho needs add', () => {
  it('shows what would be added, and adds it when the stack’s name was typed', async () => {
    const { out, exit } = await run(needsAdd, ['--stack', 'shop', '--plan', PLAN], 'shop');
    expect(exit).toBe(0);
    expect(out).toContain(`+ sns:TagResource  ${TOPIC}`);
    expect(out).toContain('A guardrail.');
    expect(posted).toEqual([
      {
        path: '/v1/stacks/shop/needs',
        body: {
          needs: [{ action: 'sns:TagResource', resource: TOPIC }],
          reason: 'refused by AWS when applying aws_sns_topic.orders',
          plan: PLAN,
        },
      },
    ]);
  });

  it('adds nothing where nobody typed the name, or there is nobody', async () => {
    for (const typed of ['shop-production', undefined]) {
      const { err, exit } = await run(needsAdd, ['--stack', 'shop', '--plan', PLAN], typed);
      expect([exit, err]).toEqual([2, expect.stringContaining('[needs.not-confirmed]')]);
    }
    expect(posted).toEqual([]);
  });

  it('adds one permission that a person names, with their reason', async () => {
    const named = ['--action', 's3:PutBucketTagging', '--resource', 'arn:aws:s3:::photos'];
    const why = ['--reason', 'バケットにタグを付けるため', '--plan', PLAN];
    const { exit } = await run(needsAdd, ['--stack', 'shop', ...named, ...why, '--yes']);
    expect([exit, posted[0]?.body]).toEqual([
      0,
      {
        needs: [{ action: 's3:PutBucketTagging', resource: 'arn:aws:s3:::photos' }],
        ...{ reason: 'バケットにタグを付けるため', plan: PLAN },
      },
    ]);
  });

  it.each([
    ['needs.incomplete', []],
    ['needs.incomplete', ['--action', 'sns:TagResource', '--resource', TOPIC]],
    ['needs.incomplete', ['--plan', PLAN, '--action', 'sns:TagResource', '--reason', 'x']],
    ['needs.reason-unfit', ['--plan', PLAN, '--reason', 'two\nlines']],
  ])('refuses with %s what is not said in full: %j', async (rule, args) => {
    const { err, exit } = await run(needsAdd, ['--stack', 'shop', ...args, '--yes']);
    expect([exit, err, posted]).toEqual([2, expect.stringContaining(`[${rule}]`), []]);
  });

  it('says that a guardrail is not widened, and that nothing was refused', async () => {
    denials = [guarded];
    const guardrail = await run(needsAdd, ['--stack', 'shop', '--plan', PLAN, '--yes'], undefined, 'ja');
    expect(guardrail.err).toContain('いずれも追加権限では解決しません');
    denials = [];
    const nothing = await run(needsAdd, ['--stack', 'shop', '--plan', PLAN, '--yes']);
    expect(nothing.err).toContain('reported no call that AWS refused');
    expect(posted).toEqual([]);
  });
});

it('sekisho needs list says who added what, when and why, and the last plan that had it', async () => {
  expect((await run(needsList, ['--stack', 'shop'])).out).toBe(
    `${need.id}  sns:TagResource  ${TOPIC}\n    added by hanako, 2027-01-01 10:00 GMT+9, because the provider tags it\n    no plan was granted it yet\n`,
  );
  needs = [{ ...need, lastUsedBy: PLAN }];
  expect((await run(needsList, ['--stack', 'shop'])).out).toContain(`last granted to ${PLAN}`);
  expect(JSON.parse((await run(needsList, ['--stack', 'shop', '--format', 'json'])).out)).toEqual({ needs });
  needs = [];
  expect((await run(needsList, ['--stack', 'shop'])).out).toBe('No extra needs.\n');
});

it('sekisho needs remove takes one away', async () => {
  const { out } = await run(needsRemove, [need.id, '--stack', 'shop']);
  expect(out).toContain('✓ Removed.');
  expect(posted).toEqual([{ path: `/v1/stacks/shop/needs/${need.id}/remove`, body: {} }]);
});
