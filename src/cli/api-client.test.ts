import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { ok } from '#core-values';
import { apiClient } from './api-client.ts';

const clientOf = (baseUrl: string, token?: string) =>
  apiClient({ baseUrl, language: 'en', authorization: async () => ok(token), timeoutMs: 2_000 });

describe('a server that cannot be spoken to', () => {
  it.each(['nonsense', '', 'http://'])('because %j is no address is named as bad input', async (baseUrl) => {
    const answer = await clientOf(baseUrl).get('/v1/plans');
    expect(answer).toMatchObject({
      ok: false,
      error: { code: 'bad-input', reasons: [{ rule: 'server.not-an-address' }] },
    });
  });

  it('because nothing listens is told in both languages', async () => {
    const answer = await clientOf('http://127.0.0.1:9').get('/v1/plans');
    const reason = answer.ok ? undefined : answer.error.reasons[0];
    expect(reason?.rule).toBe('server.unreachable');
    expect(reason?.remedy.en).not.toContain('--server');
  });
});

it.each(['canary\nsecond', 'canary with spaces', 'canary\u00e9'])(
  'a token that no header can carry is refused without being shown',
  async (token) => {
    const answer = await clientOf('http://127.0.0.1:9', token).get('/v1/plans');
    expect(answer).toMatchObject({ ok: false, error: { reasons: [{ rule: 'server.malformed-token' }] } });
    expect(JSON.stringify(answer)).not.toContain('canary');
  },
);

it('a server that dies in the middle of its answer has not answered', async () => {
  const dying = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
    response.write('{"plans":', () => response.destroy());
  });
  dying.listen(0, '127.0.0.1');
  await once(dying, 'listening');
  const address = dying.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const client = clientOf(`http://127.0.0.1:${port}`);
  const unanswered = {
    ok: false,
    error: { code: 'outside-failed', reasons: [{ rule: 'server.unreachable' }] },
  };
  expect(await client.get('/v1/plans')).toMatchObject(unanswered);
  expect(await client.bytes('/v1/plans/pln_1/file')).toMatchObject(unanswered);
  dying.close();
});
