import { createHash } from 'node:crypto';
import { z } from 'zod';
import { err, ok, type Reason, type Result } from '#core-values';
import { fromBase64Url, type Passkey, type PasskeyAssertion } from '../core/passkey.ts';
import type { PasskeyParty } from './party.ts';
import * as reasons from './reasons.ts';

export interface AssertionDemand {
  readonly party: Pick<PasskeyParty, 'origin' | 'rpId'>;
  readonly passkey: Pick<Passkey, 'credentialId' | 'publicKey'>;
  /** Base64 for URLs. */
  readonly challenge: string;
}

/** What a good assertion tells besides. */
export interface VerifiedAssertion {
  /** How often the authenticator signed; always 0 for those that do not count. */
  readonly counter: number;
}

// WebAuthn lets browsers add members.
const clientData = z.looseObject({
  type: z.string(),
  challenge: z.string(),
  origin: z.string(),
  crossOrigin: z.boolean().optional(),
  topOrigin: z.unknown().optional(),
});

const USER_PRESENT = 1;
const USER_VERIFIED = 4;

/** The browser's own words, before anything is believed of them. */
export function clientDataOf(clientDataJSON: string): z.infer<typeof clientData> | undefined {
  try {
    const words = new TextDecoder('utf-8', { fatal: true }).decode(fromBase64Url(clientDataJSON));
    return clientData.safeParse(JSON.parse(words)).data;
  } catch {
    return undefined;
  }
}

/**
 * Whether the passkey said exactly this, on our own page, to a person whom it verified. The counter is not judged here: an assertion that
 * was kept is verified again when the authenticator has long counted on.
 */
export async function verifyAssertion(
  assertion: PasskeyAssertion,
  demand: AssertionDemand,
): Promise<Result<VerifiedAssertion, Reason>> {
  const fault = plainFault(assertion, demand);
  if (fault !== undefined) return err(fault);
  // Loaded when it is first needed: most processes never meet a passkey.
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server');
  const { credentialId, ...response } = assertion;
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: {
        ...{ id: credentialId, rawId: credentialId, type: 'public-key', clientExtensionResults: {} },
        response,
      },
      expectedChallenge: demand.challenge,
      expectedOrigin: demand.party.origin,
      expectedRPID: demand.party.rpId,
      credential: { id: credentialId, publicKey: new Uint8Array(demand.passkey.publicKey), counter: 0 },
      requireUserVerification: true,
    });
    return verified ? ok({ counter: authenticationInfo.newCounter }) : err(reasons.BAD_SIGNATURE);
  } catch {
    // It throws whatever it found wrong; what a person could mend was told apart above.
    return err(reasons.BAD_SIGNATURE);
  }
}

/** The same questions as the library asks, and those that it leaves open, each with its own answer. */
function plainFault(assertion: PasskeyAssertion, demand: AssertionDemand): Reason | undefined {
  const { party, passkey, challenge } = demand;
  if (assertion.credentialId !== passkey.credentialId) return reasons.UNKNOWN;
  const said = clientDataOf(assertion.clientDataJSON);
  const data = fromBase64Url(assertion.authenticatorData);
  if (said === undefined || data === undefined || data.length < 37) return reasons.MALFORMED;
  if (said.type !== 'webauthn.get') return reasons.MALFORMED;
  if (said.challenge !== challenge) return reasons.OTHER_CHALLENGE;
  if (said.crossOrigin === true || said.topOrigin !== undefined) return reasons.FRAMED;
  if (said.origin !== party.origin) return reasons.otherOrigin(said.origin, party.origin);
  const site = createHash('sha256').update(party.rpId).digest();
  if (!site.equals(data.subarray(0, 32))) return reasons.OTHER_SITE;
  const flags = data[32] ?? 0;
  if ((flags & USER_PRESENT) === 0 || (flags & USER_VERIFIED) === 0) return reasons.NOT_VERIFIED;
  return undefined;
}

/** The challenge that makes an assertion an approval of these very bytes and of nothing else: their SHA-256, as Base64 for URLs. */
export const statementChallenge = (statement: string): string =>
  createHash('sha256').update(statement).digest('base64url');
