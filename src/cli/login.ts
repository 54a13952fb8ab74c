import { text } from '#core-values';
import { serverUrl } from './clients.ts';
import type { CliCommand } from './command.ts';
import { forgetSession, signIn } from './person-session.ts';
import { failWith } from './problem-text.ts';
import { localTime } from './time-text.ts';

/** `sekisho login`: opens a session with your SSH key; other commands do it by themselves when they need one. */
export const login: CliCommand = {
  configure(command, context) {
    command.action(async () => {
      const session = await signIn(context, serverUrl(context));
      if (!session.ok) return failWith(context, session.error);
      const { person, expiresAt } = session.value;
      const words = text(
        `Signed in as ${person} until ${localTime(expiresAt, context)}.`,
        `${person} としてサインインしました(有効期限: ${localTime(expiresAt, context)})。`,
      );
      context.stdout.write(`${words[context.language]}\n`);
    });
  },
};

/** `sekisho logout`: forgets the session on this machine. */
export const logout: CliCommand = {
  configure(command, context) {
    command.action(async () => {
      await forgetSession(context, serverUrl(context));
      context.stdout.write(
        `${text('Signed out on this machine.', 'このマシンからサインアウトしました。')[context.language]}\n`,
      );
    });
  },
};
