import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CliCommand } from './command.ts';
import { sloCorrectionsAdd, sloCorrectionsList, sloCorrectionsUndo } from './slo-corrections.ts';
import { runCommand } from './testing.ts';

const correction = {
  id: 'cor_00000000-0000-7000-8000-000000000001',
  of: { kind: 'service', name: 'shop' },
  ...{ from: '2026-11-23T00:00:00.000Z', to: '2026-11-23T01:30:00.000Z' },
  ...{ reason: 'The bank’s announced maintenance', at: '2026-11-23T06:30:00.000Z', byWhom: 'hanako' },
};
const undone = { at: '2026-11-23T07:00:00.000Z', byWhom: 'yuki', reason: 'It was not' };

let server: Server;
let url: string;
let asked: { readonly method: string; readonly path: string; readonly body: unknown }[];
let listed: readonly object[];

beforeEach(async () => {
  asked = [];
  listed = [correction];
  server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(Buffer.from(piece));
    const { method = '', url: path = '' } = request;
    const body = Buffer.concat(pieces).toString();
    asked.push({ method, path, body: body === '' ? undefined : JSON.parse(body) });
    const changed = { correction: path.endsWith('/undo') ? { ...correction, undone } : correction };
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify(method === 'GET' ? { corrections: listed, mayCorrect: true } : changed));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
});
afterEach(() => server.close());

const run = (command: CliCommand, args: readonly string[] = [], language: 'en' | 'ja' = 'en') =>
  runCommand(command, args, {
    env: { SEKISHO_URL: url, SEKISHO_TOKEN: 'sks_example', TZ: 'Asia/Tokyo' },
    language,
  });

describe('time left out of budgets, on the command line', () => {
  it('is listed with who said so and why, in the reader’s time zone', async () => {
    const { out } = await run(sloCorrectionsList, ['--slo', 'checkout']);
    expect(asked).toMatchObject([{ path: '/v1/slo/corrections?slo=checkout' }]);
    expect(out).toContain('all SLOs of shop  2026-11-23 09:00 GMT+9 – 2026-11-23 10:30 GMT+9');
    expect(out).toContain('hanako  The bank’s announced maintenance');
  });

  it('says so where there is none', async () => {
    listed = [];
    expect((await run(sloCorrectionsList)).out).toBe('Nothing was left out of any budget.\n');
  });

  it('is made for one SLO or for a service, never for neither or both', async () => {
    const rest = [
      '--from',
      '2026-11-23T09:00:00+09:00',
      '--to',
      '2026-11-23T10:30:00+09:00',
      '--reason',
      'x y z',
    ];
    const made = await run(sloCorrectionsAdd, ['--service', 'shop', ...rest]);
    expect([made.exit, asked]).toMatchObject([
      0,
      [
        {
          method: 'POST',
          body: {
            of: { kind: 'service', name: 'shop' },
            ...{ from: correction.from, to: correction.to, reason: 'x y z' },
          },
        },
      ],
    ]);
    expect(asked).toHaveLength(1);
    await expect(run(sloCorrectionsAdd, rest)).rejects.toThrow('Give --slo or --service.');
    await expect(run(sloCorrectionsAdd, ['--slo', 'a', '--service', 'b', ...rest])).rejects.toThrow(
      /cannot be used/,
    );
    expect(asked).toHaveLength(1);
  });

  it('is undone with a reason, and tells both', async () => {
    const { out } = await run(sloCorrectionsUndo, [correction.id, '--reason', 'It was not'], 'ja');
    expect(asked).toMatchObject([
      { path: `/v1/slo/corrections/${correction.id}/undo`, body: { reason: 'It was not' } },
    ]);
    expect(out).toContain('yuki が 2026-11-23 16:00 JST に取り消し: It was not');
  });
});
