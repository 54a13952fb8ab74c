import { type Text, text } from '#core-values';
import { affectedOutputs } from './affected-outputs.ts';
import { type AffectedReport, affectedReport } from './affected-stacks.ts';
import { affectedMarkdown, affectedText } from './affected-text.ts';
import { appendSummary, setOutputs } from './ci-files.ts';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { wholeNumber } from './option-values.ts';
import { failWith } from './problem-text.ts';

const FORMATS = ['text', 'json', 'github'] as const;

interface Options {
  readonly base?: string;
  readonly head: string;
  readonly all?: boolean;
  readonly format: (typeof FORMATS)[number];
  readonly parts: string;
}

/** `sekisho ci stacks`: which stacks a change affects, for the first job of a workflow. */
export const ciStacks: CliCommand = {
  configure(command, context) {
    const say = (words: Text): string => words[context.language];
    command
      .option(
        '--base <ref>',
        say(
          text(
            'compare with where the head left this; what the event says if not given',
            '比較対象(ここから分岐した時点と比較する)。省略時はイベントから判断する',
          ),
        ),
      )
      .option('--head <ref>', say(text('what to look at', '調べる対象')), 'HEAD')
      .option('--all', say(text('every stack, whatever changed', '変更に関係なく、すべてのスタック')))
      .addOption(
        command
          .createOption(
            '--format <format>',
            say(
              text(
                'github also sets outputs (matrix, any, count, stacks, deleted) and the summary',
                'github では出力(matrix、any、count、stacks、deleted)とサマリーも設定する',
              ),
            ),
          )
          .choices(FORMATS)
          .default('text'),
      )
      .option(
        '--parts <number>',
        say(
          text(
            'with github: matrices to spread over, of 256 jobs each',
            'github の場合: マトリックスの数(各 256 ジョブまで)',
          ),
        ),
        wholeNumber(context.language, 1, 20),
        '1',
      )
      .action(async ({ all = false, ...options }: Options) => {
        const report = await affectedReport(context, { ...options, all });
        if (!report.ok) return failWith(context, report.error);
        await tell(context, report.value, options);
      });
  },
};

async function tell(context: CliContext, report: AffectedReport, { format, parts }: Options): Promise<void> {
  if (format === 'json') return context.stdout.write(`${jsonOf(report)}\n`);
  context.stdout.write(affectedText(report, context));
  if (format !== 'github') return;
  const outputs = affectedOutputs(report, Number(parts));
  if (!outputs.ok) return failWith(context, outputs.error);
  await setOutputs(context, outputs.value);
  await appendSummary(context, affectedMarkdown(report, context));
}

function jsonOf({ affected, stacks, compared, faults }: AffectedReport): string {
  const shown = affected.stacks.map((one) => {
    const { account, region, applyEnvironment } = stacks.get(one.stack) ?? {};
    return { ...one, account, region, applyEnvironment };
  });
  return JSON.stringify({ compared, stacks: shown, missing: affected.missing, faults }, undefined, 2);
}
