import { expect, it } from 'vitest';
import { fitPolicy } from '#credentials/core';
import { EXAMPLE_STACK } from '../credentials/core/example-stack.ts';
import { protectedArns } from './grant-scope.ts';

const { account, region } = EXAMPLE_STACK;
const identityProvider = `arn:aws:iam::${account.id}:oidc-provider/sekisho.shop.example`;
const stack = { ...EXAMPLE_STACK, account: { ...account, identityProvider } };

it('a plan that would change Sekisho’s own identity provider gets no policy', () => {
  const protects = protectedArns(stack);
  expect(protects).toContain(identityProvider);
  const need = (resource: string) => ({
    action: 'iam:DeleteOpenIDConnectProvider',
    resources: [resource],
    conditions: [],
    why: { address: 'aws_iam_openid_connect_provider.sekisho', operation: 'delete' as const },
  });
  const facts = { account: account.id, region, protectedArns: protects };
  expect(fitPolicy([need(identityProvider)], facts)).toMatchObject({
    ok: false,
    error: { reasons: [{ rule: 'session-policy.changes-sekisho' }] },
  });
  const other = identityProvider.replace('sekisho.shop.example', 'gitlab.example');
  expect(fitPolicy([need(other)], facts)).toMatchObject({ ok: true });
});
