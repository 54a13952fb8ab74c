import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { err, ok, type Problem, problem, text } from '#core-values';
import { type DeliveredFiles, type DigestKeys, MAX_DELIVERED_BYTES } from './delivered-files.ts';

/**
 * A folder with files as a trail delivers them, copied from a bucket: for the demo, for tests and for looking into what happened. What S3
 * keeps as metadata stands beside a digest in `NAME.metadata.json`: `{"signature": "…"}`.
 */
export function deliveredFolder(root: string): DeliveredFiles {
  const within = (name: string): string | undefined =>
    name.split('/').includes('..') ? undefined : join(root, name);
  return {
    folders: async (below) => {
      const path = within(below);
      const entries = path === undefined ? [] : await entriesOf(path);
      if (entries === undefined) return err(notRead(below));
      return ok(
        entries
          .filter((entry) => entry.isDirectory())
          .map(({ name }) => `${below}${name}/`)
          .toSorted(),
      );
    },
    list: async (below, after) => {
      const path = within(below);
      const entries = path === undefined ? [] : await entriesOf(path, true);
      if (entries === undefined) return err(notRead(below));
      const names = entries
        .filter((entry) => entry.isFile())
        .map((entry) => `${below}${join(entry.parentPath, entry.name).slice(join(root, below).length)}`);
      return ok(names.filter((name) => name > after && name.endsWith('.json.gz')).toSorted());
    },
    read: async (name) => {
      const path = within(name);
      if (path === undefined) return ok('gone');
      try {
        if ((await stat(path)).size > MAX_DELIVERED_BYTES) return ok('too-large');
        const bytes = await readFile(path);
        const signature = await signatureBeside(path);
        return ok({ bytes, ...(signature !== undefined && { signature }) });
      } catch (cause) {
        return isGone(cause) ? ok('gone') : err(notRead(name));
      }
    },
  };
}

async function entriesOf(path: string, recursive = false) {
  try {
    return await readdir(path, { withFileTypes: true, recursive });
  } catch (cause) {
    return isGone(cause) ? [] : undefined;
  }
}

const isGone = (cause: unknown): boolean =>
  cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR');

const metadata = z.object({ signature: z.string().optional() });

async function signatureBeside(path: string): Promise<string | undefined> {
  const words = await readFile(`${path}.metadata.json`, 'utf8').catch(() => undefined);
  return words === undefined ? undefined : metadata.safeParse(JSON.parse(words)).data?.signature;
}

const keyList = z.object({
  PublicKeyList: z.array(z.object({ Fingerprint: z.string(), Value: z.base64() })),
});

/** Keys from `public-keys.json` in the folder, as `aws cloudtrail list-public-keys` prints them. */
export const digestKeysInFolder = (root: string): DigestKeys => ({
  find: async (fingerprint) => {
    const words = await readFile(join(root, 'public-keys.json'), 'utf8').catch(() => undefined);
    if (words === undefined) return ok(undefined);
    const keys = keyList.safeParse(JSON.parse(words));
    const key = keys.data?.PublicKeyList.find(({ Fingerprint }) => Fingerprint === fingerprint);
    return ok(key === undefined ? undefined : Buffer.from(key.Value, 'base64'));
  },
});

const notRead = (name: string): Problem =>
  problem('outside-failed', {
    rule: 'trail.folder-not-read',
    message: text(
      `The trail’s folder cannot be read at “${name}”.`,
      `証跡のフォルダー「${name}」を読み取れません。`,
    ),
    remedy: text(
      'Let the server read it, or correct `server.trail.folder`.',
      'サーバーに読み取り権限を与えるか、`server.trail.folder` を修正してください。',
    ),
  });
