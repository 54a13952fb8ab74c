/** For tests only (`#accounts/testing`): an authenticator of software, which also says what no real one would. */
import { constants, createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { Kysely } from 'kysely';
import { type EpochMs, epochMs, type PersonName } from '#core-values';
import { inTransaction } from '#platform';
import type { PasskeyAssertion, PasskeyWay } from '../core/passkey.ts';
import type { PasskeyParty } from './party.ts';
import {
  insertPasskey,
  lockPasskey,
  passkeyFingerprint,
  type StoredPasskey,
  updatePasskey,
} from './store.ts';

export type KeyAlgorithm = 'ES256' | 'EdDSA' | 'RS256';

/** What an honest authenticator and browser would never say differently. */
export interface Lies {
  readonly type?: string;
  readonly origin?: string;
  readonly rpId?: string;
  readonly crossOrigin?: boolean;
  readonly topOrigin?: string;
  readonly userPresent?: boolean;
  readonly userVerified?: boolean;
  readonly counter?: number;
  /** As a copy made at this moment would have it: this many uses ago. */
  readonly usesAgo?: number;
}

export interface SoftwareAuthenticator {
  readonly credentialId: string;
  /** COSE. */
  readonly publicKey: Uint8Array;
  /** Answers a challenge (Base64 for URLs). */
  assert(challenge: string, lies?: Lies): PasskeyAssertion;
  /** As `navigator.credentials.create` answers, in JSON. */
  register(challenge: string, lies?: Lies): RegistrationOfTests;
}

export interface RegistrationOfTests {
  readonly id: string;
  readonly rawId: string;
  readonly type: 'public-key';
  readonly response: {
    readonly clientDataJSON: string;
    readonly attestationObject: string;
    readonly transports: string[];
  };
  readonly clientExtensionResults: Record<string, never>;
}

export interface AuthenticatorOptions {
  readonly origin: string;
  readonly algorithm?: KeyAlgorithm;
  /** Whether it counts its uses; those whose passkeys are synchronized do not. */
  readonly counts?: boolean;
}

export function softwareAuthenticator({
  origin,
  algorithm = 'ES256',
  counts = true,
}: AuthenticatorOptions): SoftwareAuthenticator {
  const { publicKey, privateKey } = keyPair(algorithm);
  const cose = coseKey(publicKey, algorithm);
  const id = randomBytes(24);
  let counter = 0;
  const clientData = (type: string, challenge: string, lies: Lies): Buffer =>
    Buffer.from(
      JSON.stringify({
        type: lies.type ?? type,
        challenge,
        origin: lies.origin ?? origin,
        crossOrigin: lies.crossOrigin ?? false,
        ...(lies.topOrigin === undefined ? {} : { topOrigin: lies.topOrigin }),
      }),
    );
  const head = (lies: Lies, more: number): Buffer => {
    if (counts) counter += 1;
    const flags = (lies.userPresent === false ? 0 : 1) | (lies.userVerified === false ? 0 : 4) | more;
    const data = Buffer.alloc(37);
    createHash('sha256')
      .update(lies.rpId ?? new URL(origin).hostname)
      .digest()
      .copy(data);
    data[32] = flags;
    data.writeUInt32BE(lies.counter ?? counter - (lies.usesAgo ?? 0), 33);
    return data;
  };
  return {
    credentialId: id.toString('base64url'),
    publicKey: cose,
    assert: (challenge, lies = {}) => {
      const client = clientData('webauthn.get', challenge, lies);
      const data = head(lies, 0);
      const signed = Buffer.concat([data, createHash('sha256').update(client).digest()]);
      return {
        credentialId: id.toString('base64url'),
        clientDataJSON: client.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: signature(algorithm, privateKey, signed).toString('base64url'),
      };
    },
    register: (challenge, lies = {}) => {
      const client = clientData('webauthn.create', challenge, lies);
      const idLength = Buffer.alloc(2);
      idLength.writeUInt16BE(id.length);
      const attested = Buffer.concat([Buffer.alloc(16), idLength, id, cose]);
      const authData = Buffer.concat([head(lies, 0x40), attested]);
      const attestation = cborMap([
        [cborText('fmt'), cborText('none')],
        [cborText('attStmt'), cborMap([])],
        [cborText('authData'), cborBytes(authData)],
      ]);
      return {
        id: id.toString('base64url'),
        rawId: id.toString('base64url'),
        type: 'public-key',
        response: {
          clientDataJSON: client.toString('base64url'),
          attestationObject: attestation.toString('base64url'),
          transports: ['internal'],
        },
        clientExtensionResults: {},
      };
    },
  };
}

const keyPair = (algorithm: KeyAlgorithm): { publicKey: KeyObject; privateKey: KeyObject } =>
  algorithm === 'ES256'
    ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
    : algorithm === 'EdDSA'
      ? generateKeyPairSync('ed25519')
      : generateKeyPairSync('rsa', { modulusLength: 2048 });

const signature = (algorithm: KeyAlgorithm, key: KeyObject, data: Buffer): Buffer =>
  algorithm === 'EdDSA'
    ? sign(null, data, key)
    : algorithm === 'RS256'
      ? sign('sha256', data, { key, padding: constants.RSA_PKCS1_PADDING })
      : sign('sha256', data, key);

function coseKey(key: KeyObject, algorithm: KeyAlgorithm): Buffer {
  const jwk = key.export({ format: 'jwk' });
  const member = (name: 'x' | 'y' | 'n' | 'e'): Buffer =>
    cborBytes(Buffer.from(jwk[name] ?? '', 'base64url'));
  const int = cborInteger;
  switch (algorithm) {
    case 'ES256':
      return cborMap([
        [int(1), int(2)],
        [int(3), int(-7)],
        [int(-1), int(1)],
        [int(-2), member('x')],
        [int(-3), member('y')],
      ]);
    case 'EdDSA':
      return cborMap([
        [int(1), int(1)],
        [int(3), int(-8)],
        [int(-1), int(6)],
        [int(-2), member('x')],
      ]);
    case 'RS256':
      return cborMap([
        [int(1), int(3)],
        [int(3), int(-257)],
        [int(-1), member('n')],
        [int(-2), member('e')],
      ]);
  }
}

// As much of RFC 8949 as the above needs.
function cborHead(major: number, value: number): Buffer {
  if (value < 24) return Buffer.of((major << 5) | value);
  if (value < 256) return Buffer.of((major << 5) | 24, value);
  return Buffer.of((major << 5) | 25, value >> 8, value & 0xff);
}
const cborInteger = (value: number): Buffer => (value < 0 ? cborHead(1, -1 - value) : cborHead(0, value));
const cborBytes = (bytes: Buffer): Buffer => Buffer.concat([cborHead(2, bytes.length), bytes]);
const cborText = (words: string): Buffer => Buffer.concat([cborHead(3, words.length), Buffer.from(words)]);
const cborMap = (entries: readonly (readonly [Buffer, Buffer])[]): Buffer =>
  Buffer.concat([cborHead(5, entries.length), ...entries.flat()]);

export interface EnrolledForTests {
  readonly person: string;
  readonly standsOn?: readonly string[];
  readonly addedBy?: PasskeyWay;
  readonly at?: EpochMs;
}

/** As enrolling leaves it, without the ceremony. */
export async function enrolled(
  db: Kysely<object>,
  { key }: Pick<PasskeyParty, 'key'>,
  authenticator: SoftwareAuthenticator,
  { person, standsOn = [], addedBy = 'link', at = epochMs(0) }: EnrolledForTests,
): Promise<StoredPasskey> {
  const passkey: StoredPasskey = {
    credentialId: authenticator.credentialId,
    person: person as PersonName,
    publicKey: authenticator.publicKey,
    fingerprint: passkeyFingerprint(authenticator.publicKey),
    state: 'active',
    standsOn: standsOn.map((name) => name as PersonName),
    ...{ name: 'laptop', transports: ['internal'], addedAt: at, addedBy, counter: 0 },
  };
  const isNew = await inTransaction(db, (tx) => insertPasskey(tx, passkey, key));
  if (!isNew) throw new Error('This passkey is there already.');
  return passkey;
}

/** As removing leaves it. */
export async function removed(
  db: Kysely<object>,
  { key }: Pick<PasskeyParty, 'key'>,
  { credentialId }: Pick<SoftwareAuthenticator, 'credentialId'>,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const passkey = await lockPasskey(tx, credentialId, key);
    if (passkey === undefined) throw new Error('There is no such passkey.');
    await updatePasskey(tx, { ...passkey, state: 'removed' }, key);
  });
}
