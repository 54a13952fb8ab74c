import { z } from 'zod';
import type { LogRequest } from '../logs/batch.ts';

/** A beacon is smaller; what is larger was not made by our script. */
export const MOST_BEACON_BYTES = 64 * 1024;
const MOST_REQUESTS = 200;
/** A page that was open for longer tells nothing of use. */
const MOST_AGE_MS = 86_400_000;

const path = z.string().min(1).max(1000).startsWith('/');
const ms = z.number().min(0).max(MOST_AGE_MS);

const beacon = z.strictObject({
  v: z.literal(1),
  view: z.string().regex(/^[0-9a-f]{32}$/),
  page: path,
  now: ms,
  requests: z
    .array(
      z.strictObject({
        n: z.int().min(0).max(MOST_REQUESTS),
        method: z.string().regex(/^[A-Z-]{1,24}$/),
        path,
        at: ms,
        took: ms,
        status: z.int().min(0).max(599),
      }),
    )
    .max(MOST_REQUESTS),
  vitals: z.strictObject({
    lcp: ms.optional(),
    inp: ms.optional(),
    cls: z.int().min(0).max(1_000_000).optional(),
  }),
});

/** What a browser told of one view of a page. */
export type Beacon = z.output<typeof beacon>;

/** The body of a beacon; undefined for what our script does not send. */
export function readBeacon(words: string): Beacon | undefined {
  try {
    return beacon.safeParse(JSON.parse(words)).data;
  } catch {
    return undefined;
  }
}

export interface BeaconRequest extends LogRequest {
  readonly id: string;
}

/** Of the page at this origin. The browser's clock is not used, only how long ago things were when it told them. */
export function requestsOfBeacon(
  { view, page, now, requests }: Beacon,
  about: { readonly origin: string; readonly receivedMs: number; readonly userAgent?: string },
): readonly BeaconRequest[] {
  return requests
    .filter(({ at }) => at <= now)
    .map(({ n, method, path: requested, at, took, status }) => ({
      ...{ method, path: requested, status, view, id: `${view}-${n}` },
      beganMs: about.receivedMs - (now - at),
      // What the page gave up was not measured to its end.
      ...(status === 0 ? {} : { durationMs: took }),
      ...(at === 0 ? {} : { referer: `${about.origin}${page}` }),
      ...(about.userAgent === undefined ? {} : { userAgent: about.userAgent }),
    }));
}
