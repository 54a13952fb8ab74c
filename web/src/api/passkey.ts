import { answerOf, api } from './client.ts';
import type { paths } from './types.gen.ts';

type Json = 'application/json';
type Answer<P extends '/v1/sign-in/passkey/options' | '/v1/passkeys/options'> =
  paths[P]['post']['responses'][200]['content'][Json];

/** What the server asks a passkey with. */
export type PasskeyRequest = Answer<'/v1/sign-in/passkey/options'>;
/** What the server asks an authenticator with, to make one. */
export type PasskeyCreation = Answer<'/v1/passkeys/options'>['creation'];
export type Assertion = paths['/v1/sign-in/passkey']['post']['requestBody']['content'][Json]['assertion'];
type Enrolment = paths['/v1/passkeys']['post']['requestBody']['content'][Json];
export type Registration = Enrolment['registration'];

/** Why the browser gave nothing: it never tells more, so that no page learns what is on a device. */
export type PasskeyTrouble = 'cancelled' | 'known-already' | 'other-address' | 'unsupported';

export class NoPasskey extends Error {
  readonly trouble: PasskeyTrouble;
  constructor(trouble: PasskeyTrouble) {
    super(trouble);
    this.trouble = trouble;
  }
}

/** Browsers have passkeys at https, and at localhost. */
export const hasPasskeys = (): boolean => 'PublicKeyCredential' in window;

/** Asks for one of the person's passkeys. Throws `NoPasskey`. */
export async function assertionFor(request: PasskeyRequest): Promise<Assertion> {
  const { challenge, rpId, timeout, userVerification, allowCredentials } = request;
  const { rawId, response } = await asked(rpId, (credentials) =>
    credentials.get({
      publicKey: {
        ...{ challenge: bytesOf(challenge), rpId, timeout, userVerification },
        allowCredentials: allowCredentials.map(descriptorOf),
      },
    }),
  );
  if (!(response instanceof AuthenticatorAssertionResponse)) throw new NoPasskey('unsupported');
  return {
    credentialId: wordsOf(rawId),
    clientDataJSON: wordsOf(response.clientDataJSON),
    authenticatorData: wordsOf(response.authenticatorData),
    signature: wordsOf(response.signature),
  };
}

/** Has an authenticator make a passkey. Throws `NoPasskey`. */
export async function registrationFor(creation: PasskeyCreation): Promise<Registration> {
  const { challenge, user, excludeCredentials, ...others } = creation;
  const { rawId, response } = await asked(creation.rp.id, (credentials) =>
    credentials.create({
      publicKey: {
        ...others,
        challenge: bytesOf(challenge),
        user: { ...user, id: bytesOf(user.id) },
        excludeCredentials: excludeCredentials.map(descriptorOf),
      },
    }),
  );
  if (!(response instanceof AuthenticatorAttestationResponse)) throw new NoPasskey('unsupported');
  return {
    credentialId: wordsOf(rawId),
    clientDataJSON: wordsOf(response.clientDataJSON),
    attestationObject: wordsOf(response.attestationObject),
    transports: response.getTransports().filter(isTransport),
  };
}

/** Confirms an act with a passkey of whoever is signed in; `undefined` where they have none that works. */
export async function confirmation(): Promise<Assertion | undefined> {
  const options = await answerOf(api.POST('/v1/passkeys/confirmation'));
  return options.confirmation === undefined ? undefined : assertionFor(options.confirmation);
}

/** Signs these words: the challenge is their SHA-256, as it is for an approval. */
export async function signedByPasskey(words: string): Promise<Assertion | undefined> {
  const options = await answerOf(api.POST('/v1/passkeys/confirmation'));
  if (options.confirmation === undefined) return undefined;
  const challenge = wordsOf(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(words)));
  return assertionFor({ ...options.confirmation, challenge });
}

async function asked(
  rpId: string,
  ask: (credentials: CredentialsContainer) => Promise<Credential | null>,
): Promise<PublicKeyCredential> {
  if (!hasPasskeys()) throw new NoPasskey('unsupported');
  if (location.hostname !== rpId && !location.hostname.endsWith(`.${rpId}`))
    throw new NoPasskey('other-address');
  const credential = await ask(navigator.credentials).catch((error: unknown) => {
    throw new NoPasskey(troubleOf(error));
  });
  if (!(credential instanceof PublicKeyCredential)) throw new NoPasskey('cancelled');
  return credential;
}

function troubleOf(error: unknown): PasskeyTrouble {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'InvalidStateError') return 'known-already';
  if (name === 'SecurityError') return 'other-address';
  if (name === 'NotSupportedError' || name === 'ConstraintError') return 'unsupported';
  return 'cancelled';
}

const TRANSPORTS = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'] as const;
const isTransport = (words: string): words is (typeof TRANSPORTS)[number] =>
  TRANSPORTS.some((one) => one === words);
const isKnownHere = (words: string): words is AuthenticatorTransport => isTransport(words);

const descriptorOf = ({
  id,
  transports,
}: PasskeyRequest['allowCredentials'][number]): PublicKeyCredentialDescriptor => ({
  id: bytesOf(id),
  type: 'public-key',
  transports: transports.filter(isKnownHere),
});

/** Base64url, as WebAuthn writes bytes. */
function bytesOf(words: string): Uint8Array<ArrayBuffer> {
  const binary = atob(words.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

const wordsOf = (bytes: ArrayBuffer): string =>
  btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
