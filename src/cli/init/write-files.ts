import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createTwoFilesPatch } from 'diff';
import type { WrittenFile } from '#credentials/core';

/** A file as proposed, beside what is there. */
export interface FileChange extends WrittenFile {
  readonly kind: 'new' | 'changed' | 'same';
  /** Unified, of a file that is there. */
  readonly diff?: string;
}

export async function compared(root: string, files: readonly WrittenFile[]): Promise<readonly FileChange[]> {
  return Promise.all(
    files.map(async (file): Promise<FileChange> => {
      const there = await textOf(join(root, file.path));
      if (there === undefined) return { ...file, kind: 'new' };
      if (there === file.text) return { ...file, kind: 'same' };
      const diff = createTwoFilesPatch(file.path, file.path, there, file.text, 'now', 'proposed', {
        context: 3,
      });
      return { ...file, kind: 'changed', diff };
    }),
  );
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

const WORKING = '.sekisho-new';

/** All of them or, where one cannot be written, none: first beside their places, then renamed. */
export async function writeAll(root: string, files: readonly WrittenFile[]): Promise<void> {
  const places = files.map(({ path, text }) => ({ place: join(root, path), text }));
  try {
    for (const { place, text } of places) {
      await mkdir(dirname(place), { recursive: true });
      // What lies there may be a symbolic link of the repository's, to anywhere: it goes, and nothing is followed.
      await rm(`${place}${WORKING}`, { force: true });
      await writeFile(`${place}${WORKING}`, text, { flag: 'wx' });
    }
  } catch (error) {
    await Promise.all(places.map(({ place }) => rm(`${place}${WORKING}`, { force: true })));
    throw error;
  }
  for (const { place } of places) await rename(`${place}${WORKING}`, place);
}
