import { z } from 'zod';
import { stackAnswer } from '#changes/core';
import { text } from '#core-values';
import { personClient, serverUrl } from './clients.ts';
import type { CliCommand } from './command.ts';
import { failWith } from './problem-text.ts';
import { answerOf } from './server-answer.ts';

const answer = z.object({ stacks: z.array(stackAnswer) });

/** `sekisho stacks`: in dependency order, each with its account and what is known of its state. */
export const stacks: CliCommand = {
  configure(command, context) {
    command.action(async () => {
      const found = answerOf(await personClient(context).get('/v1/stacks'), answer, serverUrl(context));
      if (!found.ok) return failWith(context, found.error);
      for (const { name, account, region, team, knownState, inFlight } of found.value.stacks) {
        const state =
          knownState === undefined
            ? text('not applied yet', '未適用')[context.language]
            : `serial ${knownState.serial}`;
        const busy =
          inFlight === undefined
            ? ''
            : text(`  being applied: ${inFlight}`, `  適用中: ${inFlight}`)[context.language];
        context.stdout.write(
          `${name}  ${account.environment}  ${account.name} ${account.id}  ${region}  ${team}  ${state}${busy}\n`,
        );
      }
    });
  },
};
