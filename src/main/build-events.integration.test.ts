import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RequirePerson, requirePerson } from '#accounts';
import { appendAudit } from '#audit';
import { epochMs, parsePersonName } from '#core-values';
import { createLogger } from '#platform';
import { insertSession } from '../accounts/sessions/store.ts';
import { type BrowserWorld, browserWorld } from '../accounts/sessions/testing.ts';
import { type BuiltEvents, buildEvents } from './build-events.ts';

const HOUR_MS = 3_600_000;
let world: BrowserWorld;
let events: BuiltEvents;

beforeAll(async () => {
  const logger = createLogger({ level: 'error', destination: process.stderr });
  world = await browserWorld({
    routes: (room) => {
      const person: RequirePerson = requirePerson(room);
      events = buildEvents({ database: room, logger }, room, person);
      return [events.routes];
    },
  });
});
afterAll(async () => {
  await events.stop();
  await world.close();
});

/** What the stream says until it ends or says what is waited for. */
async function opened(headers: Record<string, string>) {
  const answer = await world.app.request('/v1/events', { headers });
  expect(answer.status).toBe(200);
  const reader = (answer.body ?? expect.unreachable()).pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader.read()).value).toContain('event: ready');
  return {
    answer,
    /** Whether it ended; else what it said. */
    next: async () => (await reader.read()).value ?? 'ended',
    leave: () => reader.cancel(),
  };
}

const atBrowser = async (person: string) => {
  const cookie = await world.signIn(person, { kind: 'passkey', credential: 'x' });
  const signOut = () => world.asked('/v1/sessions/current', { cookie, method: 'DELETE' });
  return { headers: { cookie }, signOut };
};

/** As `sekisho login` opens it. */
async function atCommandLine(name: string) {
  const token = `sks_${randomBytes(32).toString('base64url')}`;
  const tokenSha256 = createHash('sha256').update(token).digest('hex');
  const person = parsePersonName(name) ?? expect.unreachable();
  const openedAt = world.clock.now();
  const times = { openedAt, expiresAt: epochMs(openedAt + HOUR_MS) };
  const session = { tokenSha256, statementSha256: tokenSha256, person, ...times };
  await world.room.inTransaction((tx) => insertSession(tx, session, world.room.sessionKey));
  const headers = { authorization: `Bearer ${token}` };
  return { headers, signOut: () => world.asked('/v1/sessions/current', { method: 'DELETE', headers }) };
}

describe('a stream of events', () => {
  it.each([
    ['browser', atBrowser],
    ['command line', atCommandLine],
  ])(
    'attack 24: of a %s ends when its session does, at once, and others of the person go on',
    async (_, at) => {
      const [ended, other] = [await at('taro'), await at('taro')];
      const [first, second] = [await opened(ended.headers), await opened(other.headers)];
      expect((await ended.signOut()).status).toBe(204);
      expect(await first.next()).toBe('ended');
      expect(await second.next()).toContain('session.closed');
      await second.leave();
    },
  );

  it('attack 21: ends when its person leaves the configuration, at once', async () => {
    const stream = await opened((await atBrowser('taro')).headers);
    const before = world.configure((yaml) => yaml.replaceAll('taro', 'jiro'));
    await world.room.inTransaction((tx) =>
      appendAudit(tx, {
        ...{ at: world.clock.now(), kind: 'config.reloaded', outcome: 'done' },
        ...{ actor: { kind: 'server', name: 'sekisho' }, subject: {} },
      }),
    );
    expect(await stream.next()).toBe('ended');
    world.configure(() => before);
  });

  it('is for nobody with a link’s session, and not kept by anybody', async () => {
    const link = { kind: 'link', link: 'sil_1', purpose: 'invite', vouchedBy: null } as const;
    const cookie = await world.signIn('taro', link);
    expect((await world.asked('/v1/events', { cookie })).status).toBe(403);
    const stream = await opened((await atBrowser('taro')).headers);
    expect(stream.answer.headers.get('cache-control')).toBe('no-store');
    expect(stream.answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    await stream.leave();
  });
});
