import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** A file of the built pages as it is sent. */
export interface PageFile {
  readonly contentType: string;
  /** With its quotes. */
  readonly etag: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same, compressed when the pages were built. */
  readonly compressed: Readonly<Partial<Record<PageEncoding, Uint8Array<ArrayBuffer>>>>;
}

export type PageEncoding = 'br' | 'gzip';

/** The built pages, in memory: a name that is not here is never looked for on the disk. */
export interface Pages {
  readonly index: PageFile;
  /** By name below `/assets/`; each name holds a hash of its content. */
  readonly assets: ReadonlyMap<string, PageFile>;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Reads `index.html` and `assets/` of a build; `undefined` where nothing was built. Files of other types than ours are left out. */
export async function readPages(folder: string): Promise<Pages | undefined> {
  const index = await readPage(join(folder, 'index.html'));
  if (index === undefined) return;
  const assets = new Map<string, PageFile>();
  for (const name of await readdir(join(folder, 'assets'))) {
    const file = await readPage(join(folder, 'assets', name));
    if (file !== undefined) assets.set(name, file);
  }
  return { index, assets };
}

async function readPage(path: string): Promise<PageFile | undefined> {
  const contentType = CONTENT_TYPES[extname(path)];
  const bytes = contentType === undefined ? undefined : await readIfThere(path);
  if (contentType === undefined || bytes === undefined) return;
  const [br, gzip] = await Promise.all([readIfThere(`${path}.br`), readIfThere(`${path}.gz`)]);
  return {
    contentType,
    etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
    bytes,
    compressed: { ...(br && { br }), ...(gzip && { gzip }) },
  };
}

async function readIfThere(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw error;
  }
}
