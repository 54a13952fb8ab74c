import { Option } from 'commander';
import pc from 'picocolors';
import { type Text, text } from '#core-values';
import { visible } from '#plan';
import { type SloAnswer, type SlosAnswer, slosAnswer } from '#slo/core';
import { personClient, serverUrl } from './clients.ts';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { failWith } from './problem-text.ts';
import { answerOf } from './server-answer.ts';
import { localTime } from './time-text.ts';

interface StatusOptions {
  readonly service?: string;
  readonly format: 'text' | 'json';
}

/** `sekisho slo status`: what is left of each budget; exit code 1 where one is spent or burns. */
export const sloStatus: CliCommand = {
  configure(command, context) {
    const say = (words: Text): string => words[context.language];
    command
      .option('--service <name>', say(text('only this service', 'このサービスのみ')))
      .addOption(
        new Option('--format <format>', say(text('form of the output', '出力形式')))
          .choices(['text', 'json'])
          .default('text'),
      )
      .action((options: StatusOptions) => status(context, options));
  },
};

async function status(context: CliContext, { service, format }: StatusOptions): Promise<void> {
  const answer = answerOf(await personClient(context).get('/v1/slos'), slosAnswer, serverUrl(context));
  if (!answer.ok) return failWith(context, answer.error);
  const services = answer.value.services.filter(({ name }) => service === undefined || name === service);
  if (format === 'json')
    context.stdout.write(`${JSON.stringify({ ...answer.value, services }, undefined, 2)}\n`);
  else
    context.stdout.write(services.length === 0 ? `${NONE[context.language]}\n` : textOf(services, context));
  const isBad = services.some(({ slos }) => slos.some(isSpentOrBurning));
  if (isBad) context.exitWith(1);
}

const NONE = text(
  'No SLOs are defined. Begin with `sekisho slo suggest` on your access logs.',
  'SLO が定義されていません。まずアクセスログに対して `sekisho slo suggest` を実行してください。',
);

const isSpentOrBurning = ({ burning, objectives }: SloAnswer): boolean =>
  burning || objectives.some(({ budget }) => budget.verdict === 'spent');

const textOf = (services: SlosAnswer['services'], context: CliContext): string => {
  const paint = pc.createColors(context.stdout.isTerminal);
  return services
    .map(
      ({ name, slos }) =>
        `${paint.bold(visible(name))}\n${slos.map((slo) => sloText(slo, context)).join('')}`,
    )
    .join('\n');
};

function sloText(slo: SloAnswer, context: CliContext): string {
  const { language, stdout } = context;
  const paint = pc.createColors(stdout.isTerminal);
  const { name, data, burning, objectives, incident } = slo;
  if (data.state === 'none') return `  ${visible(name)}  ${paint.dim(NO_DATA[language])}\n`;
  const late =
    data.state === 'late' && data.upTo !== undefined
      ? [paint.yellow(LATE(localTime(data.upTo, context))[language])]
      : [];
  const told = incident === undefined ? [] : [paint.red(`${incident.severity} ${incident.id}`)];
  const lines = objectives.map(({ targetPpm, sli, budget, sparkline }) => {
    const left = budget.remainingPpm === undefined ? '—' : `${(budget.remainingPpm / 10_000).toFixed(1)}%`;
    const color = budget.verdict === 'spent' ? paint.red : burning ? paint.yellow : paint.green;
    const sliWords = sli.ppm === undefined ? '—' : `${sli.ppm / 10_000}%`;
    const words = text(
      `${sliWords} of ${targetPpm / 10_000}%, left`,
      `${sliWords}(目標 ${targetPpm / 10_000}%)、残`,
    );
    return [
      `  ${visible(name)}`,
      words[language],
      color(left),
      sparks(sparkline.remainingPpm),
      ...told,
      ...late,
    ].join('  ');
  });
  return `${lines.join('\n')}\n`;
}

const NO_DATA = text('nothing was ever counted', '集計データなし');
const LATE = (at: string): Text => text(`counted up to ${at} only`, `${at} までの集計`);

const BARS = '▁▂▃▄▅▆▇█';

/** From nothing left to all of it; a gap where it is not known. */
const sparks = (values: readonly (number | null)[]): string =>
  values
    .map((value) =>
      value === null ? ' ' : (BARS[Math.min(7, Math.max(0, Math.floor((value / 1_000_000) * 8)))] ?? ' '),
    )
    .join('');
