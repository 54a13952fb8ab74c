import { z } from 'zod';
import * as field from './fields.ts';
import { secretSource } from './secret-schema.ts';
import { PROVIDER_KINDS } from './sign-in.ts';

export const signInProviders = z
  .array(
    z.strictObject({
      name: field
        .plainName()
        .describe('How `people[].signIn` names it; also in the address of its callback.'),
      kind: z
        .enum(PROVIDER_KINDS)
        .describe('oidc: any provider of OpenID Connect; github: an OAuth App or a GitHub App.'),
      url: field
        .webAddress()
        .optional()
        .describe('OIDC: exactly the issuer, required. GitHub: https://github.com if left out.'),
      label: field.line(64).optional().describe('What the button says; the name if left out.'),
      clientId: field.line(255).describe('The client id that the provider gave.'),
      clientSecret: z
        .strictObject(secretSource)
        .meta({ minProperties: 1, maxProperties: 1 })
        .describe('Where the client secret is found.'),
    }),
  )
  .max(10)
  .describe('Where people may sign in besides passkeys.');

export const personSignIn = z
  .array(
    z.strictObject({
      provider: field.plainName().describe('Name of a provider in `server.signIn`.'),
      subject: field
        .line(255)
        .describe(
          'The provider’s unchanging id of the person (OIDC: `sub`; GitHub: the numeric id), in quotes.',
        ),
    }),
  )
  .describe('Who the person is where people sign in: without it they sign in by passkey only.');
