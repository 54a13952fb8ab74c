import { z } from 'zod';
import { err, ok, type Reason, type Result } from '#core-values';
import { credentialId } from '../core/passkey.ts';
import { clientDataOf } from './assertion.ts';
import { ALGORITHMS } from './options.ts';
import type { PasskeyParty } from './party.ts';
import * as reasons from './reasons.ts';

const TRANSPORTS = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'] as const;

const words = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[A-Za-z0-9_-]+$/);

/** What `navigator.credentials.create` answered. Each member is Base64 for URLs. */
export const passkeyRegistration = z.strictObject({
  credentialId: credentialId().describe('`rawId`'),
  clientDataJSON: words(8_192),
  attestationObject: words(32_768),
  transports: z.array(z.enum(TRANSPORTS)).max(TRANSPORTS.length).default([]),
});

export type PasskeyRegistration = z.infer<typeof passkeyRegistration>;

export interface VerifiedRegistration {
  /** COSE. */
  readonly publicKey: Uint8Array;
  readonly counter: number;
}

/** Whether an authenticator made this passkey just now, for our own page and this challenge, and verified the person. */
export async function verifyRegistration(
  { credentialId: id, clientDataJSON, attestationObject, transports }: PasskeyRegistration,
  { party, challenge }: { readonly party: PasskeyParty; readonly challenge: string },
): Promise<Result<VerifiedRegistration, Reason>> {
  const said = clientDataOf(clientDataJSON);
  if (said === undefined || said.type !== 'webauthn.create') return err(reasons.MALFORMED);
  if (said.challenge !== challenge) return err(reasons.OTHER_CHALLENGE);
  if (said.crossOrigin === true || said.topOrigin !== undefined) return err(reasons.FRAMED);
  if (said.origin !== party.origin) return err(reasons.otherOrigin(said.origin, party.origin));
  const { verifyRegistrationResponse } = await import('@simplewebauthn/server');
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: {
        ...{ id, rawId: id, type: 'public-key', clientExtensionResults: {} },
        response: { clientDataJSON, attestationObject, transports },
      },
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.rpId,
      requireUserVerification: true,
      supportedAlgorithmIDs: [...ALGORITHMS],
    });
    if (!verified || registrationInfo.credential.id !== id) return err(reasons.NOT_ENROLLED);
    const { publicKey, counter } = registrationInfo.credential;
    return ok({ publicKey, counter });
  } catch {
    return err(reasons.NOT_ENROLLED);
  }
}
