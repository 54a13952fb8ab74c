/**
 * `npm start`: plays the story against stand-ins, then keeps serving until Ctrl-C. `--once` ends after the story.
 * Exit code 0 when everything went as told, 1 when not.
 */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pc from 'picocolors';
import { type Language, languageOf, type Text, text } from '../src/core-values/index.ts';
import { prepareHandJob } from './by-hand.ts';
import { freePort, type ServerProcess, startServerProcess } from './server-process.ts';
import { openStage, STORY, StoryBroken } from './story/index.ts';
import { startWorld, type World } from './world.ts';

const DEFAULT_PORT = 8420;

const { values: options } = parseArgs({
  options: { once: { type: 'boolean', default: false }, lang: { type: 'string' } },
});
const { LC_ALL, LC_MESSAGES, LANG, SEKISHO_LANG } = process.env;
const language: Language = languageOf(options.lang, SEKISHO_LANG, LC_ALL, LC_MESSAGES, LANG);
const color = process.stdout.isTTY && process.env.NO_COLOR === undefined;
const paint = pc.createColors(color);
const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const say = (words: Text): void => print(words[language]);

const INTRODUCTION = text(
  'A shop’s AWS organization in a stand-in (moto), a stand-in for GitHub’s tokens, real Terraform with the real AWS provider, a real Sekisho server with its own PostgreSQL.',
  'AWS の代役(moto)の中にあるショップの組織、GitHub のトークンの代役、本物の Terraform と AWS プロバイダー、本物の Sekisho サーバー(専用の PostgreSQL 付き)で演じます。',
);

async function main(): Promise<number> {
  const startedMs = performance.now();
  // Below /tmp and not in the clone: as root, the database runs as another user, who may not look into /root.
  const directory = await mkdtemp(join(tmpdir(), 'sekisho-demo-'));
  say(INTRODUCTION);
  let world: World | undefined;
  let server: ServerProcess | undefined;
  try {
    world = await startWorld({ directory: join(directory, 'world') });
    server = await startServerProcess({
      world,
      directory: join(directory, 'server'),
      port: await freePort(DEFAULT_PORT),
    });
    const url = server.url;
    say(text(`The server runs at ${url}`, `サーバーを ${url} で起動しました`));
    await play(world, url, directory);
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    say(
      text(
        `\nEverything went as told, in ${seconds} s.`,
        `\nすべて筋書きどおりに進みました(${seconds} 秒)。`,
      ),
    );
    if (!options.once) await keepServing(world, server, directory);
    return 0;
  } catch (error) {
    if (!(error instanceof StoryBroken)) throw error;
    print(
      paint.red(
        `\n✗ ${text('The story did not go as told:', '筋書きどおりに進みませんでした:')[language]} ${error.message}`,
      ),
    );
    return 1;
  } finally {
    await server?.stop();
    await world?.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function play(world: World, url: string, directory: string): Promise<void> {
  const stage = await openStage({ world, url, directory, language, print, color });
  for (const [index, step] of STORY.entries()) {
    print(`\n${paint.bold(`${index + 1}. ${step.title[language]}`)}`);
    await step.play(stage);
  }
}

async function keepServing(world: World, server: ServerProcess, directory: string): Promise<void> {
  const { hanako } = world.people;
  const hand = await prepareHandJob(world, server.url, directory);
  say(
    text(
      `
Where to look (in another terminal):
  export SEKISHO_URL=${server.url} SEKISHO_SSH_KEY=${hanako.keyFile}
  bin/sekisho plans            what was planned, and what became of it
  bin/sekisho show PLAN        one plan, its findings and approvals
  bin/sekisho audit list       every decision
  ${server.url}/v1/openapi.json   the API
  ${server.logFile}   the server's log
  ${join(directory, 'commands')}   the whole output of each command above

Now you (README, “A protected apply by hand”): a job waits to be run, and Hanako to approve, each in a terminal of its own:
  . ${hand.jobFile}
  . ${hand.personFile}

Still serving. Ctrl-C stops and removes everything.`,
      `
見てみるには(別のターミナルで):
  export SEKISHO_URL=${server.url} SEKISHO_SSH_KEY=${hanako.keyFile}
  bin/sekisho plans            プランの一覧と結果
  bin/sekisho show プランID     プランの内容、指摘事項、承認
  bin/sekisho audit list       すべての判断の記録
  ${server.url}/v1/openapi.json   API
  ${server.logFile}   サーバーのログ
  ${join(directory, 'commands')}   上の各コマンドの出力全体

次はあなたの番です(README「手を動かして適用してみる」)。CI ジョブと、承認する hanako を、それぞれ別のターミナルで演じてください:
  . ${hand.jobFile}
  . ${hand.personFile}

サーバーは動き続けています。Ctrl-C で停止し、すべて削除します。`,
    ),
  );
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
}

process.exitCode = await main();
