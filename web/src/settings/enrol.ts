import { answerOf, api } from '../api/client.ts';
import { type Assertion, type PasskeyCreation, registrationFor } from '../api/passkey.ts';
import type { paths } from '../api/types.gen.ts';

/** A passkey as lists show it. */
export type Passkey =
  paths['/v1/passkeys']['get']['responses'][200]['content']['application/json']['passkeys'][number];

/** What to ask the authenticator with, and a passkey that is there, where there is one. */
export const beginEnrolment = () => answerOf(api.POST('/v1/passkeys/options'));

interface Enrolment {
  readonly name: string;
  readonly creation: PasskeyCreation;
  /** By a passkey that is there already; absent for the first. */
  readonly confirmation: Assertion | undefined;
}

/** Has the authenticator make the passkey, and the server take it. */
export async function enrol({ name, creation, confirmation }: Enrolment): Promise<Passkey> {
  const registration = await registrationFor(creation);
  const body = { name, registration, ...(confirmation === undefined ? {} : { confirmation }) };
  return answerOf(api.POST('/v1/passkeys', { body }));
}
