import { createHash, randomBytes } from 'node:crypto';
import { link, open as openFile, readFile, rm, stat } from 'node:fs/promises';
import { err, ok, type Problem, type Result } from '#core-values';
import { KEY_BYTES, open, seal } from './aes-gcm.ts';
import type { KeySource } from './key-source.ts';
import { badKey, keyFileMissing, keyFileOpen, keyFileUnreadable } from './problems.ts';

/**
 * Keys in the text of an environment variable: 32 bytes each, base64 or hexadecimal, separated by white
 * space or commas, the newest first. `name` is the variable's, for messages.
 */
export function environmentKeys(name: string, words: string): Result<readonly KeySource[], Problem> {
  const keys = parseKeys(words);
  return keys === undefined ? err(badKey(name)) : ok(keys.map((key) => localKey('environment', key)));
}

/**
 * Keys in a file that only its owner may read, in the same form. With `createIfMissing` a file with a new
 * key is made; two processes that do so at once agree on one.
 */
export async function fileKeys(
  path: string,
  options: { readonly createIfMissing: boolean },
): Promise<Result<readonly KeySource[], Problem>> {
  try {
    if (options.createIfMissing) await createKeyFile(path);
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0) return err(keyFileOpen(path));
    const keys = parseKeys(await readFile(path, 'utf8'));
    return keys === undefined ? err(badKey(path)) : ok(keys.map((key) => localKey('file', key)));
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return err(keyFileMissing(path));
    return err(keyFileUnreadable(path, codeOf(cause)));
  }
}

const codeOf = (cause: unknown): string =>
  cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);

async function createKeyFile(path: string): Promise<void> {
  if (
    await stat(path).then(
      () => true,
      () => false,
    )
  )
    return;
  const unfinished = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const handle = await openFile(unfinished, 'wx', 0o600);
  try {
    await handle.writeFile(`${randomBytes(KEY_BYTES).toString('base64')}\n`);
    await handle.sync();
    // Unlike a rename, a link leaves a file alone that appeared in the meantime.
    await link(unfinished, path).catch((cause: unknown) => {
      if (codeOf(cause) !== 'EEXIST') throw cause;
    });
  } finally {
    await handle.close();
    await rm(unfinished, { force: true });
  }
}

/** `undefined` unless every word is a key and there is one at least. */
function parseKeys(words: string): readonly Uint8Array[] | undefined {
  const keys = words
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .map(parseKey);
  const parsed = keys.filter((key) => key !== undefined);
  return parsed.length === 0 || parsed.length < keys.length ? undefined : parsed;
}

function parseKey(word: string): Uint8Array | undefined {
  if (/^[0-9a-fA-F]{64}$/.test(word)) return Buffer.from(word, 'hex');
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(word)) return undefined;
  const key = Buffer.from(word, 'base64');
  return key.length === KEY_BYTES ? key : undefined;
}

const WRAPPING = Buffer.from('sekisho data key');

function localKey(kind: 'environment' | 'file', key: Uint8Array): KeySource {
  // A hash of 32 random bytes tells nothing about them.
  const keyId = createHash('sha256').update('sekisho key id').update(key).digest('hex').slice(0, 16);
  return {
    kind,
    keyId,
    newDataKey: async () => {
      const plain = randomBytes(KEY_BYTES);
      return ok({ plain, wrapped: seal(key, plain, WRAPPING) });
    },
    unwrap: async (wrapped) => ok(open(key, wrapped, WRAPPING)),
  };
}
