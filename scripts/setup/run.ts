/**
 * The set-up after `npm ci`: what the product, the demo and the tests need besides npm packages. Idempotent.
 * Exits 4 when something that cannot be done without is missing, naming it and the way to get it.
 *
 * `--quiet` says only what is new or missing; with `--tests`, what only tests need must be there too.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findOutsideTools, installMoto, WORK_FOLDER } from '../../demo/outside-tools.ts';
import type { Problem, Text } from '../../src/core-values/index.ts';
import { languageOf } from '../../src/core-values/index.ts';
import { prepareEmbeddedPostgres } from '../../src/platform/postgres/index.ts';
import type { ToolFinding } from '../../src/platform/tools/index.ts';
import { findChromium, HOW_TO_GET_CHROMIUM } from './chromium.ts';
import { installPackage } from './debian-package.ts';
import { findPromtool, HOW_TO_GET_PROMTOOL } from './promtool.ts';
import { buildWeb, WEB_DIST } from './web.ts';

const { values: options } = parseArgs({
  options: { quiet: { type: 'boolean', default: false }, tests: { type: 'boolean', default: false } },
});
const { LC_ALL, LC_MESSAGES, LANG } = process.env;
const language = languageOf(LC_ALL || LC_MESSAGES || LANG);
const say = (words: Text): void => console.error(words[language]);
const sayUnlessQuiet = (words: Text): void => {
  if (!options.quiet) say(words);
};

const same = (words: string): Text => ({ en: words, ja: words });

function sayProblem({ reasons }: Problem): void {
  for (const { message, remedy } of reasons) {
    say({ en: `✗ ${message.en}\n  → ${remedy.en}`, ja: `✗ ${message.ja}\n  → ${remedy.ja}` });
  }
}

async function preparePostgres(): Promise<boolean> {
  const prepared = await prepareEmbeddedPostgres({ cacheFolder: join(WORK_FOLDER, 'cache') });
  if (!prepared.ok) {
    sayProblem(prepared.error);
    return false;
  }
  sayUnlessQuiet(same(`✓ PostgreSQL ${prepared.value.version}  ${prepared.value.folder}`));
  return true;
}

async function preparePages(): Promise<boolean> {
  try {
    const done = await buildWeb();
    const mark = done === 'built' ? say : sayUnlessQuiet;
    mark({ en: `✓ Pages built  ${WEB_DIST}`, ja: `✓ Web 画面をビルド済み  ${WEB_DIST}` });
    return true;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    say({
      en: `✗ The pages could not be built: ${why}\n  → Correct web/src, then run \`npm run setup\` again.`,
      ja: `✗ Web 画面をビルドできませんでした: ${why}\n  → web/src を直してから、もう一度 \`npm run setup\` を実行してください。`,
    });
    return false;
  }
}

interface TestTool {
  readonly name: string;
  readonly debianPackage: string;
  readonly purpose: Text;
  readonly howToGet: Text;
  readonly find: (env: NodeJS.ProcessEnv) => string | undefined;
}

const CHROMIUM: TestTool = {
  ...{ name: 'Chromium', debianPackage: 'chromium', find: findChromium, howToGet: HOW_TO_GET_CHROMIUM },
  purpose: { en: 'the tests of the pages', ja: 'Web 画面のテスト' },
};
const PROMETHEUS: TestTool = {
  ...{ name: 'promtool', debianPackage: 'prometheus', find: findPromtool, howToGet: HOW_TO_GET_PROMTOOL },
  purpose: { en: 'the tests of exported Prometheus rules', ja: '書き出した Prometheus ルールのテスト' },
};

/** What only tests want: `npm start` goes on without. */
async function prepareForTests({ name, debianPackage, purpose, howToGet, find }: TestTool): Promise<boolean> {
  if (find(process.env) === undefined && options.tests) {
    say({
      en: `${name} is not on PATH: trying to install it (apt-get, as root only) …`,
      ja: `${name} が PATH にないため、インストールを試みます(apt-get、root のときだけ)…`,
    });
    await installPackage(debianPackage, process.getuid?.() === 0);
  }
  const path = find(process.env);
  if (path !== undefined) {
    sayUnlessQuiet(same(`✓ ${name}  ${path}`));
    return true;
  }
  const [tell, mark] = options.tests ? [say, '✗'] : [sayUnlessQuiet, '-'];
  tell({
    en: `${mark} ${name}: not found. Needed for ${purpose.en}.\n  → ${howToGet.en}`,
    ja: `${mark} ${name}: 見つかりません。用途: ${purpose.ja}。\n  → ${howToGet.ja}`,
  });
  return !options.tests;
}

/** True when nothing that the demo and the tests need is missing. */
async function prepareTools(): Promise<boolean> {
  let search = await findOutsideTools();
  if (search.findings.some(({ tool, kind }) => tool === 'moto_server' && kind === 'missing')) {
    say({
      en: 'moto_server (the AWS stand-in) is not on PATH: installing it into a virtual environment …',
      ja: 'moto_server(AWS の代役)が PATH にないため、仮想環境に用意しています…',
    });
    const installed = await installMoto();
    if (!installed.ok) sayProblem(installed.error);
    search = await findOutsideTools();
  }
  for (const finding of search.findings) sayFinding(finding);
  return search.tools !== undefined;
}

function sayFinding(finding: ToolFinding): void {
  const { title, howToGet, neededFor } = finding;
  if (finding.kind === 'found') {
    sayUnlessQuiet(same(`✓ ${[title, finding.version].filter(Boolean).join(' ')}  ${finding.path}`));
    return;
  }
  const isOptional = finding.tool === 'provider-mirror';
  const tell = isOptional ? sayUnlessQuiet : say;
  const mark = isOptional ? '-' : '✗';
  const why = finding.kind === 'unusable' ? finding.why : { en: 'not found', ja: '見つかりません' };
  tell({
    en: `${mark} ${title}: ${why.en}. Needed for ${neededFor.en}.\n  → ${howToGet.en}`,
    ja: `${mark} ${title}: ${why.ja}。用途: ${neededFor.ja}。\n  → ${howToGet.ja}`,
  });
}

const done = [
  await prepareForTests(CHROMIUM),
  await prepareForTests(PROMETHEUS),
  await preparePostgres(),
  await preparePages(),
  await prepareTools(),
].every(Boolean);
if (!done) {
  say({
    en: 'Set-up is not complete: see the lines marked ✗.',
    ja: 'セットアップが完了していません。✗ の行を確認してください。',
  });
}
process.exit(done ? 0 : 4);
