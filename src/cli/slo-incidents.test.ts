import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Json, text } from '#core-values';
import type { CliCommand } from './command.ts';
import {
  sloIncidentsAcknowledge,
  sloIncidentsList,
  sloIncidentsResolve,
  sloIncidentsSilence,
} from './slo-incidents.ts';
import { sloStatus } from './slo-status.ts';
import { runCommand } from './testing.ts';

const ID = 'inc_00000000-0000-7000-8000-000000000001';
const incident = {
  ...{ id: ID, slo: 'checkout', service: 'shop', state: 'open', severity: 'page', firing: true },
  ...{ openedAt: '2026-11-23T06:30:00.000Z', pagedAt: '2026-11-23T06:30:00.000Z' },
  ...{ burn: { kind: 'rate', rate: 21.26 }, remainingPpm: 412_345 },
};
const slo = {
  ...{ name: 'checkout', service: 'shop', indicator: { kind: 'screen', screen: 'checkout' }, burning: false },
  data: { state: 'ok', upTo: '2026-11-23T06:30:00.000Z' },
  objectives: [
    {
      targetPpm: 990_000,
      window: {
        kind: 'rolling',
        minutes: 43_200,
        from: '2026-10-24T06:30:00.000Z',
        to: '2026-11-23T06:30:00.000Z',
      },
      sli: { good: 999, total: 1000, ppm: 999_000, proof: 'open' },
      budget: {
        unit: 'events',
        whole: 1000,
        lost: 1,
        allowed: 10,
        remaining: 9,
        remainingPpm: 900_000,
        verdict: 'kept',
      },
      ...{ burns: [], alerts: [] },
      sparkline: {
        from: '2026-10-24T06:30:00.000Z',
        stepMinutes: 1440,
        remainingPpm: [1_000_000, 500_000, -1, null],
      },
    },
  ],
};

let server: Server;
let url: string;
let asked: { readonly method: string; readonly path: string; readonly body: string }[];
let slos: readonly Json[];

beforeEach(async () => {
  asked = [];
  slos = [slo];
  server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(Buffer.from(piece));
    const { method = '', url: path = '' } = request;
    asked.push({ method, path, body: Buffer.concat(pieces).toString() });
    const listed = { incidents: [incident], mayAct: true };
    const services = [{ name: 'shop', stacks: [], burning: false, slos }];
    const status = { state: 'ok', at: '2026-11-23T06:30:00.000Z', services };
    const answer = path === '/v1/slos' ? status : method === 'GET' ? listed : { incident };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
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

describe('sekisho slo status', () => {
  it('says of each SLO how it does, what is left, and draws how that went', async () => {
    const { out, exit } = await run(sloStatus);
    expect(out).toBe('shop\n  checkout  99.9% of 99%, left  90.0%  █▅▁ \n');
    expect(exit).toBe(0);
  });

  it('ends with 1 where a budget is spent or burns, and says what is not known', async () => {
    slos = [
      { ...slo, burning: true, incident },
      { ...slo, data: { state: 'none' }, objectives: [] },
    ];
    const { out, exit } = await run(sloStatus);
    expect(exit).toBe(1);
    expect(out).toContain(`page ${ID}`);
    expect(out).toContain('nothing was ever counted');
    expect((await run(sloStatus, ['--service', 'other'])).out).toContain('sekisho slo suggest');
  });
});

describe('sekisho slo incidents', () => {
  it('lists what burns and how fast', async () => {
    const { out } = await run(sloIncidentsList, ['--state', 'open']);
    expect(out).toBe(
      `● checkout (shop)  page, open, 2026-11-23 15:30 GMT+9\n  ${ID}  21.3×  41.2345% left\n`,
    );
    expect(asked[0]?.path).toBe('/v1/slo/incidents?state=open');
    expect((await run(sloIncidentsList, [], 'ja')).out).toContain(text('open', '未対応').ja);
  });

  it('acknowledges, silences and resolves', async () => {
    await run(sloIncidentsAcknowledge, [ID]);
    await run(sloIncidentsSilence, [ID, '--minutes', '60', '--reason', 'rolling back']);
    await run(sloIncidentsResolve, [ID, '--reason', 'rolled back']);
    expect(asked.map(({ method, path, body }) => `${method} ${path} ${body}`)).toEqual([
      `POST /v1/slo/incidents/${ID}/acknowledgement {}`,
      `POST /v1/slo/incidents/${ID}/silence {"until":"1970-01-01T01:00:00.000Z","reason":"rolling back"}`,
      `POST /v1/slo/incidents/${ID}/resolution {"reason":"rolled back"}`,
    ]);
  });
});
