/** Builds the pages into web/dist, when their sources or what they are built with changed since. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, extname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { oneAtATime } from './one-at-a-time.ts';

const ROOT = join(import.meta.dirname, '../..');
const WEB = join(ROOT, 'web');
const VITE = join(ROOT, 'node_modules/vite/bin/vite.js');
export const WEB_DIST = join(WEB, 'dist');

/** Names the sources that `web/dist` was built from. */
const RECORD = 'built-from';
const LOCK = join(ROOT, '.sekisho/build-of-the-pages.lock');

export type WebBuild = 'built' | 'up-to-date';

/**
 * The build is made beside the old one and takes its place when it is whole, so that a server which starts now finds one of them. Several
 * processes may ask for it at once: one builds, the others find its build.
 */
export async function buildWeb(): Promise<WebBuild> {
  if ((await lastBuild()) === (await hashOfSources())) return 'up-to-date';
  return oneAtATime(LOCK, async () => {
    const sources = await hashOfSources();
    if ((await lastBuild()) === sources) return 'up-to-date';
    await removeAllBut(WEB_DIST);
    const [next, former] = [`${WEB_DIST}-next`, `${WEB_DIST}-former`];
    await runVite(next);
    await compressAll(next);
    await writeFile(join(next, RECORD), sources);
    if (existsSync(WEB_DIST)) await rename(WEB_DIST, former);
    await rename(next, WEB_DIST);
    await removeAllBut(WEB_DIST);
    return 'built';
  });
}

/** What builds left behind that did not come to their end. */
async function removeAllBut(build: string): Promise<void> {
  const folders = (await readdir(WEB)).filter((name) => name.startsWith(`${basename(build)}-`));
  for (const name of folders) await rm(join(WEB, name), { recursive: true, force: true });
}

/** In a process of its own, whose environment is always that of production: with another, React's development build goes in. */
const runVite = (outDir: string): Promise<unknown> =>
  promisify(execFile)(process.execPath, [VITE, 'build', WEB, '--outDir', outDir, '--logLevel', 'warn'], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, NODE_ENV: 'production' },
  });

const lastBuild = (): Promise<string | undefined> =>
  readFile(join(WEB_DIST, RECORD), 'utf8').catch(() => undefined);

/** Of every file that a build reads; the lock file stands for the packages. */
async function hashOfSources(): Promise<string> {
  const inside = await readdir(join(WEB, 'src'), { recursive: true, withFileTypes: true });
  const sources = inside
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map(({ parentPath, name }) => join(parentPath, name));
  const around = ['web/index.html', 'web/vite.config.ts', 'package-lock.json'].map((path) =>
    join(ROOT, path),
  );
  const hash = createHash('sha256');
  for (const path of [...sources.toSorted(), ...around]) {
    hash.update(`${relative(ROOT, path)}\0`).update(
      createHash('sha256')
        .update(await readFile(path))
        .digest(),
    );
  }
  return hash.digest('hex');
}

const COMPRESSIBLE = new Set(['.css', '.html', '.js', '.svg']);
const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

/** Once here instead of at every request. */
async function compressAll(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true });
  for (const path of entries.filter((name) => COMPRESSIBLE.has(extname(name)))) {
    const file = join(folder, path);
    const bytes = await readFile(file);
    await writeFile(`${file}.gz`, await zip(bytes, { level: 9 }));
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
    await writeFile(`${file}.br`, await brotli(bytes, { params }));
  }
}
