import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { JsonObject, Language } from '#core-values';
import { type Finding, type Plan, planToJson } from '#plan';

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** A review as it is kept: without values that must not be seen, and with its findings in every language. */
interface KeptReview {
  readonly review: JsonObject;
  readonly findings: readonly Finding[];
}

export const compressReview = (plan: Plan, findings: readonly Finding[]): Promise<Uint8Array> =>
  compress(JSON.stringify({ review: planToJson(plan, []), findings }));

/** As `sekisho review --format json` prints it. Written by `compressReview` alone, so its shape is not checked again. */
export async function openReview(kept: Uint8Array, language: Language): Promise<JsonObject> {
  const { review, findings }: KeptReview = JSON.parse((await decompress(kept)).toString('utf8'));
  return {
    ...review,
    findings: findings.map(({ rule, severity, address, message, remedy }) => ({
      rule,
      severity,
      ...(address === undefined ? {} : { address }),
      message: message[language],
      remedy: remedy[language],
    })),
  };
}
