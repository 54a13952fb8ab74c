import { type Text, text } from '#core-values';
import { directoryOption, terraformOption } from './ci-options.ts';
import type { CliCommand } from './command.ts';
import { type PlanOrder, planStack } from './plan-stack.ts';

/** `sekisho ci plan --stack S [-- arguments for terraform plan]` */
export const ciPlan: CliCommand = {
  configure(command, context) {
    const say = (words: Text): string => words[context.language];
    command
      .requiredOption('--stack <name>', say(text('the stack to plan', 'プランを作成するスタック')))
      .addOption(directoryOption(context))
      .addOption(terraformOption(context))
      .argument(
        '[arguments...]',
        say(text('for terraform plan, after --', 'terraform plan に渡す引数(-- に続ける)')),
      )
      .action((args: readonly string[], options: Omit<PlanOrder, 'arguments'>) =>
        planStack(context, { ...options, arguments: args }),
      );
  },
};
