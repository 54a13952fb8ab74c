import { mkdir, mkdtemp, readdir, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { copyBinaries, makeReady } from './binaries.ts';

let folder: string;
let native: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sekisho-binaries-'));
  native = join(folder, 'package', 'native');
  for (const part of ['bin', 'lib', 'share'])
    await mkdir(join(native, part), { recursive: true, mode: 0o700 });
  for (const file of ['bin/initdb', 'bin/pg_ctl', 'bin/postgres', 'lib/libpq.so.5.18', 'lib/libpq.a'])
    await writeFile(join(native, file), file, { mode: 0o600 });
  const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }];
  await writeFile(join(native, 'pg-symlinks.json'), JSON.stringify(links));
});
afterEach(() => rm(folder, { recursive: true }));

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

test('links and executable bits that the blocked install script would have made are made, once or twice', async () => {
  for (const _ of ['first', 'again']) {
    await makeReady(native);
    expect(await readlink(join(native, 'lib/libpq.so.5'))).toBe('libpq.so.5.18');
    expect(await modeOf(join(native, 'bin/postgres'))).toBe(0o755);
  }
  expect(await readdir(join(native, 'lib'))).toEqual(['libpq.a', 'libpq.so.5', 'libpq.so.5.18']);
});

test('a copy can be read and run by every user, whatever the modes and the umask were', async () => {
  const copy = await copyBinaries({ folder: native, version: '18.0.0' }, join(folder, 'cache'));
  expect(copy.folder).toBe(join(folder, 'cache', 'postgresql-18.0.0'));
  expect(await modeOf(join(copy.folder, 'lib'))).toBe(0o755);
  expect(await modeOf(join(copy.folder, 'bin/initdb'))).toBe(0o755);
  expect(await modeOf(join(copy.folder, 'lib/libpq.so.5'))).toBe(0o644);
  expect(await readdir(join(copy.folder, 'lib'))).not.toContain('libpq.a');
  expect(await readdir(join(folder, 'cache'))).toEqual(['postgresql-18.0.0']);
});

test('a copy that was interrupted is made anew, and a finished one is kept', async () => {
  const copy = await copyBinaries({ folder: native, version: '18.0.0' }, folder);
  await rm(join(copy.folder, 'bin/postgres'));
  await copyBinaries({ folder: native, version: '18.0.0' }, folder);
  const { ino } = await stat(join(copy.folder, 'bin/postgres'));
  await copyBinaries({ folder: native, version: '18.0.0' }, folder);
  expect((await stat(join(copy.folder, 'bin/postgres'))).ino).toBe(ino);
});
