import { createHash, timingSafeEqual } from 'node:crypto';
import { sql } from 'kysely';
import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import {
  type AddRoutes,
  bearerToken,
  createRoute,
  notSignedIn,
  problemResponse,
  problemResponses,
  z,
} from '#platform';
import { detectFormat, SAMPLE_BYTES } from '../core/logs/detection.ts';
import { type LogFormat, parserOf } from '../core/logs/formats.ts';
import { lineReader, unparsedOf } from '../core/logs/lines.ts';
import { compressionOf, decompress } from '../logs/decompression.ts';
import type { SloRoom } from '../room.ts';
import { beginTaking, readyToTake, take } from './take.ts';

/** Lines that others send us. */
export interface PushedSource {
  readonly name: string;
  readonly format?: LogFormat;
  /** SHA-256 of the token that it is pushed with. */
  readonly tokenDigest: Buffer;
}

/** Of what is pushed at once: as it comes, and without compression. */
export const MOST_PUSHED_BYTES = 16 * 1024 * 1024;
const MOST_UNPACKED_BYTES = 128 * 1024 * 1024;

const pushRoute = createRoute({
  method: 'post',
  path: '/v1/slo/logs',
  summary: 'Push lines of an access log: plain, gzip or zstd; whole lines, 16 MiB at most',
  security: [{ bearer: [] }],
  request: {
    query: z.object({ source: z.string().min(1).max(200) }),
    headers: z.object({
      'idempotency-key': z
        .string()
        .min(1)
        .max(200)
        .optional()
        .describe('Of the same one only the first counts; without it, of the same content'),
    }),
  },
  responses: {
    200: {
      description: 'They are in the database',
      content: {
        'application/json': {
          schema: z.object({
            state: z.enum(['taken', 'repeated']),
            lines: z.number(),
            requests: z.number(),
            unparsed: z.number(),
          }),
        },
      },
    },
    ...problemResponses,
  },
});

/** `POST /v1/slo/logs`, for whoever has the token of the source. */
export const pushRoutes =
  (room: SloRoom, sources: readonly PushedSource[]): AddRoutes =>
  (app) => {
    app.openapi(pushRoute, async (c) => {
      const { source: name } = c.req.valid('query');
      const digest = createHash('sha256')
        .update(bearerToken(c) ?? '')
        .digest();
      const source = sources.find((one) => one.name === name && timingSafeEqual(one.tokenDigest, digest));
      // Whether there is such a source is only for who has its token.
      if (source === undefined) return problemResponse(c, notSignedIn);
      const body = Buffer.from(await c.req.arrayBuffer());
      const key = c.req.valid('header')['idempotency-key'];
      const deliveryId = key ?? createHash('sha256').update(body).digest('hex');
      const pushed = await takePushed(room, source, deliveryId, body);
      return pushed.ok ? c.json(pushed.value, 200) : problemResponse(c, pushed.error);
    });
  };

interface Pushed {
  readonly state: 'taken' | 'repeated';
  readonly lines: number;
  readonly requests: number;
  readonly unparsed: number;
}

async function takePushed(
  room: SloRoom,
  { name, format }: PushedSource,
  deliveryId: string,
  body: Buffer,
): Promise<Result<Pushed, Problem>> {
  const unpacked = await unpack(body);
  if (!unpacked.ok) return unpacked;
  const found =
    format === undefined
      ? detectFormat(name, unpacked.value.subarray(0, SAMPLE_BYTES), unpacked.value.length <= SAMPLE_BYTES)
      : undefined;
  if (found?.ok === false) return found;
  const { routes, gatherer } = await beginTaking(room);
  const reader = lineReader({
    file: name,
    parser: parserOf(found?.value.format ?? format ?? { kind: 'combined' }),
    routes,
    consume: (batch) => gatherer.add(batch),
  });
  reader.push(unpacked.value);
  const counts = reader.end();
  const taken = await readyToTake(name, gatherer.take(), counts);
  const at = room.clock.now();
  const state = await room.inTransaction(async (tx) => {
    const { rows } = await sql`
      INSERT INTO slo_deliveries (source, delivery_id, taken_at) VALUES (${name}, ${deliveryId}, ${new Date(at)})
      ON CONFLICT DO NOTHING RETURNING 1`.execute(tx);
    if (rows.length === 0) return 'repeated' as const;
    await take(tx, taken, { at });
    return 'taken' as const;
  });
  return ok({ state, lines: counts.lines, requests: counts.requests, unparsed: unparsedOf(counts) });
}

async function unpack(body: Buffer): Promise<Result<Buffer, Problem>> {
  const compression = compressionOf(body);
  if (compression === 'none') return ok(body);
  const parts: Buffer[] = [];
  let bytes = 0;
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    for (let from = 0; from < body.length && bytes <= MOST_UNPACKED_BYTES; from += 16_384)
      yield body.subarray(from, from + 16_384);
  };
  const damage = await decompress(compression, pieces(), (part) => {
    bytes += part.length;
    if (bytes <= MOST_UNPACKED_BYTES) parts.push(Buffer.from(part));
  });
  if (bytes > MOST_UNPACKED_BYTES) return err(TOO_MUCH);
  return damage === undefined ? ok(Buffer.concat(parts)) : err(DAMAGED);
}

const TOO_MUCH = problem('bad-input', {
  rule: 'slo.push-too-large',
  message: text('It is more than 128 MiB without compression.', '展開後のサイズが 128 MiB を超えています。'),
  remedy: text('Send it in smaller pieces of whole lines.', '行の区切りで分割して送ってください。'),
});
const DAMAGED = problem('bad-input', {
  rule: 'slo.push-damaged',
  message: text(
    'The compressed data is damaged; nothing of it was taken.',
    '圧縮データが壊れているため、何も取り込みませんでした。',
  ),
  remedy: text('Send it again as a whole.', '全体を送り直してください。'),
});
