import type { Command } from 'commander';
import pc from 'picocolors';
import { type Text, text } from '#core-values';
import {
  type EvaluationQuestion,
  evaluate,
  keysWaitedFor,
  type LayerOutcome,
  nearestToAllowed,
  outcomeText,
  parseEvaluation,
  quoted,
  reasonOf,
  statementText,
  type Verdict,
  verdictWords,
} from '#iam/core';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { readIamFile } from './iam-file.ts';
import { failWith } from './problem-text.ts';

const FORMATS = ['text', 'json'] as const;

interface Options {
  readonly format: (typeof FORMATS)[number];
}

const WORDS = {
  file: text(
    'request and policies as JSON (docs/iam-evaluate.md), or - for standard input',
    'リクエストとポリシーの JSON(docs/iam-evaluate.ja.md)、または -(標準入力)',
  ),
  format: text('Output format', '出力形式'),
  layers: text('Layers', 'レイヤー'),
  yes: text('allows', '許可'),
  no: text('does not allow', '許可しない'),
  unknown: text('unknown', '判定不能'),
  waits: text('Tell these condition keys to decide it', '判定に必要な条件キー'),
  changes: text('Nearest to allowed (all of these)', '許可に最も近い変更(すべて必要)'),
};

/** `sekisho iam evaluate FILE`: exit 0 when AWS would allow the request, 3 when it would not or that is not known, 2 for bad input. */
export const iamEvaluate: CliCommand = {
  configure(command: Command, context: CliContext): void {
    const { language } = context;
    command
      .argument('<file>', WORDS.file[language])
      .addOption(
        command.createOption('--format <format>', WORDS.format[language]).choices(FORMATS).default('text'),
      )
      .action(async (file: string, { format }: Options) => {
        const source = await readIamFile(file, context);
        if (!source.ok) return failWith(context, source.error);
        const question = parseEvaluation(source.value, file);
        if (!question.ok) return failWith(context, question.error);
        const answer = answerTo(question.value);
        context.stdout.write(
          format === 'json' ? `${JSON.stringify(asJson(answer), undefined, 2)}\n` : asText(answer, context),
        );
        context.exitWith(answer.verdict.kind === 'allowed' ? 0 : 3);
      });
  },
};

function answerTo({ layers, request }: EvaluationQuestion) {
  const verdict = evaluate(layers, request);
  return {
    request,
    verdict,
    reason: reasonOf(verdict, request),
    waitsFor: keysWaitedFor(layers, request, verdict),
    changes: nearestToAllowed(layers, request, verdict),
  };
}

type Answer = ReturnType<typeof answerTo>;

const asJson = ({ request, verdict, reason, waitsFor, changes }: Answer) => ({
  formatVersion: 1,
  verdict: verdict.kind,
  action: request.action,
  resource: request.resource,
  reason,
  sameAccount: verdict.sameAccount,
  deciding: verdict.deciding,
  missing: verdict.missing,
  layers: verdict.outcomes,
  waitsFor,
  changes,
});

const MARKS: Readonly<Record<Verdict['kind'], string>> = {
  allowed: '✓',
  'explicitly-denied': '✗',
  'implicitly-denied': '✗',
  unknown: '?',
};

function asText({ request, verdict, reason, waitsFor, changes }: Answer, context: CliContext): string {
  const { language } = context;
  const paint = pc.createColors(context.stdout.isTerminal);
  const color = {
    allowed: paint.green,
    unknown: paint.yellow,
    'explicitly-denied': paint.red,
    'implicitly-denied': paint.red,
  };
  const title = color[verdict.kind](
    paint.bold(`${MARKS[verdict.kind]} ${verdictWords[verdict.kind][language]}`),
  );
  const section = (words: Text, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ['', paint.bold(words[language]), ...lines.map((line) => `  ${line}`)];
  return `${[
    `${title}: ${request.action} → ${quoted(request.resource)}`,
    `  ${reason[language]}`,
    ...section(
      WORDS.layers,
      verdict.outcomes.map((outcome) => outcomeLine(outcome, context)),
    ),
    ...section(
      WORDS.waits,
      waitsFor.map((key) => `• ${quoted(key)}`),
    ),
    ...section(
      WORDS.changes,
      changes.map(({ message }) => `• ${message[language]}`),
    ),
  ].join('\n')}\n`;
}

function outcomeLine(outcome: LayerOutcome, { language, stdout }: CliContext): string {
  const paint = pc.createColors(stdout.isTerminal);
  const by = outcome.by === undefined ? '' : paint.dim(` ← ${statementText(outcome.by)[language]}`);
  return `${outcomeText(outcome)[language]}: ${WORDS[outcome.allows][language]}${by}`;
}
