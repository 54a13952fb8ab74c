import { z } from 'zod';
import { ENVIRONMENTS, LANGUAGES } from '#core-values';
import * as field from './fields.ts';
import { NEWS_KINDS } from './messages.ts';
import { secretSource } from './secret-schema.ts';

const secret = z.strictObject(secretSource).meta({ minProperties: 1, maxProperties: 1 });

const slack = z
  .strictObject({
    webhook: secret.optional().describe('Where the URL of an incoming webhook is found; it is a secret.'),
    token: secret
      .optional()
      .describe(
        'In its place, for threads: where the bot token (xoxb-…) of an app with chat:write is found.',
      ),
    channel: field
      .slackChannel()
      .optional()
      .describe('With `token`: id of the channel the app was invited to.'),
  })
  .describe('To a Slack channel.');

const email = z
  .strictObject({
    from: field.emailAddress().describe('Address of the sender.'),
    to: z.array(field.emailAddress()).min(1).max(20).describe('Addresses of the receivers.'),
    host: field.line(255).describe('Mail server (SMTP).'),
    port: z.int().min(1).max(65_535).default(465).describe('Its port.'),
    security: z
      .enum(['tls', 'none'])
      .default('tls')
      .describe(
        'tls: encrypted from the first byte (port 465); none is for a mail server on this machine only.',
      ),
    user: field.line(255).optional().describe('User at the mail server.'),
    password: secret.optional().describe('Where the user’s password is found.'),
  })
  .describe('By e-mail.');

const webhook = z
  .strictObject({
    url: field.webAddress().describe('Where it is posted.'),
    secret: secret.describe('Where the signing secret is found: base64, with or without `whsec_` before it.'),
  })
  .describe('As a signed request (standardwebhooks.com).');

const PAGERDUTY = 'https://events.pagerduty.com/v2/enqueue';

const pagerduty = z
  .strictObject({
    routingKey: secret.describe('Where the routing key of an Events API v2 integration is found.'),
    url: field
      .webAddress()
      .default(PAGERDUTY)
      .describe('Of another region, or of another service that speaks the Events API v2.'),
  })
  .describe('To PagerDuty; incidents and alarms only.');

export const messages = z
  .array(
    z.strictObject({
      name: field.plainName().describe('How logs and `sekisho messages` name it.'),
      slack: slack.optional(),
      email: email.optional(),
      webhook: webhook.optional(),
      pagerduty: pagerduty.optional(),
      kinds: z
        .array(z.enum(NEWS_KINDS))
        .min(1)
        .optional()
        .describe('What is sent; what somebody must act on if left out.'),
      environments: z
        .array(z.enum(ENVIRONMENTS))
        .min(1)
        .optional()
        .describe('Only about stacks of these environments.'),
      teams: z.array(field.teamName()).min(1).optional().describe('Only about stacks that these teams own.'),
      language: z.enum(LANGUAGES).default('en').describe('Language of the messages.'),
    }),
  )
  .describe('Whom Sekisho tells what happens.');
