import pc from 'picocolors';
import { type Text, text } from '#core-values';
import { type DestinationAnswer, destinationsAnswer, testAnswer } from '#messages/core';
import { visible } from '#plan';
import { personClient, serverUrl } from './clients.ts';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { failWith } from './problem-text.ts';
import { answerOf } from './server-answer.ts';
import { fromNow } from './time-text.ts';

/** `sekisho messages list`: whom Sekisho tells what happens, and how that goes. */
export const messagesList: CliCommand = {
  configure(command, context) {
    command.action(async () => {
      const answer = await personClient(context).get('/v1/messages');
      const found = answerOf(answer, destinationsAnswer, serverUrl(context));
      if (!found.ok) return failWith(context, found.error);
      const { destinations } = found.value;
      context.stdout.write(
        destinations.length === 0
          ? `${NOBODY[context.language]}\n`
          : destinations.map((destination) => destinationText(destination, context)).join('\n'),
      );
    });
  },
};

/** `sekisho messages test NAME`: sends a test at once, and says what came of it. */
export const messagesTest: CliCommand = {
  configure(command, context) {
    command
      .argument('<name>', text('the destination', '送信先')[context.language])
      .action(async (name: string) => {
        const answer = await personClient(context).post(`/v1/messages/${encodeURIComponent(name)}/test`, {});
        const sent = answerOf(answer, testAnswer, serverUrl(context));
        if (!sent.ok) return failWith(context, sent.error);
        context.stdout.write(`${SENT(name)[context.language]}\n`);
      });
  },
};

const NOBODY = text(
  'Nobody is told anything. Name whom under `server.messages` in the server’s sekisho.yaml.',
  '通知先はありません。サーバーの sekisho.yaml の `server.messages` に設定してください。',
);
const SENT = (name: string): Text =>
  text(
    `✓ A test was sent to ${name}. Look whether it is there.`,
    `✓ ${name} にテストを送信しました。届いているか確認してください。`,
  );

const WAYS: Readonly<Record<DestinationAnswer['way'], Text>> = {
  pagerduty: text('PagerDuty', 'PagerDuty'),
  'slack-webhook': text('Slack, by webhook', 'Slack(Webhook)'),
  'slack-app': text('Slack, as an app', 'Slack(アプリ)'),
  email: text('e-mail', 'メール'),
  webhook: text('signed request', '署名付きリクエスト'),
};

function destinationText(destination: DestinationAnswer, context: CliContext): string {
  const { language } = context;
  const paint = pc.createColors(context.stdout.isTerminal);
  const { name, way, kinds, open, oldestAt, lastSentAt, attempts, nextTryAt, problem } = destination;
  const ago = (at: string): string => fromNow(at, context);
  const lines: readonly (Text | undefined)[] = [
    text(`tells of: ${kinds.join(', ')}`, `通知する種類: ${kinds.join('、')}`),
    lastSentAt === undefined
      ? text('nothing was sent yet', 'まだ何も送信していません')
      : text(`last sent: ${ago(lastSentAt)}`, `最後の送信: ${ago(lastSentAt)}`),
    open === 0 || oldestAt === undefined
      ? undefined
      : text(
          `waiting: ${open}, the oldest since ${ago(oldestAt)}`,
          `送信待ち: ${open} 件、最も古いものは ${ago(oldestAt)}`,
        ),
    attempts === 0
      ? undefined
      : text(
          `✗ failed ${attempts} times in a row: ${visible(problem ?? '')} Tried again ${nextTryAt === undefined ? 'soon' : ago(nextTryAt)}.`,
          `✗ ${attempts} 回続けて失敗: ${visible(problem ?? '')} 再試行: ${nextTryAt === undefined ? 'まもなく' : ago(nextTryAt)}`,
        ),
  ];
  const shown = lines.flatMap((line) => (line === undefined ? [] : [`  ${line[language]}`]));
  return `${paint.bold(name)}  ${WAYS[way][language]}\n${shown.join('\n')}\n`;
}
