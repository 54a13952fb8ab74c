import { Option } from 'commander';
import pc from 'picocolors';
import { type Text, text } from '#core-values';
import { visible } from '#plan';
import { type CorrectionAnswer, correctionChanged, correctionsAnswer } from '#slo/core';
import { personClient, serverUrl } from './clients.ts';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { pointInTime } from './option-values.ts';
import { failWith } from './problem-text.ts';
import { answerOf } from './server-answer.ts';
import { localTime } from './time-text.ts';

interface ListOptions {
  readonly slo?: string;
  readonly format: 'text' | 'json';
}

/** `sekisho slo corrections list`: newest first, undone ones too. */
export const sloCorrectionsList: CliCommand = {
  configure(command, context) {
    const say = (words: Text): string => words[context.language];
    command
      .option('--slo <name>', say(text('only what this SLO leaves out', 'この SLO が除外するもののみ')))
      .addOption(
        new Option('--format <format>', say(text('form of the output', '出力形式')))
          .choices(['text', 'json'])
          .default('text'),
      )
      .action((options: ListOptions) => list(context, options));
  },
};

async function list(context: CliContext, { format, slo }: ListOptions): Promise<void> {
  const query = new URLSearchParams(slo === undefined ? {} : { slo });
  const answer = await personClient(context).get(`/v1/slo/corrections?${query}`);
  const found = answerOf(answer, correctionsAnswer, serverUrl(context));
  if (!found.ok) return failWith(context, found.error);
  const { corrections } = found.value;
  if (format === 'json') context.stdout.write(`${JSON.stringify(found.value, undefined, 2)}\n`);
  else if (corrections.length === 0) context.stdout.write(`${NONE[context.language]}\n`);
  else for (const correction of corrections) context.stdout.write(correctionText(correction, context));
}

const NONE = text('Nothing was left out of any budget.', 'エラーバジェットから除外された時間はありません。');

interface AddOptions {
  readonly slo?: string;
  readonly service?: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** `sekisho slo corrections add --slo NAME | --service NAME --from TIME --to TIME --reason WORDS` */
export const sloCorrectionsAdd: CliCommand = {
  configure(command, context) {
    const { language } = context;
    const say = (words: Text): string => words[language];
    command
      .addOption(new Option('--slo <name>', say(text('of this SLO', 'この SLO から除外する'))))
      .addOption(
        new Option(
          '--service <name>',
          say(text('of all its SLOs', 'このサービスの全 SLO から除外する')),
        ).conflicts('slo'),
      )
      .requiredOption(
        '--from <time>',
        say(text('first minute left out', '除外の開始(分単位)')),
        pointInTime(language),
      )
      .requiredOption(
        '--to <time>',
        say(text('first minute that counts again', '除外の終了(この分から再び数える)')),
        pointInTime(language),
      )
      .requiredOption('--reason <words>', say(REASON))
      .action((options: AddOptions) => add(context, command.error.bind(command), options));
  },
};

async function add(
  context: CliContext,
  misused: (message: string) => never,
  { slo, service, from, to, reason }: AddOptions,
): Promise<void> {
  const of =
    slo !== undefined
      ? { kind: 'slo', name: slo }
      : service !== undefined
        ? { kind: 'service', name: service }
        : misused(WHOSE[context.language]);
  const answer = await personClient(context).post('/v1/slo/corrections', { of, from, to, reason });
  tellChanged(context, answer);
}

const WHOSE = text('Give --slo or --service.', '--slo か --service を指定してください。');

/** `sekisho slo corrections undo ID --reason WORDS` */
export const sloCorrectionsUndo: CliCommand = {
  configure(command, context) {
    const say = (words: Text): string => words[context.language];
    command
      .argument('<correction>', say(text('the correction, cor_…', '除外の ID(cor_…)')))
      .requiredOption('--reason <words>', say(REASON))
      .action(async (id: string, { reason }: { readonly reason: string }) =>
        tellChanged(
          context,
          await personClient(context).post(`/v1/slo/corrections/${encodeURIComponent(id)}/undo`, { reason }),
        ),
      );
  },
};

const REASON = text('why, for the audit log', '理由(監査ログに残ります)');

function tellChanged(context: CliContext, answer: Parameters<typeof answerOf>[0]): void {
  const changed = answerOf(answer, correctionChanged, serverUrl(context));
  if (changed.ok) context.stdout.write(correctionText(changed.value.correction, context));
  else failWith(context, changed.error);
}

/** Two lines: what is left out, then who said so and why. */
function correctionText(correction: CorrectionAnswer, context: CliContext): string {
  const { language, stdout } = context;
  const paint = pc.createColors(stdout.isTerminal);
  const { id, of, from, to, reason, byWhom, undone } = correction;
  const name =
    of.kind === 'slo'
      ? visible(of.name)
      : text(`all SLOs of ${visible(of.name)}`, `${visible(of.name)} の全 SLO`)[language];
  const time = `${localTime(from, context)} – ${localTime(to, context)}`;
  const undoing =
    undone === undefined
      ? ''
      : `\n  ${text(`undone by ${visible(undone.byWhom)}, ${localTime(undone.at, context)}: ${visible(undone.reason)}`, `${visible(undone.byWhom)} が ${localTime(undone.at, context)} に取り消し: ${visible(undone.reason)}`)[language]}`;
  return `${paint.bold(name)}  ${time}\n  ${paint.dim(`${id}  ${visible(byWhom)}  ${visible(reason)}`)}${undoing}\n`;
}
