import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createNetServer, type Socket } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, test } from 'vitest';
import { epochMs, text } from '#core-values';
import { messageOf, type NewsFacts } from '../core/index.ts';
import type { Outgoing, Sender } from '../sender.ts';
import { planOf } from '../testing/plan.ts';
import { email } from './email.ts';
import { pagerDuty } from './pagerduty.ts';
import { slackApp, slackWebhook } from './slack.ts';
import { signedWebhook } from './webhook.ts';

const undo: (() => void)[] = [];
afterEach(() => {
  for (const stop of undo.splice(0)) stop();
});

const facts: NewsFacts = {
  news: { kind: 'waiting', position: 42, stack: 'shop-production', plan: planOf().id },
  entry: {
    version: 1,
    position: 42,
    previousLeafHash: '0'.repeat(64),
    at: '2026-11-23T06:30:00.000Z',
    kind: 'plan.uploaded',
    actor: { kind: 'workload', name: 'shop/infra run 31' },
    subject: {},
    outcome: 'done',
    reasons: [],
    evidence: {},
  },
  plan: planOf(),
  environment: 'production',
};
const outgoing: Outgoing = {
  facts,
  message: messageOf(facts, 'en'),
  id: 'team.42',
  thread: 'pull 700100 12',
};

interface Heard {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** A server that hears and answers as told. */
async function listening(
  answer: (response: ServerResponse) => void,
): Promise<{ readonly url: string; readonly heard: Heard[] }> {
  const heard: Heard[] = [];
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    heard.push({ path: request.url ?? '', headers, body: Buffer.concat(chunks).toString('utf8') });
    answer(response);
  });
  undo.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = await listen(server);
  return { url: `http://127.0.0.1:${port}`, heard };
}

const listen = (server: ReturnType<typeof createNetServer>): Promise<AddressInfo> =>
  new Promise((resolve, reject) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (typeof address === 'object' && address !== null) resolve(address);
      else reject(new Error('no address'));
    });
  });

const answering =
  (status: number, body: unknown = {}, headers: Record<string, string> = {}) =>
  (response: ServerResponse): void => {
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  };

describe('every way by HTTP', () => {
  const clock = { now: () => epochMs(1_795_416_600_000) };
  const ways: readonly [string, (url: string) => Sender][] = [
    ['Slack by webhook', (url) => slackWebhook(`${url}/services/T0/B0/SECRETSECRET`)],
    ['Slack as an app', (url) => slackApp('xoxb-SECRETSECRET', 'C0123456789', url)],
    ['a signed request', (url) => signedWebhook(`${url}/hook`, Buffer.from('SECRETSECRET'), clock)],
  ];
  const pager = (url: string) =>
    pagerDuty({ url: `${url}/v2/enqueue`, routingKey: 'SECRETSECRET', source: 'sekisho.example.com' });
  const allWays: typeof ways = [...ways, ['PagerDuty', pager]];

  test.each(allWays)(
    '%s comes back later when the other side is busy, and says for how long',
    async (_, way) => {
      const { url } = await listening(answering(429, 'busy', { 'retry-after': '30' }));
      expect(await way(url).send(outgoing)).toMatchObject({
        ok: false,
        error: {
          again: 'later',
          afterMs: 30_000,
          why: { en: expect.stringContaining('429'), ja: expect.stringContaining('429') },
        },
      });
    },
  );

  test.each(allWays)(
    '%s comes back later when nobody is there, and its words hold no secret',
    async (_, way) => {
      const outcome = await way('http://127.0.0.1:1').send(outgoing);
      expect(outcome).toMatchObject({ ok: false, error: { again: 'later' } });
      expect(JSON.stringify(outcome)).not.toContain('SECRET');
      expect(JSON.stringify(outcome)).not.toContain('services');
    },
  );

  test('PagerDuty is told again what it refused: its routing key can be mended, and no page may be lost', async () => {
    const { url, heard } = await listening(answering(400, { status: 'invalid event' }));
    const outcome = await pager(url).send(outgoing);
    expect(outcome).toMatchObject({ ok: false, error: { again: 'later' } });
    expect(JSON.stringify(outcome)).not.toContain('SECRET');
    expect(heard[0]?.path).toBe('/v2/enqueue');
    expect(JSON.parse(heard[0]?.body ?? '')).toMatchObject({
      ...{ routing_key: 'SECRETSECRET', event_action: 'trigger', dedup_key: outgoing.thread },
    });
  });

  test.each(ways)('%s gives up what is refused for what it says', async (_, way) => {
    const { url } = await listening(answering(400, 'invalid_blocks'));
    expect(await way(url).send(outgoing)).toMatchObject({ ok: false, error: { again: 'never' } });
  });

  test.each(allWays)('%s follows no redirect: a secret is for one place', async (_, way) => {
    const elsewhere = await listening(answering(200));
    const { url } = await listening(answering(307, '', { location: elsewhere.url }));
    expect((await way(url).send(outgoing)).ok).toBe(false);
    expect(elsewhere.heard).toEqual([]);
  });

  test.each(ways)('%s reads no more of an answer than it needs, and hangs up', async (_, way) => {
    const hungUp = Promise.withResolvers<void>();
    const { url } = await listening((response) => {
      response.on('close', hungUp.resolve);
      // Much, and then nothing: who waits for the end waits until the time is over.
      response.writeHead(200).write('a'.repeat(30_000_000));
    });
    const outcome = await way(url).send(outgoing);
    if (!outcome.ok) expect(outcome.error.why.en).toBe('Slack answered something that is not its own.');
    await hungUp.promise;
  });
});

describe('Slack', () => {
  test('as an app opens a thread with the first message, and puts later ones below it', async () => {
    const { url, heard } = await listening(answering(200, { ok: true, ts: '1795416600.000100' }));
    const sender = slackApp('xoxb-token', 'C0123456789', url);
    const first = await sender.send(outgoing);
    expect(first).toEqual({ ok: true, value: { reference: '1795416600.000100' } });
    await sender.send({ ...outgoing, threadReference: '1795416600.000100' });
    expect(heard.map(({ path, headers }) => [path, headers.authorization])).toEqual([
      ['/api/chat.postMessage', 'Bearer xoxb-token'],
      ['/api/chat.postMessage', 'Bearer xoxb-token'],
    ]);
    const [one, two] = heard.map(({ body }) => JSON.parse(body));
    expect(one).toMatchObject({ channel: 'C0123456789', unfurl_links: false });
    expect(one).not.toHaveProperty('thread_ts');
    expect(two).toMatchObject({ thread_ts: '1795416600.000100' });
  });

  test.each([
    ['not_in_channel', 'later'],
    ['token_revoked', 'later'],
    ['ratelimited', 'later'],
    ['msg_too_long', 'never'],
  ])('that answers %s is tried again: %s', async (error, again) => {
    const { url } = await listening(answering(200, { ok: false, error }));
    expect(await slackApp('t', 'C0123456789', url).send(outgoing)).toEqual({
      ok: false,
      error: { again, why: text(`Slack answered ${error}.`, `Slack が ${error} を返しました。`) },
    });
  });

  test('that answers a page of a proxy is not taken at its word', async () => {
    const { url } = await listening(answering(200, '<html>sign in</html>'));
    expect(await slackApp('t', 'C0123456789', url).send(outgoing)).toMatchObject({ ok: false });
  });
});

describe('a signed request', () => {
  const secret = Buffer.from('01234567890123456789012345678901');
  const clock = { now: () => epochMs(Date.now()) };

  test('is verified by the published library, which refuses another body and another secret', async () => {
    const { url, heard } = await listening(answering(204, ''));
    expect(await signedWebhook(`${url}/hook`, secret, clock).send(outgoing)).toEqual({ ok: true, value: {} });
    const [one] = heard;
    if (one === undefined) return expect.unreachable();
    const receiver = new Webhook(secret.toString('base64'));
    expect(receiver.verify(one.body, one.headers)).toMatchObject({
      version: 1,
      kind: 'waiting',
      stack: 'shop-production',
      environment: 'production',
      thread: 'pull 700100 12',
      auditEntry: '42',
      plan: { id: planOf().id, state: 'awaiting-approval' },
      next: `sekisho approve ${planOf().id}`,
    });
    expect(() => receiver.verify(one.body.replace('waiting', 'applied'), one.headers)).toThrow();
    const other = new Webhook(Buffer.from('another secret of thirty-two byte').toString('base64'));
    expect(() => other.verify(one.body, one.headers)).toThrow();
    expect(one.headers['webhook-id']).toBe('team.42');
  });
});

/** As much of an SMTP server as is needed to hear one message; `refuse` answers a command in its own way. */
async function mailServer(refuse: (command: string) => string | undefined = () => undefined) {
  const heard: string[] = [];
  const mails: string[] = [];
  const server = createNetServer((socket: Socket) => {
    let isMail = false;
    let buffer = '';
    socket.on('error', () => undefined);
    socket.write('220 mail.example.com ESMTP\r\n');
    const hear = (line: string): void => {
      if (isMail) {
        if (line === '.') {
          isMail = false;
          socket.write('250 queued\r\n');
        } else mails.push(line);
        return;
      }
      heard.push(line);
      const answer = refuse(line) ?? (/^ehlo/i.test(line) ? '250-mail\r\n250 AUTH PLAIN' : '250 fine');
      isMail = /^data/i.test(line);
      socket.write(isMail ? '354 go on\r\n' : `${answer}\r\n`);
    };
    socket.on('data', (chunk) => {
      buffer += chunk.toString('latin1');
      const lines = buffer.split('\r\n');
      buffer = lines.pop() ?? '';
      for (const line of lines) hear(line);
    });
  });
  undo.push(() => server.close());
  const { port } = await listen(server);
  const settings = {
    from: 'sekisho@example.com',
    to: ['sre@example.com', 'security@example.com'],
    host: '127.0.0.1',
    port,
    security: 'none',
    ownHost: 'sekisho.example.com',
  } as const;
  return { heard, mails, settings };
}

describe('e-mail', () => {
  test('reaches everybody, under an id of its own, in its thread, in plain text', async () => {
    const { heard, mails, settings } = await mailServer();
    const sent = await email(settings).send(outgoing);
    expect(sent).toEqual({ ok: true, value: {} });
    expect(heard.filter((line) => /^(mail|rcpt)/i.test(line)).map((line) => line.toLowerCase())).toEqual([
      'mail from:<sekisho@example.com>',
      'rcpt to:<sre@example.com>',
      'rcpt to:<security@example.com>',
    ]);
    const words = mails.join('\n');
    expect(words).toMatch(/^message-id: <team\.42@sekisho\.example\.com>$/im);
    expect(words).toMatch(/^in-reply-to: <thread\.[0-9a-f]{32}@sekisho\.example\.com>$/im);
    expect(words).toMatch(/^auto-submitted: auto-generated$/im);
    expect(words).toContain('shop-production (production) waits for approval');
    expect(words).toContain('text/plain');
  });

  test('says nothing at all to a server that does not speak TLS, where TLS is asked for', async () => {
    const { heard, mails, settings } = await mailServer();
    const login = { user: 'sekisho', password: 'SECRETSECRET' };
    const outcome = await email({ ...settings, security: 'tls', login }).send(outgoing);
    expect(outcome).toMatchObject({ ok: false, error: { again: 'later' } });
    expect([...heard, ...mails].join()).not.toMatch(/auth|mail from|SECRET/i);
  });

  test('that the server will not take is given up, and its words are not repeated', async () => {
    const { settings } = await mailServer((line) =>
      /^rcpt to:<sre/i.test(line) ? '550 no such user sre@example.com' : undefined,
    );
    const outcome = await email(settings).send(outgoing);
    expect(outcome).toMatchObject({ ok: false, error: { again: 'never' } });
    expect(JSON.stringify(outcome)).not.toContain('sre@');
  });

  test('that the server defers, or whose login it refuses, is sent later', async () => {
    const deferred = await mailServer((line) => (/^mail/i.test(line) ? '451 come back' : undefined));
    expect(await email(deferred.settings).send(outgoing)).toMatchObject({ error: { again: 'later' } });
    const locked = await mailServer((line) => (/^auth/i.test(line) ? '535 wrong' : undefined));
    const outcome = await email({
      ...locked.settings,
      login: { user: 'sekisho', password: 'SECRETSECRET' },
    }).send(outgoing);
    expect(outcome).toMatchObject({ error: { again: 'later' } });
    expect(JSON.stringify(outcome)).not.toContain('SECRET');
    expect(JSON.stringify(outcome)).not.toContain(Buffer.from('SECRETSECRET').toString('base64'));
  });
});
