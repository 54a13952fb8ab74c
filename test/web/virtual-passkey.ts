import { createPublicKey } from 'node:crypto';
import { enrolled, softwareAuthenticator } from '#accounts/testing';
import type { NameAtShop } from '../../src/changes/testing/shop.ts';
import { deviceOf } from './authenticator.ts';
import type { Stage, Visit } from './stage.ts';

/** Gives a browser an authenticator that asks for a fingerprint and gets it, with a passkey that is enrolled for a person. */
export async function withPasskey({ shop, url }: Stage, { page }: Visit, person: NameAtShop): Promise<void> {
  await deviceOf(page);
  const { id, key } = await page.evaluate(async () => {
    const made = await navigator.credentials.create({
      publicKey: {
        rp: { id: 'localhost', name: 'Sekisho' },
        user: { id: Uint8Array.of(1), name: 'of a test', displayName: 'of a test' },
        challenge: Uint8Array.of(1),
        pubKeyCredParams: [-7, -257].map((alg) => ({ type: 'public-key' as const, alg })),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      },
    });
    if (!(made instanceof PublicKeyCredential)) throw new Error('No passkey was made');
    const { response } = made;
    if (!(response instanceof AuthenticatorAttestationResponse)) throw new Error('No passkey was made');
    return { id: made.id, key: [...new Uint8Array(response.getPublicKey() ?? new ArrayBuffer())] };
  });
  const authenticator = { ...softwareAuthenticator({ origin: url }), credentialId: id, publicKey: cose(key) };
  await enrolled(shop.room.db, shop.room.passkeys, authenticator, { person });
}

/** An ES256 key as COSE writes it (RFC 9053, section 7.1.1). */
function cose(spki: readonly number[]): Uint8Array {
  const { x, y } = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }).export({
    format: 'jwk',
  });
  const member = (words: string | undefined): Buffer =>
    Buffer.concat([Buffer.of(0x58, 0x20), Buffer.from(words ?? '', 'base64url')]);
  return Buffer.concat([
    Buffer.of(0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21),
    member(x),
    Buffer.of(0x22),
    member(y),
  ]);
}
