import type { Organization, Person } from './model.ts';
import type { SecretSource } from './server.ts';

export const PROVIDER_KINDS = ['oidc', 'github'] as const;

/** Where people sign in besides passkeys. */
export interface SignInProvider {
  readonly name: string;
  readonly kind: (typeof PROVIDER_KINDS)[number];
  /** OIDC: the issuer; GitHub: where its pages are. */
  readonly url: string;
  readonly label: string;
  readonly clientId: string;
  readonly clientSecret: SecretSource;
}

export interface PersonSignIn {
  readonly provider: string;
  /** The provider's own unchanging id of the person (OIDC: `sub`; GitHub: the numeric id), never an address or a login. */
  readonly subject: string;
}

/** Who somebody is whom a provider vouches for; only what `sekisho.yaml` says of them counts. */
export const personBySignIn = (
  organization: Pick<Organization, 'people'>,
  { provider, subject }: PersonSignIn,
): Person | undefined =>
  organization.people.find((person) =>
    person.signIn?.some((known) => known.provider === provider && known.subject === subject),
  );
