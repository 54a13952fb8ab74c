// Runs on whatever Node the machine has (18 or newer), before anything is installed: no dependencies,
// no TypeScript. It installs the locked dependencies, then hands over to the pinned Node 24.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const REQUIRED_NODE_MAJOR = 24;

/** What each verb runs under the pinned Node, one after the other; the last gets the arguments. */
const VERBS = {
  setup: [['scripts/setup/run.ts']],
  start: [['scripts/setup/run.ts', '--quiet'], ['demo/start.ts']],
  test: [['scripts/test/run.ts']],
  check: [['scripts/test/run.ts', '--quick']],
  bench: [['scripts/setup/run.ts', '--quiet'], ['bench/all.ts']],
  proof: [['scripts/setup/run.ts', '--quiet'], ['proof/run.ts']],
};

const say = (words) => process.stderr.write(`${words}\n`);

function fail(words) {
  say(words);
  process.exit(4);
}

/**
 * npm writes `node_modules/.package-lock.json` last, so it is the record of a finished installation.
 * True when it holds every locked package in its locked version; optional ones of other platforms may lack.
 */
function dependenciesAreInstalled() {
  try {
    const locked = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages;
    const installed = JSON.parse(
      readFileSync(join(ROOT, 'node_modules/.package-lock.json'), 'utf8'),
    ).packages;
    return Object.entries(locked).every(([path, { integrity, optional }]) => {
      if (path === '') return true;
      if (installed[path] === undefined) return optional === true && !isForThisMachine(locked[path]);
      return installed[path].integrity === integrity && existsSync(join(ROOT, path, 'package.json'));
    });
  } catch {
    return false;
  }
}

/** False where `libc` decides, which Node cannot tell: npm knows what it left out. */
function isForThisMachine({ os, cpu, libc }) {
  if (os === undefined || cpu === undefined || libc !== undefined) return false;
  return [os].flat().includes(process.platform) && [cpu].flat().includes(process.arch);
}

/** `npm` as the caller runs it, if we were started by it; else the one on PATH. */
function npmCommand() {
  const caller = process.env.npm_execpath ?? '';
  return /npm-cli\.js$/.test(caller) ? [process.execPath, caller] : ['npm'];
}

/** An account without a home that can be written (`nobody`, some CI users) still gets a cache. */
function npmCache() {
  const home = process.env.HOME ?? '';
  try {
    accessSync(home, constants.W_OK);
    return {};
  } catch {
    return { npm_config_cache: join(ROOT, '.sekisho/npm-cache') };
  }
}

function installDependencies() {
  say('Installing the locked dependencies (npm ci) …');
  const begin = Date.now();
  // Without this, an installation that was cut off could pass for a finished one.
  rmSync(join(ROOT, 'node_modules/.package-lock.json'), { force: true });
  const [command, ...first] = npmCommand();
  const { status, error } = spawnSync(
    command,
    // --loglevel=error keeps EBADENGINE quiet: the machine's Node only bootstraps.
    [...first, 'ci', '--include=dev', '--include=optional', '--loglevel=error', '--no-audit', '--no-fund'],
    { cwd: ROOT, stdio: ['ignore', 2, 2], env: { ...process.env, ...npmCache() } },
  );
  if (error !== undefined) {
    fail(`npm could not be started (${error.message}). Install Node.js with npm: https://nodejs.org/`);
  }
  if (status !== 0 || !dependenciesAreInstalled()) {
    fail(
      'npm ci failed: the lines above tell why. It needs the npm registry (see `npm config get registry`) ' +
        `and a writable ${join(ROOT, 'node_modules')}. Run the same command again once that is settled.`,
    );
  }
  say(`Dependencies installed in ${((Date.now() - begin) / 1000).toFixed(1)} s.`);
}

/** The Node pinned in package-lock.json; where npm has none for this platform, a new enough one of the machine's. */
function findNode() {
  const pinned = join(ROOT, `node_modules/node-${process.platform}-${process.arch}/bin/node`);
  if (existsSync(pinned)) return pinned;
  const candidates = [
    process.execPath,
    ...(process.env.PATH ?? '').split(delimiter).map((d) => join(d, 'node')),
  ];
  const found = candidates.find((candidate) => nodeMajor(candidate) >= REQUIRED_NODE_MAJOR);
  if (found !== undefined) return found;
  return fail(
    `Sekisho needs Node.js ${REQUIRED_NODE_MAJOR} or newer; this is ${process.version} and npm has none pinned for ` +
      `${process.platform}-${process.arch}. Get it from https://nodejs.org/en/download, put it on PATH and run this again.`,
  );
}

function nodeMajor(candidate) {
  const { status, stdout } = spawnSync(candidate, ['--version'], { encoding: 'utf8', timeout: 5000 });
  return status === 0 ? Number(/^v(\d+)\./.exec(stdout)?.[1] ?? 0) : 0;
}

/** Runs one script to its end; signals go to it, and its exit code comes back. */
function run(node, args) {
  return new Promise((resolve) => {
    // The tools that npm puts on PATH (tsc, vitest) must start with the pinned Node too.
    const path = [dirname(node), join(ROOT, 'node_modules/.bin'), process.env.PATH].join(delimiter);
    const child = spawn(node, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, PATH: path } });
    const forward = (signal) => child.kill(signal);
    // Ctrl-C in a terminal reaches the child by itself; a second one would cut its clean end short.
    const forwardInterrupt = (signal) => process.stdin.isTTY || child.kill(signal);
    process.on('SIGTERM', forward).on('SIGHUP', forward).on('SIGINT', forwardInterrupt);
    child.on('error', (error) => fail(`${node} could not be started: ${error.message}`));
    child.on('exit', (code, signal) => {
      process.off('SIGTERM', forward).off('SIGHUP', forward).off('SIGINT', forwardInterrupt);
      resolve(signal === null ? (code ?? 1) : signal === 'SIGINT' ? 130 : 143);
    });
  });
}

async function main() {
  const [verb = '', ...args] = process.argv.slice(2);
  const steps = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (steps === undefined) {
    fail(`Usage: node scripts/bootstrap.mjs ${Object.keys(VERBS).join('|')} [arguments]`);
  }
  mkdirSync(join(ROOT, '.sekisho'), { recursive: true });
  if (!dependenciesAreInstalled()) installDependencies();
  const node = findNode();
  for (const [index, step] of steps.entries()) {
    const code = await run(node, index === steps.length - 1 ? [...step, ...args] : step);
    if (code !== 0) process.exit(code);
  }
}

await main();
