import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Option } from 'commander';
import pc from 'picocolors';
import { err, type JsonObject, ok, type Problem, problem, type Result, type Text, text } from '#core-values';
import {
  type GitHubCheckAnswer,
  githubApp,
  githubAppsAnswer,
  githubCheckAnswer,
  githubConnectAnswer,
} from '#github/core';
import { printable } from './audit-list.ts';
import { personClient, serverUrl } from './clients.ts';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { failWith } from './problem-text.ts';
import { answerOf } from './server-answer.ts';

interface ConnectOptions {
  readonly url?: string;
  readonly organization?: string;
  readonly appId?: string;
  readonly keyFile?: string;
  readonly webhookSecretFile?: string;
}

/** `sekisho github connect`: prints a link to the server, or connects an App that was made by hand. */
export const githubConnect: CliCommand = {
  configure(command, context) {
    const say = (words: Text): string => words[context.language];
    command
      .option('--url <url>', say(text('GitHub Enterprise Server', 'GitHub Enterprise Server のアドレス')))
      .option(
        '--organization <name>',
        say(
          text(
            'that will own the App; your own account if left out',
            'App を所有する Organization(省略時は自分のアカウント)',
          ),
        ),
      )
      .option('--app-id <id>', say(text('of an App that you made by hand', '手動で作成した App の ID')))
      .option('--key-file <file>', say(text('its private key', 'App の秘密鍵ファイル')))
      .option(
        '--webhook-secret-file <file>',
        say(text('its webhook secret', 'Webhook シークレットのファイル')),
      )
      .action(async (options: ConnectOptions) => {
        const host = hostOf(options.url);
        if (host === undefined) return failWith(context, BAD_URL);
        return options.appId === undefined && options.keyFile === undefined
          ? begin(context, host, options.organization)
          : byHand(context, host, options);
      });
  },
};

/** `github.com` if left out; only the host of an address counts. */
function hostOf(url: string | undefined): string | undefined {
  if (url === undefined) return 'github.com';
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) ? new URL(url).host : undefined;
}

async function begin(context: CliContext, host: string, organization: string | undefined): Promise<void> {
  const asked = { host, ...(organization !== undefined && { organization }) };
  const answer = await personClient(context).post('/v1/github/connects', asked);
  const begun = answerOf(answer, githubConnectAnswer, serverUrl(context));
  if (!begun.ok) return failWith(context, begun.error);
  context.stderr.write(`${OPEN[context.language]}\n`);
  context.stdout.write(`${begun.value.url}\n`);
}

const OPEN = text(
  'Open this in the browser in which you are signed in to GitHub. It opens once, within an hour; nobody else needs to see it.',
  'GitHub にサインインしているブラウザーで開いてください。1 時間以内に 1 回だけ使えます。他の人に見せないでください。',
);

async function byHand(context: CliContext, host: string, options: ConnectOptions): Promise<void> {
  const asked = await requestByHand(context, host, options);
  if (!asked.ok) return failWith(context, asked.error);
  const answer = await personClient(context).post('/v1/github/apps', asked.value);
  const made = answerOf(answer, githubApp, serverUrl(context));
  if (!made.ok) return failWith(context, made.error);
  const { slug, webhookUrl, installUrl } = made.value;
  const done = text(
    `✓ Connected: ${slug}.\n  Set the App’s webhook to ${webhookUrl} (application/json), and install it: ${installUrl}`,
    `✓ ${slug} を接続しました。\n  App の Webhook を ${webhookUrl}(application/json)に設定し、次のページからインストールしてください: ${installUrl}`,
  );
  context.stdout.write(`${printable(done[context.language])}\n`);
}

async function requestByHand(
  context: CliContext,
  host: string,
  { appId, keyFile, webhookSecretFile }: ConnectOptions,
): Promise<Result<JsonObject, Problem>> {
  if (!/^[1-9][0-9]{0,14}$/.test(appId ?? '') || keyFile === undefined || webhookSecretFile === undefined)
    return err(ALL_THREE);
  const [privateKey, webhookSecret] = await Promise.all(
    [keyFile, webhookSecretFile].map((file) =>
      readFile(resolve(context.cwd, file), 'utf8').catch(() => undefined),
    ),
  );
  if (privateKey === undefined) return err(unreadable(keyFile));
  if (webhookSecret === undefined) return err(unreadable(webhookSecretFile));
  return ok({ host, appId: Number(appId), privateKey, webhookSecret: webhookSecret.trim() });
}

/** `sekisho github list` */
export const githubList: CliCommand = {
  configure(command, context) {
    formatOption(command, context).action(async ({ format }: FormatOptions) => {
      const answer = await personClient(context).get('/v1/github/apps');
      const known = answerOf(answer, githubAppsAnswer, serverUrl(context));
      if (!known.ok) return failWith(context, known.error);
      const { apps } = known.value;
      if (format === 'json') return context.stdout.write(`${JSON.stringify(known.value, null, 2)}\n`);
      if (apps.length === 0) return context.stdout.write(`${NONE[context.language]}\n`);
      for (const { id, host, slug, appId, connectedBy, connectedAt, webhookUrl } of apps)
        context.stdout.write(
          `${printable(`${id}  ${host}  ${slug} (${appId})  ${connectedBy} ${connectedAt.slice(0, 10)}`)}\n    ${webhookUrl}\n`,
        );
    });
  },
};

/** `sekisho github disconnect ID` */
export const githubDisconnect: CliCommand = {
  configure(command, context) {
    command
      .argument(
        '<id>',
        text('as `sekisho github list` shows it', '`sekisho github list` に表示される ID')[context.language],
      )
      .action(async (id: string) => {
        const answer = await personClient(context).post(
          `/v1/github/apps/${encodeURIComponent(id)}/disconnect`,
          {},
        );
        const ended = answerOf(answer, githubApp, serverUrl(context));
        if (!ended.ok) return failWith(context, ended.error);
        const { slug, host } = ended.value;
        const done = text(
          `✓ The keys of ${slug} are forgotten. The App still exists: delete it in its settings on ${host}.`,
          `✓ ${slug} の鍵を破棄しました。App 自体は残っているため、${host} の設定画面で削除してください。`,
        );
        context.stdout.write(`${printable(done[context.language])}\n`);
      });
  },
};

/** `sekisho github check`: exit code 1 where something must be done. */
export const githubCheck: CliCommand = {
  configure(command, context) {
    formatOption(command, context).action(async ({ format }: FormatOptions) => {
      const answer = await personClient(context).get('/v1/github/check');
      const checked = answerOf(answer, githubCheckAnswer, serverUrl(context));
      if (!checked.ok) return failWith(context, checked.error);
      const { lines, isFine } = checkLines(checked.value, context);
      context.stdout.write(
        format === 'json' ? `${JSON.stringify(checked.value, null, 2)}\n` : `${lines.join('\n')}\n`,
      );
      if (!isFine) context.exitWith(1);
    });
  },
};

function checkLines({ apps, repositories, queue }: GitHubCheckAnswer, { language, stdout }: CliContext) {
  const paint = pc.createColors(stdout.isTerminal);
  let isFine = apps.length > 0;
  const good = (words: Text): string => `${paint.green('✓')} ${printable(words[language])}`;
  const bad = ({
    message,
    remedy,
  }: {
    readonly message: string;
    readonly remedy: string;
  }): readonly string[] => {
    isFine = false;
    return [`${paint.red('✗')} ${printable(message)}`, `    → ${printable(remedy)}`];
  };
  const lines = [
    ...(apps.length === 0 ? [NONE[language]] : []),
    ...apps.flatMap(({ app, problem: why, warnings, rateLimit, installations }) => [
      ...(why === undefined
        ? [good(answersWords(app.host, app.slug, app.lastDeliveryAt, language))]
        : bad(why)),
      ...warnings.flatMap(bad),
      ...installations.flatMap((one) =>
        one.isSuspended || one.missing.length > 0
          ? bad(installationWords(one, language))
          : [good(text(`installed for ${one.account}`, `${one.account} にインストール済み`))],
      ),
      ...(rateLimit === undefined ? [] : [good(limitWords(rateLimit))]),
    ]),
    ...repositories.flatMap(({ host, name, problem: why }) =>
      why === undefined
        ? [good(text(`${host}/${name} is reached`, `${host}/${name} に接続できます`))]
        : bad(why),
    ),
    good(
      text(
        `${queue.dirty} subjects wait, the oldest for ${queue.oldestSeconds} s`,
        `処理待ち ${queue.dirty} 件(最長 ${queue.oldestSeconds} 秒)`,
      ),
    ),
    ...queue.failing.map(
      ({ subject, attempts, nextTryAt, problem: why }) =>
        `${paint.yellow('!')} ${printable(`${subject}  ×${attempts}  → ${nextTryAt}  ${why}`)}`,
    ),
  ];
  return { lines, isFine };
}

const answersWords = (
  host: string,
  slug: string,
  last: string | undefined,
  language: CliContext['language'],
) => {
  const when = last ?? NEVER[language];
  return text(
    `${host} knows us as ${slug}; last webhook: ${when}`,
    `${host} に ${slug} として認識されています(最後の Webhook: ${when})`,
  );
};
const limitWords = ({
  remaining,
  limit,
  resetAt,
}: {
  remaining: number;
  limit: number;
  resetAt: string;
}): Text =>
  text(
    `${remaining} of ${limit} requests left until ${resetAt}`,
    `リクエスト残り ${remaining}/${limit}(${resetAt} まで)`,
  );

const installationWords = (
  { account, isSuspended, missing }: GitHubCheckAnswer['apps'][number]['installations'][number],
  language: CliContext['language'],
) => {
  const message = isSuspended
    ? text(`the installation for ${account} is suspended`, `${account} のインストールが停止されています`)
    : text(
        `the installation for ${account} lacks ${missing.join(', ')}`,
        `${account} のインストールに権限が不足しています: ${missing.join(', ')}`,
      );
  const remedy = text(
    'Its owner accepts the permissions, or unsuspends it, in the installation’s settings on GitHub.',
    'インストール先の所有者が、GitHub の設定画面で権限を承認するか、停止を解除してください。',
  );
  return { message: message[language], remedy: remedy[language] };
};

interface FormatOptions {
  readonly format: 'text' | 'json';
}

const formatOption = (command: Parameters<CliCommand['configure']>[0], { language }: CliContext) =>
  command.addOption(
    new Option('--format <format>', text('form of the output', '出力形式')[language])
      .choices(['text', 'json'])
      .default('text'),
  );

const NEVER = text('none yet', 'まだありません');
const NONE = text(
  'No GitHub App is connected: `sekisho github connect`.',
  'GitHub App は接続されていません。`sekisho github connect` で接続してください。',
);

const BAD_URL: Problem = problem('bad-input', {
  rule: 'github.bad-url',
  message: text('--url is not an address.', '--url がアドレスではありません。'),
  remedy: text(
    'Write `--url https://github.example.com`.',
    '`--url https://github.example.com` の形で指定してください。',
  ),
});

const ALL_THREE: Problem = problem('bad-input', {
  rule: 'github.by-hand',
  message: text(
    'An App that was made by hand needs --app-id, --key-file and --webhook-secret-file.',
    '手動で作成した App の接続には --app-id、--key-file、--webhook-secret-file が必要です。',
  ),
  remedy: text(
    'Give all three, or none: then the App is made for you.',
    '3 つすべてを指定してください。すべて省略すると、App を新しく作成します。',
  ),
});

const unreadable = (file: string): Problem =>
  problem('bad-input', {
    rule: 'input.unreadable',
    message: text(`${printable(file)} cannot be read.`, `${printable(file)} を読み取れません。`),
    remedy: text('Correct the path or the permissions.', 'パスかアクセス権を確認してください。'),
  });
