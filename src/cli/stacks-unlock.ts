import pc from 'picocolors';
import { unlockedAnswer } from '#changes/core';
import { type Text, text } from '#core-values';
import { visible } from '#plan';
import { personClient, serverUrl } from './clients.ts';
import type { CliCommand } from './command.ts';
import { failWith } from './problem-text.ts';
import { answerOf } from './server-answer.ts';

/** `sekisho stacks unlock NAME --reason WORDS`: takes a stack away from the pull request that holds it. */
export const stacksUnlock: CliCommand = {
  configure(command, context) {
    const say = (words: Text): string => words[context.language];
    command
      .argument('<stack>', say(text('the stack', 'スタック')))
      .requiredOption('--reason <words>', say(text('why, for the audit log', '理由(監査ログに残ります)')))
      .action(async (stack: string, { reason }: { readonly reason: string }) => {
        const path = `/v1/stacks/${encodeURIComponent(stack)}/unlock`;
        const answer = await personClient(context).post(path, { reason });
        const unlocked = answerOf(answer, unlockedAnswer, serverUrl(context));
        if (!unlocked.ok) return failWith(context, unlocked.error);
        const { lock, auditEntry } = unlocked.value;
        const holder = `${visible(lock.repository.name)}#${lock.pullRequest}`;
        const done = text(
          `${stack} is free; ${holder} held it (audit entry ${auditEntry}).`,
          `${stack} のロックを解除しました(保持していたのは ${holder}、監査ログ ${auditEntry})。`,
        );
        const next = text(
          'What was applied of it is still there: merge it, or apply the main branch.',
          '適用済みの変更はそのまま残っています。マージするか、main ブランチから適用してください。',
        );
        const paint = pc.createColors(context.stdout.isTerminal);
        context.stdout.write(`${paint.green('✓')} ${say(done)}\n  → ${say(next)}\n`);
      });
  },
};
