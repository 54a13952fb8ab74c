import pc from 'picocolors';
import { type Text, text } from '#core-values';
import { visible } from '#plan';
import { code, plain } from '#plan/core';
import type { AffectedReason, AffectedStack } from '#repository';
import type { AffectedReport } from './affected-stacks.ts';
import type { CliContext } from './context.ts';
import { environmentMark } from './plan-text.ts';

/** Enough to see why; `--format json` has more. */
const MOST_SHOWN = 3;

const KINDS: Readonly<Record<AffectedReason['kind'], Text>> = {
  folder: text('changed', '変更'),
  'lock-file': text('providers locked anew', 'プロバイダーのロックを変更'),
  module: text('module changed', 'モジュールの変更'),
  'shared-file': text('file it reads', '参照するファイルの変更'),
  declared: text('alsoAffectedBy', 'alsoAffectedBy'),
  deleted: text('folder deleted', 'フォルダーの削除'),
  renamed: text('folder renamed', 'フォルダーの移動'),
  unreadable: text('cannot be read, so anything may affect it', '解析できないため、常に影響ありとみなす'),
  asked: text('asked for', '指定'),
};

/** `module changed: modules/tags/main.tf (stacks/a → modules/queue → modules/tags)` */
function reasonText({ kind, path, via }: AffectedReason, context: Pick<CliContext, 'language'>): string {
  const way = via === undefined ? '' : ` (${via.map(visible).join(' → ')})`;
  return `${KINDS[kind][context.language]}: ${visible(path)}${way}`;
}

const isPlanned = ({ fate }: AffectedStack): boolean => fate === 'plan';

/** What is affected and why, wave by wave; then what is not planned, and what is wrong. */
export function affectedText(report: AffectedReport, context: CliContext): string {
  const { language } = context;
  const paint = pc.createColors(context.stdout.isTerminal);
  const { affected, stacks, compared } = report;
  const planned = affected.stacks.filter(isPlanned);
  const lines = [
    compared.kind === 'everything'
      ? paint.yellow(compared.because.message[language])
      : paint.dim(`${compared.before.slice(0, 12)} → ${compared.after.slice(0, 12)}`),
    paint.bold(countText(planned.length, stacks.size)[language]),
  ];
  for (const [wave, within] of Map.groupBy(planned, (one) => one.wave)) {
    lines.push('', paint.dim(waveText(wave)[language]));
    for (const one of within) {
      const environment = stacks.get(one.stack)?.account.environment;
      const mark = environment === undefined ? '' : `  ${environmentMark(environment, paint)}`;
      lines.push(`  ${paint.green('●')} ${paint.bold(one.stack)}${mark}  ${paint.dim(visible(one.path))}`);
      for (const reason of one.reasons.slice(0, MOST_SHOWN))
        lines.push(`      ${reasonText(reason, context)}`);
      if (one.hasMoreReasons || one.reasons.length > MOST_SHOWN)
        lines.push(`      ${paint.dim(MORE[language])}`);
    }
  }
  const warnings = warningsOf(report).map((words) => `${paint.yellow('▲')} ${words[language]}`);
  return `${[...lines, ...(warnings.length === 0 ? [] : ['', ...warnings])].join('\n')}\n`;
}

/** The job's summary page, as Markdown. */
export function affectedMarkdown(report: AffectedReport, { language }: Pick<CliContext, 'language'>): string {
  const { affected, stacks } = report;
  const planned = affected.stacks.filter(isPlanned);
  const rows = planned.map(({ stack, path, wave, reasons: [first] }) => {
    const environment = stacks.get(stack)?.account.environment ?? '';
    const cells = [code(stack), plain(environment), String(wave), code(path)];
    return `| ${cells.join(' | ')} | ${plain(reasonText(first, { language }))} |`;
  });
  const heading =
    language === 'ja'
      ? '| スタック | 環境 | 順番 | フォルダー | 理由 |'
      : '| Stack | Environment | Wave | Folder | Why |';
  const table = rows.length === 0 ? [] : [heading, '|---|---|---|---|---|', ...rows.slice(0, MOST_ROWS), ''];
  const more = rows.length > MOST_ROWS ? [MORE[language], ''] : [];
  const warnings = warningsOf(report).map((words) => `- ⚠️ ${plain(words[language])}`);
  return [
    `### Sekisho: ${countText(planned.length, stacks.size)[language]}`,
    '',
    ...table,
    ...more,
    ...warnings,
  ].join('\n');
}

/** A summary page holds a mebibyte at most; people read less. */
const MOST_ROWS = 500;

/** What somebody should look at: deleted and moved stacks, folders that are nowhere, files that do not parse. */
export function warningsOf({ affected, faults }: AffectedReport): readonly Text[] {
  return [
    ...affected.stacks.filter((one) => !isPlanned(one)).map(goneText),
    ...[...affected.missing.map(({ reason }) => reason), ...faults].map(({ message, remedy }) =>
      text(`${visible(message.en)} ${visible(remedy.en)}`, `${visible(message.ja)} ${visible(remedy.ja)}`),
    ),
  ];
}

function goneText({ stack, path, movedTo }: AffectedStack): Text {
  if (movedTo !== undefined) {
    return text(
      `${stack} is not planned: its folder ${path} moved to ${visible(movedTo)}. Set \`path\` of ${stack} in sekisho.yaml to ${visible(movedTo)}; its state stays the same.`,
      `${stack} はプランの対象外です。フォルダー ${path} が ${visible(movedTo)} に移動しています。sekisho.yaml の ${stack} の \`path\` を ${visible(movedTo)} に変更してください(state はそのままです)。`,
    );
  }
  return text(
    `${stack} is not planned: its folder ${path} is deleted. What it deployed stays in AWS. To remove it, restore the folder, empty its configuration, apply that, and delete the folder and the stack in sekisho.yaml afterwards.`,
    `${stack} はプランの対象外です。フォルダー ${path} が削除されています。デプロイ済みのリソースは AWS に残ります。リソースも削除する場合は、フォルダーを元に戻し、リソース定義を空にして適用してから、フォルダーと sekisho.yaml の定義を削除してください。`,
  );
}

const countText = (planned: number, all: number): Text =>
  text(
    planned === 0 ? `None of ${all} stacks is affected` : `${planned} of ${all} stacks to plan`,
    planned === 0
      ? `影響を受けるスタックはありません(全 ${all} スタック)`
      : `プラン対象: ${planned} / ${all} スタック`,
  );

const waveText = (wave: number): Text => text(`Wave ${wave}`, `${wave} 番目`);

const MORE = text('… and more', '… ほか');
