import { createHash, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { err, ok, type Problem, problem, type Result, text } from '#core-values';

const unpack = promisify(gunzip);

/** Compared by their hashes, so that neither length nor beginning can be guessed by how long it takes. */
export function isSecret(given: string | undefined, secret: string): boolean {
  const digest = (words: string) => createHash('sha256').update(words).digest();
  return given !== undefined && timingSafeEqual(digest(given), digest(secret));
}

/** The bytes of a body, unpacked if they are gzip; what unpacks to more than this is refused before it is. */
export async function unpacked(
  body: Uint8Array,
  encoding: string | undefined,
  mostBytes: number,
): Promise<Result<Uint8Array, Problem>> {
  if (encoding === undefined || encoding === 'identity') return ok(body);
  if (encoding !== 'gzip') return err(UNKNOWN_ENCODING);
  try {
    return ok(await unpack(body, { maxOutputLength: mostBytes }));
  } catch (cause) {
    const isTooLarge = cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE';
    return err(isTooLarge ? unpacksTooLarge(mostBytes) : NOT_GZIP);
  }
}

const UNKNOWN_ENCODING = problem('bad-input', {
  rule: 'slo.push-encoding',
  message: text('The body has an encoding that is not known here.', '対応していない Content-Encoding です。'),
  remedy: text('Send it plain or as gzip.', '無圧縮か gzip で送ってください。'),
});
const NOT_GZIP = problem('bad-input', {
  rule: 'slo.push-not-gzip',
  message: text('The body is not gzip, although it says so.', '本文が gzip として読めません。'),
  remedy: text('Send it plain or as gzip.', '無圧縮か gzip で送ってください。'),
});
const unpacksTooLarge = (mostBytes: number): Problem =>
  problem('too-large', {
    rule: 'slo.push-too-large',
    message: text(
      `The body unpacks to more than ${mostBytes / 1024 / 1024} MiB.`,
      `本文を展開すると ${mostBytes / 1024 / 1024} MiB を超えます。`,
    ),
    remedy: text('Send smaller batches.', '一度に送る量を減らしてください。'),
  });

/** Lets so many work at once, and refuses the others: what is pushed waits with who pushes. */
export function atOnce(most: number): <T>(work: () => Promise<T>) => Promise<T | 'busy'> {
  let working = 0;
  return async (work) => {
    if (working >= most) return 'busy';
    working += 1;
    try {
      return await work();
    } finally {
      working -= 1;
    }
  };
}
