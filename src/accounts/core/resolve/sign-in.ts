import { text } from '#core-values';
import type { PersonInput, ServerInput } from '../schema.ts';
import type { SignInProvider } from '../sign-in.ts';
import { type Faults, named, type Table, tableOf, twice } from './faults.ts';
import { secretOf } from './secrets.ts';

const GITHUB = 'https://github.com';

export function resolveProviders({ signIn }: ServerInput, faults: Faults): readonly SignInProvider[] {
  tableOf('provider', 'プロバイダー', ['server', 'signIn'], signIn, faults);
  return signIn.flatMap(({ name, kind, url, label = name, clientId, clientSecret }, index) => {
    const path = ['server', 'signIn', index];
    const secret = secretOf(clientSecret, [...path, 'clientSecret'], faults);
    const at = url ?? (kind === 'github' ? GITHUB : undefined);
    if (at === undefined) faults.report(path, NO_ISSUER);
    return secret === undefined || at === undefined
      ? []
      : [{ name, kind, url: at, label, clientId, clientSecret: secret }];
  });
}

/** Each account at a provider is one person's, and the provider is one that is there. */
export function checkPeopleSignIn(
  people: readonly PersonInput[],
  providers: readonly { readonly name: string }[],
  faults: Faults,
): void {
  const table: Table<{ readonly name: string }> = {
    noun: 'provider',
    nounJa: 'プロバイダー',
    byName: new Map(providers.map((provider) => [provider.name, provider])),
  };
  const seen = new Set<string>();
  for (const [index, { signIn = [] }] of people.entries()) {
    for (const [at, { provider, subject }] of signIn.entries()) {
      const path = ['people', index, 'signIn', at];
      named(table, provider, [...path, 'provider'], faults);
      const key = `${provider} ${subject}`;
      if (seen.has(key)) faults.report([...path, 'subject'], twice('sign-in', 'サインイン ID', key));
      seen.add(key);
    }
  }
}

const NO_ISSUER = {
  rule: 'provider.no-issuer',
  message: text('An OIDC provider needs its issuer.', 'OIDC プロバイダーには issuer が必要です。'),
  remedy: text(
    'Write it as `url:`, e.g. https://accounts.google.com.',
    '`url:` に書いてください(例: https://accounts.google.com)。',
  ),
};
