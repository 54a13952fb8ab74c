import { createHmac } from 'node:crypto';
import { type Clock, ok } from '#core-values';
import { signedWords, webhookBody } from '../core/index.ts';
import type { Sender } from '../sender.ts';
import { post } from './http.ts';

/** Signed by https://www.standardwebhooks.com (HMAC-SHA256); `secret` is what `whsec_` stands before, as bytes. */
export const signedWebhook = (url: string, secret: Uint8Array, clock: Clock): Sender => ({
  async send({ message, facts, thread, id }) {
    const body = webhookBody(message, facts, thread);
    const atSeconds = Math.floor(clock.now() / 1000);
    const signature = createHmac('sha256', secret)
      .update(signedWords(id, atSeconds, body))
      .digest('base64');
    const posted = await post({
      url,
      whom: new URL(url).host,
      body,
      headers: {
        'webhook-id': id,
        'webhook-timestamp': String(atSeconds),
        'webhook-signature': `v1,${signature}`,
      },
    });
    return posted.ok ? ok({}) : posted;
  },
});
