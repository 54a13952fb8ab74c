import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Json } from '#core-values';
import { needsLeaveOut, needsPutBack, needsUnused } from './needs-observed.ts';
import { runCommand } from './testing.ts';

let server: Server;
let asked: string[];
let answer: Json;
let url: string;

beforeEach(async () => {
  asked = [];
  server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    asked.push(`${request.method} ${request.url} ${Buffer.concat(chunks).toString('utf8')}`);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
});
afterEach(() => server.close());

const env = () => ({ SEKISHO_URL: url, SEKISHO_TOKEN: 'sks_example' });
const at = '2026-11-02T03:00:00.000Z';
const left = {
  ...{ id: 'lft_1', type: 'aws_sns_topic', action: 'sns:ListTagsForResource' },
  ...{ reason: 'never \u001b[31m called', by: 'hanako', at },
};
const provider = 'registry.terraform.io/hashicorp/aws 5.100.0';
const KNOWN = {
  atLeast: 3,
  observed: [
    {
      provider,
      type: 'aws_mq_broker',
      step: 'create',
      applies: 2,
      since: at,
      actions: ['mq:CreateBroker'],
      isUsed: false,
    },
  ],
  unused: [
    { provider, type: 'aws_sns_topic', steps: ['create'], action: 'sns:GetTopic', applies: 3, since: at },
  ],
  leftOut: [left],
};

it('shows what was granted in vain with the one command that leaves it out, and what is left out with the one that puts it back', async () => {
  answer = KNOWN;
  const said = await runCommand(needsUnused, [], { env: env() });
  expect(said.out).toContain('sns:GetTopic  aws_sns_topic (create)  3 applies since 2026-11-02\n');
  expect(said.out).toContain('sekisho needs leave-out --type aws_sns_topic --action sns:GetTopic --reason');
  expect(said.out).toContain('sekisho needs put-back lft_1\n');
  expect(said.out).toContain('still opens its service (3 applies needed): mq:CreateBroker');
  expect(said.out).not.toContain('\u001b');
  answer = { atLeast: 3, observed: [], unused: [], leftOut: [] };
  expect((await runCommand(needsUnused, [], { env: env() })).out).toContain(
    'No apply has taught anything yet',
  );
});

it('leaves out and puts back what it is told to', async () => {
  answer = { leftOut: [left], auditEntry: 'aud_1' };
  const argv = [
    '--type',
    'aws_sns_topic',
    '--action',
    'sns:GetTopic',
    '--stack',
    'shop',
    '--reason',
    'unused',
  ];
  expect((await runCommand(needsLeaveOut, argv, { env: env() })).out).toContain('✓ Left out: sns:GetTopic');
  await runCommand(needsPutBack, ['lft_1'], { env: env() });
  expect(asked).toEqual([
    'POST /v1/needs/left-out {"type":"aws_sns_topic","action":"sns:GetTopic","reason":"unused","stack":"shop"}',
    'POST /v1/needs/left-out/lft_1/put-back {}',
  ]);
});
