import { Option } from 'commander';
import pc from 'picocolors';
import { type Json, type Text, text } from '#core-values';
import { visible } from '#plan';
import { type IncidentAnswer, incidentChanged, incidentsAnswer } from '#slo/core';
import { personClient, serverUrl } from './clients.ts';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { wholeNumber } from './option-values.ts';
import { failWith } from './problem-text.ts';
import { answerOf } from './server-answer.ts';
import { localTime } from './time-text.ts';

interface ListOptions {
  readonly state?: string;
  readonly slo?: string;
  readonly format: 'text' | 'json';
}

/** `sekisho slo incidents list`: those that are open first. */
export const sloIncidentsList: CliCommand = {
  configure(command, context) {
    const say = (words: Text): string => words[context.language];
    command
      .addOption(
        new Option('--state <state>', say(text('only these', 'この状態のみ'))).choices(['open', 'resolved']),
      )
      .option('--slo <name>', say(text('only of this SLO', 'この SLO のみ')))
      .addOption(
        new Option('--format <format>', say(text('form of the output', '出力形式')))
          .choices(['text', 'json'])
          .default('text'),
      )
      .action((options: ListOptions) => list(context, options));
  },
};

async function list(context: CliContext, { format, ...filter }: ListOptions): Promise<void> {
  const answer = await personClient(context).get(`/v1/slo/incidents?${new URLSearchParams(filter)}`);
  const found = answerOf(answer, incidentsAnswer, serverUrl(context));
  if (!found.ok) return failWith(context, found.error);
  const { incidents } = found.value;
  if (format === 'json') context.stdout.write(`${JSON.stringify(found.value, undefined, 2)}\n`);
  else if (incidents.length === 0) context.stdout.write(`${NONE[context.language]}\n`);
  else for (const incident of incidents) context.stdout.write(incidentText(incident, context));
}

const NONE = text('No incidents.', 'インシデントはありません。');

/** `sekisho slo incidents acknowledge ID` */
export const sloIncidentsAcknowledge: CliCommand = {
  configure(command, context) {
    command
      .argument('<incident>', INCIDENT[context.language])
      .action((id: string) => act(context, id, 'acknowledgement', {}));
  },
};

/** `sekisho slo incidents silence ID --minutes N --reason WORDS` */
export const sloIncidentsSilence: CliCommand = {
  configure(command, context) {
    const say = (words: Text): string => words[context.language];
    command
      .argument('<incident>', INCIDENT[context.language])
      .requiredOption(
        '--minutes <n>',
        say(text('how long nobody is told; 0 ends the silence', '通知を止める分数(0 で再開)')),
        wholeNumber(context.language, 0, 7 * 1440),
      )
      .requiredOption('--reason <words>', say(REASON))
      .action((id: string, { minutes, reason }: { readonly minutes: string; readonly reason: string }) => {
        const until = new Date(context.clock.now() + Number(minutes) * 60_000).toISOString();
        return act(context, id, 'silence', { until, reason });
      });
  },
};

/** `sekisho slo incidents resolve ID --reason WORDS` */
export const sloIncidentsResolve: CliCommand = {
  configure(command, context) {
    command
      .argument('<incident>', INCIDENT[context.language])
      .requiredOption('--reason <words>', REASON[context.language])
      .action((id: string, { reason }: { readonly reason: string }) =>
        act(context, id, 'resolution', { reason }),
      );
  },
};

const INCIDENT = text('the incident, inc_…', 'インシデントの ID(inc_…)');
const REASON = text('why, for the audit log', '理由(監査ログに残ります)');

async function act(context: CliContext, id: string, what: string, body: Json): Promise<void> {
  const path = `/v1/slo/incidents/${encodeURIComponent(id)}/${what}`;
  const changed = answerOf(await personClient(context).post(path, body), incidentChanged, serverUrl(context));
  if (!changed.ok) return failWith(context, changed.error);
  context.stdout.write(incidentText(changed.value.incident, context));
}

const STATES: Readonly<Record<IncidentAnswer['state'], Text>> = {
  open: text('open', '未対応'),
  acknowledged: text('acknowledged', '対応中'),
  silenced: text('silenced', '通知停止中'),
  resolved: text('resolved', '解決'),
};

/** Two lines: what and since when, then who and how bad. */
function incidentText(incident: IncidentAnswer, context: CliContext): string {
  const { language, stdout } = context;
  const paint = pc.createColors(stdout.isTerminal);
  const {
    id,
    slo,
    service,
    severity,
    state,
    openedAt,
    acknowledged,
    silenced,
    resolved,
    burn,
    remainingPpm,
  } = incident;
  const who = resolved?.byWhom ?? silenced?.byWhom ?? acknowledged?.byWhom;
  const sign =
    state === 'resolved' ? paint.green('✓') : severity === 'page' ? paint.red('●') : paint.yellow('●');
  const detail = [
    id,
    burn.rate === undefined ? undefined : `${Number(burn.rate.toPrecision(3))}×`,
    remainingPpm === undefined
      ? undefined
      : text(`${remainingPpm / 10_000}% left`, `残 ${remainingPpm / 10_000}%`)[language],
    who,
    silenced &&
      text(`until ${localTime(silenced.until, context)}`, `${localTime(silenced.until, context)} まで`)[
        language
      ],
    resolved?.reason ?? silenced?.reason,
  ].flatMap((part) => (part === undefined ? [] : [visible(part)]));
  const head = `${paint.bold(visible(slo))} (${visible(service)})  ${severity}, ${STATES[state][language]}, ${localTime(openedAt, context)}`;
  return `${sign} ${head}\n  ${paint.dim(detail.join('  '))}\n`;
}
