import { Option } from 'commander';
import pc from 'picocolors';
import { type GrantRecord, grantPage, grantRecord, type RevokedAnswer, revokedAnswer } from '#changes/core';
import { err, ok, type Problem, problem, type Result, type Text, text } from '#core-values';
import { GRANT_STATUSES } from '#credentials/core';
import { visible } from '#plan';
import { personClient, serverUrl } from './clients.ts';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { wholeNumber } from './option-values.ts';
import { failWith } from './problem-text.ts';
import { answerOf } from './server-answer.ts';
import { localTime } from './time-text.ts';

interface ListOptions {
  readonly stack?: string;
  readonly status?: string;
  readonly plan?: string;
  readonly before?: string;
  readonly limit: string;
  readonly format: 'text' | 'json';
}

/** `sekisho grants list`: newest first. */
export const grantsList: CliCommand = {
  configure(command, context) {
    const say = (words: Text): string => words[context.language];
    command
      .option('--stack <name>', say(text('only of this stack', 'このスタックのみ')))
      .addOption(
        new Option('--status <status>', say(text('only in this state', 'この状態のみ'))).choices(
          GRANT_STATUSES,
        ),
      )
      .option('--plan <plan>', say(text('only of this plan, pln_…', 'このプランのみ(pln_…)')))
      .option(
        '--before <grant>',
        say(text('older than this one, for the next page', 'このグラントより古いもの(次のページ)')),
      )
      .option(
        '--limit <n>',
        say(text('at most so many', '最大件数')),
        wholeNumber(context.language, 1, 200),
        '50',
      )
      .addOption(
        new Option('--format <format>', say(text('form of the output', '出力形式')))
          .choices(['text', 'json'])
          .default('text'),
      )
      .action((options: ListOptions) => list(context, options));
  },
};

async function list(context: CliContext, { format, ...filter }: ListOptions): Promise<void> {
  const answer = await personClient(context).get(`/v1/grants?${new URLSearchParams(filter)}`);
  const page = answerOf(answer, grantPage, serverUrl(context));
  if (!page.ok) return failWith(context, page.error);
  if (format === 'json') {
    context.stdout.write(`${JSON.stringify(page.value, undefined, 2)}\n`);
    return;
  }
  const { grants, next } = page.value;
  context.stdout.write(
    grants.length === 0
      ? `${(isFiltered(filter) ? NONE_FIT : NONE)[context.language]}\n`
      : grants.map((grant) => grantLine(grant, context)).join(''),
  );
  if (next !== undefined) {
    context.stdout.write(`${text(`More: --before ${next}`, `続き: --before ${next}`)[context.language]}\n`);
  }
}

const isFiltered = ({ limit: _, ...others }: Omit<ListOptions, 'format'>): boolean =>
  Object.keys(others).length > 0;

const NONE_FIT = text(
  'No grant fits. `sekisho grants list` lists all of them, `sekisho stacks` the stacks.',
  '該当するグラントはありません。`sekisho grants list` ですべてのグラント、`sekisho stacks` でスタックの一覧を表示できます。',
);

const NONE = text(
  'No grants. CI jobs get them from `sekisho ci plan`, `sekisho ci apply` and `sekisho exec`.',
  'グラントはありません。CI ジョブの `sekisho ci plan`、`sekisho ci apply`、`sekisho exec` で発行されます。',
);

interface RevokeOptions {
  readonly reason?: string;
  readonly yes?: boolean;
}

/** `sekisho grants revoke ID`: says what it hits, asks, and takes the credentials back. */
export const grantsRevoke: CliCommand = {
  configure(command, context) {
    const say = (words: Text): string => words[context.language];
    command
      .argument('<grant>', say(text('the grant, grt_…', 'グラントの ID(grt_…)')))
      .option('--reason <words>', say(text('why, for the audit log', '理由(監査ログに残ります)')))
      .option('--yes', say(text('do not ask', '確認を省略する')))
      .action(async (grant: string, options: RevokeOptions) => {
        const done = await revoke(context, grant, options);
        if (!done.ok) failWith(context, done.error);
      });
  },
};

async function revoke(
  context: CliContext,
  id: string,
  { reason, yes }: RevokeOptions,
): Promise<Result<void, Problem>> {
  const client = personClient(context);
  const url = serverUrl(context);
  const path = `/v1/grants/${encodeURIComponent(id)}`;
  const grant = answerOf(await client.get(path), grantRecord, url);
  if (!grant.ok) return grant;
  context.stderr.write(warning(grant.value, context));
  if (yes !== true && !(await isConfirmed(context, grant.value.stack))) return err(NOT_CONFIRMED);
  const answer = await client.post(`${path}/revoke`, reason === undefined ? {} : { reason });
  const revoked = answerOf(answer, revokedAnswer, url);
  if (!revoked.ok) return revoked;
  context.stdout.write(outcomeText(revoked.value, context));
  // Half done is not done: a script must notice that the session still works in AWS.
  if (revoked.value.undenied.length > 0) context.exitWith(4);
  return ok(undefined);
}

async function isConfirmed(context: CliContext, stack: string): Promise<boolean> {
  const question = text(
    'To take it back, type the name of the stack',
    '取り消すには、スタック名を入力してください',
  );
  const typed = await context.ask?.(`\n${question[context.language]}: `);
  return typed?.trim() === stack;
}

function warning(grant: GrantRecord, context: CliContext): string {
  const paint = pc.createColors(context.stderr.isTerminal);
  const job = `${visible(grant.repository.name)} run ${grant.run.id}`;
  const hit = text(
    `This ends the credentials of ${job} on ${grant.stack} (account ${grant.account}) at once, for ${grant.purpose}. A running terraform stops in the middle and may leave its state locked; the plan must be made anew. It cannot be undone.`,
    `${grant.stack}(アカウント ${grant.account})に対する ${job} の認証情報(用途: ${grant.purpose})を直ちに無効にします。実行中の terraform は途中で止まり、state がロックされたまま残ることがあります。プランは作り直しになります。この操作は元に戻せません。`,
  );
  return `${grantLine(grant, context)}${paint.bold(paint.red('!'))} ${hit[context.language]}\n`;
}

function outcomeText(answer: RevokedAnswer, { language, stdout }: CliContext): string {
  const paint = pc.createColors(stdout.isTerminal);
  const here = text(
    `Revoked ${answer.id}: its secret serves no longer (audit entry ${answer.auditEntry}).`,
    `${answer.id} を取り消しました。シークレットはもう使えません(監査ログ ${answer.auditEntry})。`,
  );
  const denied =
    answer.revocation === 'lifted'
      ? text('Its session in AWS had ended already.', 'AWS のセッションはすでに終了していました。')
      : text(
          `Its session is denied in AWS on ${answer.role}.`,
          `AWS 側でも ${answer.role} のセッションを拒否しました。`,
        );
  const inAws =
    answer.undenied.length === 0
      ? `${paint.green('✓')} ${denied[language]}\n`
      : answer.undenied
          .map(
            ({ message, rule, remedy }) =>
              `${paint.red('✗')} ${message} ${paint.dim(`[${rule}]`)}\n  → ${remedy}\n`,
          )
          .join('');
  return `${paint.green('✓')} ${here[language]}\n${inAws}`;
}

const STATUS_WORDS: Readonly<Record<GrantRecord['status'], Text>> = {
  issuing: text('being issued', '発行中'),
  issued: text('issued', '発行済み'),
  failed: text('failed', '発行失敗'),
  abandoned: text('given up', '放棄'),
  finished: text('finished', '完了'),
  expired: text('expired', '期限切れ'),
  revoked: text('revoked', '取り消し済み'),
};

const REVOCATION_WORDS: Readonly<Record<NonNullable<GrantRecord['revocation']>, Text>> = {
  pending: text('not denied in AWS yet', 'AWS では未拒否'),
  'in-force': text('denied in AWS', 'AWS で拒否中'),
  lifted: text('its session has ended', 'セッション終了'),
};

/** Two lines like a plan's: what it is, then whose and until when. */
function grantLine(grant: GrantRecord, context: CliContext): string {
  const { language, stdout } = context;
  const paint = pc.createColors(stdout.isTerminal);
  const { revocation, expiresAt, plan } = grant;
  const denied = revocation === undefined ? '' : ` (${REVOCATION_WORDS[revocation][language]})`;
  const head = [
    grant.id,
    paint.bold(grant.stack),
    grant.purpose,
    `${STATUS_WORDS[grant.status][language]}${denied}`,
  ];
  const time = localTime(expiresAt ?? grant.requestedAt, context);
  const when =
    expiresAt === undefined
      ? text(`asked for ${time}`, `${time} に要求`)
      : text(`credentials until ${time}`, `認証情報は ${time} まで`);
  const about = [
    `${visible(grant.repository.name)} run ${grant.run.id}`,
    when[language],
    ...(plan === undefined ? [] : [plan]),
  ];
  return `${head.join('  ')}\n    ${paint.dim(about.join(' · '))}\n`;
}

const NOT_CONFIRMED: Problem = problem('bad-input', {
  rule: 'grant.revoke-not-confirmed',
  message: text(
    'Nothing was revoked: the stack’s name was not typed.',
    '取り消していません。スタック名が入力されませんでした。',
  ),
  remedy: text(
    'Run it again and type the name, or say --yes where there is no terminal.',
    '再度実行してスタック名を入力してください。端末がない場合は --yes を付けてください。',
  ),
});
