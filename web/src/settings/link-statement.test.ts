import { expect, test } from 'vitest';
import { linkStatementText, parseLinkStatement } from '#accounts/core';
import { epochMs, parsePersonName } from '#core-values';
import { linkStatement, newNonce } from './link-statement.ts';

const AT_MS = Date.UTC(2026, 10, 2, 3, 0, 0);
const server = 'https://sekisho.shop.example';

test.each([
  { purpose: 'invite' as const },
  { purpose: 'recovery' as const, reason: '携帯電話を紛失、"ビデオ通話" で本人を確認' },
])('What the page signs is word for word what the server takes ($purpose)', (more) => {
  const nonce = newNonce();
  const words = linkStatement({ server, person: 'yuki', at: new Date(AT_MS), nonce, ...more });
  const person = parsePersonName('yuki') ?? expect.unreachable();
  expect(words).toBe(linkStatementText({ server, person, at: epochMs(AT_MS), nonce, ...more }));
  expect(parseLinkStatement(words)).toMatchObject({ ok: true, value: { ...more, nonce } });
});
