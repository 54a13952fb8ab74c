import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import { ask, findProgram, isExecutableFile } from './program.ts';
import type { ToolFinding, ToolSurroundings } from './tool.ts';

/** The version the demo and the tests were written against. */
const MOTO_VERSION = '5.2.1';
const MOTO_REQUIREMENT = `moto[server]==${MOTO_VERSION}`;
/** The download is about 30 packages. */
const INSTALL_TIMEOUT_MS = 300_000;

const FACTS = {
  tool: 'moto_server',
  title: 'moto_server',
  neededFor: text(
    'the demo and the tests: a stand-in for AWS on this machine',
    'デモとテスト(このマシン上で AWS の代役になります)',
  ),
  howToGet: text(
    `pip install '${MOTO_REQUIREMENT}' (Python 3.10 or newer), with moto_server on PATH; npm run setup does it in a virtual environment where python3 has venv and a package index is reached.`,
    `pip install '${MOTO_REQUIREMENT}'(Python 3.10 以降)を実行し、moto_server を PATH に置いてください。python3 の venv とパッケージインデックスが使えれば、npm run setup が仮想環境に用意します。`,
  ),
} as const;

const stampOf = (environment: string): string => join(environment, 'installed-requirement');

/** `moto_server` on PATH, else in the virtual environment that `installMotoServer` makes. */
export async function findMotoServer(where: ToolSurroundings, environment: string): Promise<ToolFinding> {
  const onPath = await findProgram('moto_server', where);
  if (onPath !== undefined) return { ...FACTS, kind: 'found', path: onPath };
  const path = join(environment, 'bin/moto_server');
  if ((await readStamp(environment)) === MOTO_REQUIREMENT && (await isExecutableFile(path))) {
    return { ...FACTS, kind: 'found', path, version: MOTO_VERSION };
  }
  return { ...FACTS, kind: 'missing' };
}

/** The stamp is written last, so an installation that was cut off is made anew. */
async function readStamp(environment: string): Promise<string | undefined> {
  try {
    return (await readFile(stampOf(environment), 'utf8')).trim();
  } catch {
    return undefined;
  }
}

/** Makes a virtual environment and installs moto into it. Errors: `outside-failed`, with pip's last words. */
export async function installMotoServer(
  where: ToolSurroundings,
  environment: string,
): Promise<Result<ToolFinding, Problem>> {
  const python = await findProgram('python3', where);
  if (python === undefined) return err(cannotInstall('python3 is not on PATH'));
  await rm(environment, { recursive: true, force: true });
  await mkdir(environment, { recursive: true });
  const slow = { ...where, timeoutMs: INSTALL_TIMEOUT_MS };
  const steps = [
    [python, ['-m', 'venv', environment]],
    [
      join(environment, 'bin/python'),
      ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', MOTO_REQUIREMENT],
    ],
  ] as const;
  for (const [program, args] of steps) {
    const answer = await ask(program, args, slow);
    if (answer.kind === 'timed-out') return err(cannotInstall(`no end after ${INSTALL_TIMEOUT_MS / 1000} s`));
    if (answer.kind === 'not-started') return err(cannotInstall(answer.message));
    if (answer.exitCode !== 0) return err(cannotInstall(lastLines(`${answer.stdout}\n${answer.stderr}`)));
  }
  await writeFile(stampOf(environment), `${MOTO_REQUIREMENT}\n`);
  return ok(await findMotoServer(where, environment));
}

const lastLines = (words: string): string => words.trim().split('\n').slice(-3).join('\n');

const cannotInstall = (detail: string): Problem =>
  problem('outside-failed', {
    rule: 'tools.moto-not-installed',
    message: text(`moto_server could not be installed: ${detail}`, `moto_server を用意できません: ${detail}`),
    remedy: FACTS.howToGet,
  });

/**
 * The version of the moto behind a `moto_server`, or `undefined` when it would not start. Costs a start of
 * Python, so it is asked only where a person reads it.
 */
export async function motoVersion(path: string, where: ToolSurroundings): Promise<string | undefined> {
  // moto_server has no --version, but the interpreter that its first line names can tell.
  const firstLine = (await readFile(path, 'utf8')).split('\n', 1)[0] ?? '';
  const interpreter = /^#!\s*(\/\S*python[\d.]*)\s*$/.exec(firstLine)?.[1] ?? 'python3';
  const question = 'import importlib.metadata; print(importlib.metadata.version("moto"))';
  const answer = await ask(interpreter, ['-c', question], where);
  return answer.kind === 'answered' && answer.exitCode === 0 ? answer.stdout.trim() : undefined;
}
