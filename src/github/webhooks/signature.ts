import { createHmac, timingSafeEqual } from 'node:crypto';

const FORM = /^sha256=([0-9a-f]{64})$/;

/**
 * Whether the header `X-Hub-Signature-256` is HMAC-SHA-256 of exactly these bytes under the secret, compared in constant time. The older header
 * with SHA-1 is not looked at. https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 */
export function isSigned(body: Uint8Array, header: string | undefined, secret: string): boolean {
  const [, given] = FORM.exec(header ?? '') ?? [];
  if (given === undefined || secret === '') return false;
  const expected = createHmac('sha256', secret).update(body).digest();
  return timingSafeEqual(Buffer.from(given, 'hex'), expected);
}
