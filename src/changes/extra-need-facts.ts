import type { Stack } from '#accounts/core';
import type { ExtraNeedFacts } from '#credentials/core';
import { protectedArns } from './grant-scope.ts';

/** What an extra need of the stack is held against. */
export const extraNeedFacts = (stack: Stack): ExtraNeedFacts => ({
  account: stack.account.id,
  otherAccounts: stack.allow.accounts.map(({ id }) => id),
  protectedArns: protectedArns(stack),
});
