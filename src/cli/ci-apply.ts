import { type Text, text } from '#core-values';
import { type ApplyOrder, applyStack, MOST_WAIT_MIN } from './apply-stack.ts';
import { directoryOption, terraformOption } from './ci-options.ts';
import type { CliCommand } from './command.ts';
import { wholeNumber } from './option-values.ts';

/** `sekisho ci apply --stack S --plan ID`: waits for approval, applies exactly the approved file, and reports. */
export const ciApply: CliCommand = {
  configure(command, context) {
    const say = (words: Text): string => words[context.language];
    command
      .requiredOption('--stack <name>', say(text('the stack to apply', '適用するスタック')))
      .requiredOption(
        '--plan <id>',
        say(text('the plan, as `sekisho ci plan` printed it', '`sekisho ci plan` が出力したプランの ID')),
      )
      .addOption(directoryOption(context))
      .addOption(terraformOption(context))
      .option(
        '--wait <minutes>',
        say(text('how long to wait for approval; 0 does not wait', '承認を待つ時間(分)。0 は待たない')),
        wholeNumber(context.language, 0, MOST_WAIT_MIN),
        '0',
      )
      .action((order: ApplyOrder) => applyStack(context, order));
  },
};
