import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ok } from '#core-values';
import { runWithCredentials } from './exec.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sekisho-exec-'));
});
afterAll(() => rm(folder, { recursive: true }));

// The AWS SDK in a process of its own, against a server that notes who signed.
const SCRIPT = `
  import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
  const client = new STSClient({ maxAttempts: 1 });
  await client.send(new GetCallerIdentityCommand({})).catch(() => undefined);
  await client.send(new GetCallerIdentityCommand({})).catch(() => undefined);
`;

it('the AWS SDK signs with credentials from memory, renewed while it runs, and nothing is on disk', async () => {
  const signers: string[] = [];
  const aws = createServer((request, response) => {
    signers.push(/Credential=([^/]+)/.exec(request.headers.authorization ?? '')?.[1] ?? 'nobody');
    response.writeHead(500).end();
  });
  aws.listen(0, '127.0.0.1');
  await once(aws, 'listening');
  const address = aws.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  let asked = 0;
  const current = async () => {
    asked += 1;
    // Over already, so the SDK asks again for its next call.
    const expiration = new Date(Date.now() - 60_000).toISOString();
    return ok({ accessKeyId: `ASIA${asked}`, secretAccessKey: 'canary', sessionToken: 'canary', expiration });
  };
  const exit = await runWithCredentials({
    command: process.execPath,
    args: ['--input-type=module', '-e', SCRIPT],
    cwd: process.cwd(),
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: 'AKIASOMEBODYELSE',
      AWS_SECRET_ACCESS_KEY: 'x',
    },
    source: { region: 'ap-northeast-1', current },
    onTerminal: false,
  });
  aws.close();
  expect(exit).toEqual({ ok: true, value: 0 });
  expect(signers).toEqual([expect.stringMatching(/^ASIA[0-9]+$/), expect.stringMatching(/^ASIA[0-9]+$/)]);
  expect(new Set(signers).size).toBe(2);
  expect(await readdir(folder)).toEqual([]);
});
