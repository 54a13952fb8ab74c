import { createHmac } from 'node:crypto';
import type { PersonName } from '#core-values';
import { CHALLENGE_LIFE_MS } from './challenges.ts';
import type { PasskeyParty } from './party.ts';
import type { StoredPasskey } from './store.ts';

type Credential = Pick<StoredPasskey, 'credentialId' | 'transports'>;

/** COSE's numbers of EdDSA, ES256 and RS256: what every authenticator has one of. */
export const ALGORITHMS: readonly number[] = [-8, -7, -257];

const descriptor = ({ credentialId, transports }: Credential) => ({
  ...{ id: credentialId, type: 'public-key' as const },
  transports: [...transports],
});

/** For `navigator.credentials.get`, in JSON; without passkeys the browser asks which one. */
export const requestOptions = (
  { rpId }: Pick<PasskeyParty, 'rpId'>,
  challenge: string,
  passkeys: readonly Credential[],
) => ({
  ...{ challenge, rpId, timeout: CHALLENGE_LIFE_MS },
  userVerification: 'required' as const,
  allowCredentials: passkeys.map(descriptor),
});

/** For `navigator.credentials.create`, in JSON: discoverable, and never without verifying the person. */
export const creationOptions = (
  party: PasskeyParty,
  challenge: string,
  { person, known }: { readonly person: PersonName; readonly known: readonly Credential[] },
) => ({
  rp: { id: party.rpId, name: 'Sekisho' },
  user: { id: userHandle(party, person), name: person, displayName: person },
  ...{ challenge, timeout: CHALLENGE_LIFE_MS },
  pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key' as const, alg })),
  // Which model it is, is nobody's business here: a passkey is as good as the one who holds it.
  attestation: 'none' as const,
  authenticatorSelection: {
    residentKey: 'required' as const,
    requireResidentKey: true,
    userVerification: 'required' as const,
  },
  excludeCredentials: known.map(descriptor),
});

/** What the authenticator keeps instead of the name; the same for all of a person's passkeys. */
const userHandle = ({ key }: Pick<PasskeyParty, 'key'>, person: PersonName): string =>
  createHmac('sha256', key)
    .update(JSON.stringify(['sekisho-user/1', person]))
    .digest('base64url');
