import type { Stack } from '#accounts/core';
import type { ExtraNeedFacts } from '#credentials/core';

/** What an extra need of the stack is held against. */
export const extraNeedFacts = ({ account, allow, applyRole }: Stack): ExtraNeedFacts => ({
  account: account.id,
  otherAccounts: allow.accounts.map(({ id }) => id),
  protectedArns: [
    ...[account.planRole, account.applyRole, account.revokeRole].filter((arn) => arn !== undefined),
    `arn:${applyRole.split(':')[1] ?? 'aws'}:iam::${account.id}:policy/sekisho/*`,
  ],
});
