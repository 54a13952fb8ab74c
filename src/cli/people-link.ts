import { randomBytes } from 'node:crypto';
import {
  isLinkReason,
  LINK_NAMESPACE,
  linkStatementText,
  madeLinkAnswer,
  parseLinkStatement,
} from '#accounts/core';
import { err, ok, type Problem, parsePersonName, problem, type Result, type Text, text } from '#core-values';
import { apiClient } from './api-client.ts';
import { serverUrl } from './clients.ts';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { failWith } from './problem-text.ts';
import { answerOf } from './server-answer.ts';
import { signWithSsh } from './ssh-signing.ts';
import { localTime } from './time-text.ts';

interface Options {
  readonly recover?: boolean;
  readonly reason?: string;
  readonly key?: string;
}

/** `sekisho people link NAME`: asks for a link with the SSH key of whoever runs it; a session is not enough for that. */
export const peopleLink: CliCommand = {
  configure(command, context) {
    const say = (words: Text): string => words[context.language];
    command
      .argument('<name>', say(text('the person in sekisho.yaml', 'sekisho.yaml での人の名前')))
      .option(
        '--recover',
        say(
          text(
            'in place of lost passkeys: the old ones go',
            '紛失したパスキーの代わりに発行する(以前のものは無効)',
          ),
        ),
      )
      .option('--reason <words>', say(text('why, for the audit log', '理由(監査ログに残ります)')))
      .option('--key <file>', say(text('SSH key to sign with', '署名に使う SSH 鍵')))
      .action(async (name: string, options: Options) => {
        const made = await run(context, name, options);
        if (!made.ok) failWith(context, made.error);
      });
  },
};

async function run(context: CliContext, name: string, options: Options): Promise<Result<void, Problem>> {
  const statement = statementFor(context, name, options);
  if (!statement.ok) return statement;
  const keyFile = options.key ?? context.env.SEKISHO_SSH_KEY;
  const signature = await signWithSsh({
    bytes: Buffer.from(statement.value),
    namespace: LINK_NAMESPACE,
    env: context.env,
    notice: (words) => context.stderr.write(`${words}\n`),
    ...(keyFile === undefined ? {} : { keyFile }),
  });
  if (!signature.ok) return signature;
  const baseUrl = serverUrl(context);
  const client = apiClient({ baseUrl, language: context.language, authorization: async () => ok(undefined) });
  const asked = { statement: statement.value, signature: signature.value };
  const made = answerOf(await client.post('/v1/sign-in/links', asked), madeLinkAnswer, baseUrl);
  if (!made.ok) return made;
  const { url, expiresAt } = made.value;
  context.stderr.write(`${handOver(name, localTime(expiresAt, context))[context.language]}\n`);
  context.stdout.write(`${url}\n`);
  return ok(undefined);
}

function statementFor(
  context: CliContext,
  name: string,
  { recover, reason }: Options,
): Result<string, Problem> {
  const person = parsePersonName(name);
  if (person === undefined) return err(NOT_A_NAME);
  if (reason !== undefined && !isLinkReason(reason)) return err(NOT_A_REASON);
  const words = linkStatementText({
    ...{ server: serverUrl(context), person, at: context.clock.now() },
    purpose: recover === true ? 'recovery' : 'invite',
    ...(reason === undefined ? {} : { reason }),
    nonce: randomBytes(24).toString('base64url'),
  });
  const readBack = parseLinkStatement(words);
  return readBack.ok ? ok(words) : readBack;
}

const handOver = (name: string, until: string): Text =>
  text(
    `For ${name}, to enrol a passkey: opens once, until ${until}. Whoever opens it is ${name} from then on: give it to them directly.`,
    `${name} さんがパスキーを登録するためのリンクです(${until} まで、1 回だけ有効)。開いた人が ${name} さんとして扱われるため、本人に直接渡してください。`,
  );

const NOT_A_NAME: Problem = problem('bad-input', {
  rule: 'sign-in-link.name',
  message: text('This is not the name of a person.', '人の名前として使えません。'),
  remedy: text(
    'Write it as `people` in sekisho.yaml has it.',
    'sekisho.yaml の `people` にある名前を指定してください。',
  ),
});

const NOT_A_REASON: Problem = problem('bad-input', {
  rule: 'sign-in-link.reason-form',
  message: text('This cannot be a reason.', '理由として使えません。'),
  remedy: text('Write one line of at most 500 characters.', '改行のない 500 文字以内の文にしてください。'),
});
