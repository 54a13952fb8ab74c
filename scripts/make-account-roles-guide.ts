// Writes docs/account-roles.md and .ja.md from what `sekisho init` writes into accounts.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LANGUAGES } from '../src/core-values/index.ts';
import {
  accountRolesGuide,
  accountTemplate,
  GUARD_NAMES,
} from '../src/credentials/core/account-roles/index.ts';

const SET_UP = { path: '/', prefix: 'sekisho-', guards: GUARD_NAMES, isGuardRequiredOfNew: true };
const ambient = accountTemplate({
  ...SET_UP,
  trust: {
    kind: 'ambient',
    serverRole: 'arn:aws:iam::333333333333:role/sekisho-server',
    organizationId: 'o-abc1234567',
  },
});
const webIdentity = accountTemplate({
  ...SET_UP,
  trust: { kind: 'web-identity', issuerUrl: 'https://sekisho.shop.example' },
});

for (const language of LANGUAGES) {
  const file = language === 'en' ? 'account-roles.md' : `account-roles.${language}.md`;
  writeFileSync(
    join(import.meta.dirname, '..', 'docs', file),
    accountRolesGuide(ambient, webIdentity, language),
  );
}
