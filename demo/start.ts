/**
 * `npm start`: plays the story against stand-ins, leaves its last chapter to whoever sits there, and keeps serving until Ctrl-C. `--once` plays
 * that chapter too and ends. `--page` begins with it. Exit code 0 when everything went as told, 1 when not.
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
import {
  openStage,
  productionForYourTurn,
  STORY,
  type Stage,
  StoryBroken,
  YOUR_TURN,
} from './story/index.ts';
import { leaveYourTurn, playYourTurn } from './take-turn.ts';
import { startWorld, type World } from './world.ts';

const DEFAULT_PORT = 8420;

const { values: options } = parseArgs({
  options: {
    once: { type: 'boolean', default: false },
    page: { type: 'boolean', default: false },
    lang: { type: 'string' },
  },
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
    await world.site.writeGoodHours();
    server = await startServerProcess({
      world,
      directory: join(directory, 'server'),
      port: await freePort(DEFAULT_PORT),
    });
    const url = server.url;
    say(text(`The server runs at ${url}`, `サーバーを ${url} で起動しました`));
    const stage = await openStage({ world, url, directory, language, print, color });
    await play(stage);
    if (options.once) await playYourTurn(stage);
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    say(
      text(
        `\nEverything went as told, in ${seconds} s.`,
        `\nすべて筋書きどおりに進みました(${seconds} 秒)。`,
      ),
    );
    if (!options.once) await keepServing(stage, server);
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

async function play(stage: Stage): Promise<void> {
  const steps = options.page ? [productionForYourTurn] : STORY;
  for (const [index, step] of steps.entries()) {
    heading(index + 1, step.title);
    await step.play(stage);
  }
  if (options.once) heading(steps.length + 1, YOUR_TURN);
}

const heading = (number: number, title: Text): void =>
  print(`\n${paint.bold(`${number}. ${title[language]}`)}`);

async function keepServing(stage: Stage, server: ServerProcess): Promise<void> {
  const { world, url, directory } = stage;
  const { hanako } = world.people;
  const hand = await prepareHandJob(world, url, directory);
  say(
    text(
      `
Where to look (in another terminal, in this folder):
  export SEKISHO_URL=${url} SEKISHO_SSH_KEY=${hanako.keyFile}
  bin/sekisho plans            what was planned, and what became of it
  bin/sekisho audit list       every decision
  ${url}/v1/openapi.json   the API
  ${server.logFile}   the server's log
  ${join(directory, 'commands')}   the whole output of each command above

By hand (README, “A protected apply by hand”): a job waits to be run, and Hanako to approve, each in a terminal of its own:
  . ${hand.jobFile}
  . ${hand.personFile}`,
      `
見てみるには(別のターミナルで、このフォルダーから):
  export SEKISHO_URL=${url} SEKISHO_SSH_KEY=${hanako.keyFile}
  bin/sekisho plans            プランの一覧と結果
  bin/sekisho audit list       すべての判断の記録
  ${url}/v1/openapi.json   API
  ${server.logFile}   サーバーのログ
  ${join(directory, 'commands')}   上の各コマンドの出力全体

コマンドラインで試すには(README「手を動かして適用してみる」)、CI ジョブと、承認する hanako を、それぞれ別のターミナルで演じてください:
  . ${hand.jobFile}
  . ${hand.personFile}`,
    ),
  );
  heading((options.page ? 1 : STORY.length) + 1, YOUR_TURN);
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]).then(() => undefined);
  await leaveYourTurn(stage, { say, stopped });
  await stopped;
}

process.exitCode = await main();
