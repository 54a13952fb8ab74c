import { type Text, text } from '#core-values';
import { directoryOption, terraformOption } from './ci-options.ts';
import type { CliCommand } from './command.ts';
import { wholeNumber } from './option-values.ts';
import { type PlanOrder, planStack } from './plan-stack.ts';

/** `sekisho ci plan --stack S [-- arguments for terraform plan]` */
export const ciPlan: CliCommand = {
  configure(command, context) {
    const say = (words: Text): string => words[context.language];
    command
      .requiredOption('--stack <name>', say(text('the stack to plan', 'プランを作成するスタック')))
      .addOption(directoryOption(context))
      .addOption(terraformOption(context))
      .option(
        '--pull-request <number>',
        say(
          text(
            'in a manual run: the pull request that it is for',
            '手動実行の場合: 対象のプルリクエストの番号',
          ),
        ),
        wholeNumber(context.language, 1, 999_999_999),
      )
      .option(
        '--commit <sha>',
        say(
          text(
            'with --pull-request: the commit checked out',
            '--pull-request と併用: チェックアウトしたコミット',
          ),
        ),
      )
      .argument(
        '[arguments...]',
        say(text('for terraform plan, after --', 'terraform plan に渡す引数(-- に続ける)')),
      )
      .action(async (args: readonly string[], options: Omit<PlanOrder, 'arguments'>) => {
        await planStack(context, { ...options, arguments: args });
      });
  },
};
