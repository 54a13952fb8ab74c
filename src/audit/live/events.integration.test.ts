import { get } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { epochMs, err, ok } from '#core-values';
import {
  bearerToken,
  createHttpApp,
  createLogger,
  createMetrics,
  DEFAULT_ROUTE_LIMITS,
  handClock,
  inTransaction,
  notSignedIn,
  type RunningServer,
  serveHttp,
} from '#platform';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { appendAudit } from '../append.ts';
import { type Hearing, hearing } from './hearing.ts';
import { liveEventSchema } from './live-event.ts';
import { eventRoutes } from './routes.ts';

const clock = handClock();
let database: TestDatabase;
let ear: Hearing;
let server: RunningServer;
/** Ends the pause before a heartbeat, of every stream. */
let beat: () => void;
let signedIn: boolean;
let looks: number;
let elapsedMs: number;
const clients: Client[] = [];

beforeEach(async () => {
  database = await testDatabase();
  ear = hearing({ db: database.db, everyMs: 5, onError: (cause) => expect.unreachable(String(cause)) });
  signedIn = true;
  looks = 0;
  elapsedMs = 0;
  const beats = new Set<() => void>();
  beat = () => {
    for (const go of [...beats]) go();
  };
  const app = createHttpApp({
    version: '0.0.0',
    logger: createLogger({ level: 'error', destination: { write: () => undefined } }),
    metrics: createMetrics({ processMetrics: false }),
    clock,
    newRequestId: () => 'request-id-1',
    readiness: [],
    limits: { byDefault: DEFAULT_ROUTE_LIMITS },
    routes: [
      eventRoutes({
        hearing: ear,
        requirePerson: async (c) => {
          const name = bearerToken(c)?.replace(/^sks_/, '');
          return name === undefined ? err(notSignedIn) : ok({ name });
        },
        stillSignedIn: async () => {
          looks += 1;
          return signedIn;
        },
        pause: (_ms, signal) =>
          new Promise((resolve) => {
            const go = (): void => {
              beats.delete(go);
              resolve();
            };
            beats.add(go);
            signal.addEventListener('abort', go, { once: true });
          }),
        elapsedMs: () => elapsedMs,
        mostPerPerson: 2,
        mostInAll: 3,
      }),
    ],
  });
  const serving = await serveHttp(app, {
    host: '127.0.0.1',
    port: 0,
    logger: createLogger({ level: 'error', destination: { write: () => undefined } }),
  });
  if (!serving.ok) throw new Error('cannot listen');
  server = serving.value;
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.leave();
  await ear.stop();
  await server.close();
  await database.close();
});

interface Client {
  readonly status: number;
  /** Settles when the text so far fits. */
  heard(pattern: RegExp): Promise<string>;
  /** Settles when the server ended the stream. */
  readonly ended: Promise<void>;
  events(): readonly unknown[];
  /** Reads no more, but stays. */
  stall(): void;
  readOn(): void;
  leave(): void;
}

const listen = (as = 'hanako', headers: Record<string, string> = {}): Promise<Client> =>
  new Promise((resolve, reject) => {
    const request = get(
      `${server.url}/v1/events`,
      { headers: { ...(as === '' ? {} : { authorization: `Bearer sks_${as}` }), ...headers } },
      (answer) => {
        let words = '';
        const waits = new Set<() => void>();
        answer.setEncoding('utf8').on('data', (piece: string) => {
          words += piece;
          for (const look of [...waits]) look();
        });
        answer.on('error', () => undefined);
        const client: Client = {
          status: answer.statusCode ?? 0,
          heard: (pattern) =>
            new Promise((settle) => {
              const look = (): void => {
                if (!pattern.test(words)) return;
                waits.delete(look);
                settle(words);
              };
              waits.add(look);
              look();
            }),
          ended: new Promise((settle) => answer.on('close', () => settle())),
          events: () =>
            [...words.matchAll(/event: change\ndata: (.*)\n/g)].map(([, data]) => JSON.parse(data ?? '')),
          stall: () => void answer.pause(),
          readOn: () => void answer.resume(),
          leave: () => void request.destroy(),
        };
        clients.push(client);
        resolve(client);
      },
    );
    request.on('error', reject);
  });

const append = (kind: `${string}.${string}`, subject: object = {}, times = 1): Promise<void> =>
  inTransaction(database.db, async (tx) => {
    for (let n = 0; n < times; n += 1)
      await appendAudit(tx, {
        at: epochMs(clock.now() + n),
        kind,
        actor: { kind: 'person', name: 'taro' },
        subject,
        outcome: 'done',
        evidence: { secret: 'never in an event' },
      });
  });

describe('GET /v1/events', () => {
  it('tells what happens from now on, about what, and never what it was', async () => {
    await append('plan.uploaded');
    const client = await listen();
    await client.heard(/event: ready/);
    await append('approval.given', { stack: 'shop', plan: 'pln_1' });
    const words = await client.heard(/approval\.given/);
    expect(client.events()).toEqual([
      { position: 1, kind: 'approval.given', outcome: 'done', stack: 'shop', plan: 'pln_1' },
    ]);
    expect(liveEventSchema.strict().safeParse(client.events()[0]).success).toBe(true);
    expect(words).not.toMatch(/never in an event|taro/);
    expect(words).toContain('id: 1\nevent: change');
  });

  it('goes on behind the last event that a browser received, gaplessly, and asks for a new reading where that is too much', async () => {
    await append('plan.uploaded', {}, 5);
    const client = await listen('hanako', { 'last-event-id': '1' });
    await client.heard(/id: 4/);
    expect(client.events()).toMatchObject([{ position: 2 }, { position: 3 }, { position: 4 }]);
    await append('plan.uploaded', {}, 501);
    await client.heard(/event: gap/);
    const late = await listen('hanako', { 'last-event-id': '1' });
    expect(await late.heard(/event: gap/)).toContain('id: 505\nevent: gap\ndata: {"position":506}');
    expect(late.events()).toEqual([]);
    await append('plan.expired');
    await late.heard(/"position":506,"kind"/);
  });

  it.each(['nonsense', '-1', '99999'])('begins now where the last event is %s', async (last) => {
    await append('plan.uploaded');
    const client = await listen('hanako', { 'last-event-id': last });
    expect(await client.heard(/event: ready/)).toContain('{"position":1}');
  });

  it('is for who is signed in', async () => {
    expect((await listen('')).status).toBe(401);
  });

  it('ends when the session ends: at once when the log tells so, else at the next heartbeat', async () => {
    const [signedOut, idle] = [await listen('taro'), await listen('hanako')];
    await Promise.all([signedOut.heard(/ready/), idle.heard(/ready/)]);
    signedIn = false;
    await append('session.closed', { person: 'taro' });
    await signedOut.ended;
    expect(signedOut.events()).toEqual([]);
    // Nobody asked about the other one yet: it is told what everybody is told.
    await idle.heard(/session\.closed/);
    beat();
    await idle.ended;
  });

  it('ends no stream for what other people’s sessions do, and sends heartbeats while nothing happens', async () => {
    const client = await listen('hanako');
    await client.heard(/ready/);
    await append('session.closed', { person: 'taro' });
    await client.heard(/session\.closed/);
    expect(looks).toBe(0);
    beat();
    await client.heard(/\n:\n\n/);
    expect(looks).toBe(1);
  });

  it('attack 24: ends within a heartbeat of its session also while so much happens that it is never quiet', async () => {
    const client = await listen('hanako');
    await client.heard(/ready/);
    signedIn = false;
    elapsedMs = 14_999;
    await append('plan.uploaded');
    await client.heard(/"position":0,/);
    elapsedMs = 15_000;
    await append('plan.uploaded');
    await client.ended;
    expect(client.events()).toHaveLength(1);
  });

  it('opens only so many streams for one person and in all, and frees the place of who went away', async () => {
    const first = await listen('hanako');
    await listen('hanako');
    expect((await listen('hanako')).status).toBe(429);
    await listen('taro');
    expect((await listen('yuki')).status).toBe(503);
    first.leave();
    await expect.poll(async () => (await listen('hanako')).status, { interval: 5 }).toBe(200);
  });

  it('keeps nothing for a client that does not read: it learns later what there is by then', async () => {
    const slow = await listen('hanako');
    await slow.heard(/ready/);
    slow.stall();
    const quick = await listen('taro');
    await quick.heard(/ready/);
    for (let round = 0; round < 4; round += 1) {
      await append('plan.uploaded', { stack: 'x'.repeat(60_000) }, 100);
      await quick.heard(new RegExp(`"position":${round * 100 + 99},`));
    }
    slow.readOn();
    await slow.heard(/"position":399,|event: gap/);
  });

  it('ends every stream when the server stops, and opens no new one', async () => {
    const client = await listen();
    await client.heard(/ready/);
    await ear.stop();
    await client.ended;
    expect((await listen()).status).toBe(503);
  });
});
