import { once } from 'node:events';
import type { MadeLink } from '#accounts';
import { type CliCommand, type CliContext, failWith } from '#cli';
import { type Text, text } from '#core-values';
import { environmentOf } from './environment.ts';
import { type SekishoServer, startServer } from './server.ts';

interface Options {
  readonly config?: string;
  readonly data?: string;
}

/** `sekisho serve`: runs until SIGINT or SIGTERM; SIGHUP reads the configuration again. */
export const serve: CliCommand = {
  configure(command, context) {
    const say = (words: Text): string => words[context.language];
    command
      .option(
        '--config <file>',
        say(
          text(
            'configuration (default: SEKISHO_CONFIG, or ./sekisho.yaml)',
            '設定ファイル(既定: SEKISHO_CONFIG、なければ ./sekisho.yaml)',
          ),
        ),
      )
      .option(
        '--data <folder>',
        say(
          text(
            'embedded database and generated keys (default: .sekisho beside the configuration)',
            '組み込みデータベースと生成した鍵の置き場所(既定: 設定ファイルと同じ場所の .sekisho)',
          ),
        ),
      )
      .action((options: Options) => run(context, options));
  },
};

async function run(context: CliContext, options: Options): Promise<void> {
  const environment = environmentOf(context.env, { cwd: context.cwd, ...options });
  if (context.stderr.isTerminal) context.stderr.write(`${STARTING[context.language]}\n`);
  const server = await startServer(environment);
  if (!server.ok) return failWith(context, server.error);
  context.stderr.write(`${readyText(server.value)[context.language]}\n`);
  await inviteFirst(context, server.value);
  process.on('SIGHUP', () => void server.value.reload());
  const lost = await Promise.race([stopSignal(), server.value.lost]);
  if (lost !== undefined) failWith(context, lost);
  await stop(server.value);
}

/** Only where somebody reads along: in a log, whoever reads the log would be the administrator. */
async function inviteFirst({ stderr, language }: CliContext, server: SekishoServer): Promise<void> {
  const link = stderr.isTerminal ? await server.firstLink() : undefined;
  if (link !== undefined) stderr.write(`${firstLinkText(link)[language]}\n`);
}

const firstLinkText = ({ person, url }: MadeLink): Text =>
  text(
    `No administrator has a passkey yet. ${person}: open this within an hour, once, and enrol one.\n  ${url}`,
    `パスキーを登録した管理者がまだいません。${person} さんは、次のリンクを 1 時間以内に開いて登録してください(1 回だけ有効)。\n  ${url}`,
  );

const STARTING = text('Starting…', '起動しています…');

/** A second signal means it: whoever presses Ctrl-C twice wants out. */
async function stop(server: SekishoServer): Promise<void> {
  const impatient = (): never => process.exit(130);
  process.once('SIGINT', impatient);
  await server.close();
  process.removeListener('SIGINT', impatient);
}

const stopSignal = async (): Promise<undefined> => {
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  return undefined;
};

/** At the one address browsers must be: sessions and passkeys belong to it. */
const readyText = ({ url, publicUrl }: SekishoServer): Text =>
  text(
    `Sekisho serves at ${url} (for people: ${publicUrl}, API: ${publicUrl}/v1/openapi.json). Ctrl-C stops it.`,
    `Sekisho を ${url} で起動しました(画面: ${publicUrl}、API: ${publicUrl}/v1/openapi.json)。Ctrl-C で停止します。`,
  );
