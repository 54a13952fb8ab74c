import { type Command, InvalidArgumentError } from 'commander';
import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import { KNOWN_FORMATS, type LogFormat, parseLogFormat, TEXT_FIELDS } from '#slo/core';
import type { CliContext } from './context.ts';

const WORDS = {
  format: text(
    `format of the logs: ${KNOWN_FORMATS.join(', ')}; or the log_format of nginx or LogFormat of Apache; found by content if left out`,
    `ログの形式: ${KNOWN_FORMATS.join('、')}。または nginx の log_format か Apache の LogFormat。省略時は内容から判定`,
  ),
  field: text(
    `what a name of the format means, as customer=http_x_customer (${TEXT_FIELDS.join(', ')}); may be repeated`,
    `形式中の名前の意味。例: customer=http_x_customer(${TEXT_FIELDS.join('、')})。複数指定可`,
  ),
};

export interface LogOptions {
  readonly logFormat?: string;
  readonly logField: Readonly<Record<string, string>>;
}

/** Adds `--log-format` and `--log-field`. */
export const withLogOptions = (command: Command, context: CliContext): Command =>
  command
    .option('--log-format <format>', WORDS.format[context.language])
    .option('--log-field <name=key>', WORDS.field[context.language], namedField(context), {});

const namedField =
  ({ language }: CliContext) =>
  (words: string, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> => {
    const [name = '', ...rest] = words.split('=');
    if (TEXT_FIELDS.some((field) => field === name) && rest.join('=') !== '')
      return { ...before, [name]: rest.join('=') };
    throw new InvalidArgumentError(
      text(
        `Write it as customer=http_x_customer; names are ${TEXT_FIELDS.join(', ')}.`,
        `customer=http_x_customer のように書いてください。名前は ${TEXT_FIELDS.join('、')} です。`,
      )[language],
    );
  };

/** The format that was told; undefined where it shall be found by content. */
export function logFormatOf({ logFormat, logField }: LogOptions): Result<LogFormat | undefined, Problem> {
  const named = Object.keys(logField).length > 0;
  if (logFormat === undefined) return named ? err(FIELDS_ALONE) : ok(undefined);
  const kind = KNOWN_FORMATS.find((known) => known === logFormat.trim());
  if (kind === 'json' || kind === 'ltsv') {
    const fields = Object.fromEntries(
      TEXT_FIELDS.flatMap((field) => {
        const key = logField[field];
        return key === undefined ? [] : [[key, field === 'path' ? 'target' : field] as const];
      }),
    );
    return ok({ kind, fields });
  }
  if (kind !== undefined) return named ? err(FIELDS_ALONE) : ok({ kind });
  if (!/[$%]/.test(logFormat)) return err(unknownName(logFormat));
  const layout = parseLogFormat(logFormat, logField);
  return layout.ok ? ok({ kind: 'layout', layout: layout.value }) : layout;
}

const FIELDS_ALONE = problem('bad-input', {
  rule: 'slo.log-field',
  message: text(
    '--log-field names what stands in a log_format, JSON or LTSV.',
    '--log-field は log_format、JSON、LTSV の中の名前を指すものです。',
  ),
  remedy: text(
    'Say --log-format json, ltsv, or the log_format that has the name.',
    '--log-format に json、ltsv、またはその名前を含む log_format を指定してください。',
  ),
});

const unknownName = (words: string): Problem =>
  problem('bad-input', {
    rule: 'slo.log-format-unknown',
    message: text(
      `“${words}” is no format that is known, nor a log_format.`,
      `「${words}」は既知の形式名でも log_format でもありません。`,
    ),
    remedy: text(
      `Known are ${KNOWN_FORMATS.join(', ')}. Put a log_format in single quotes, so that the shell leaves its $ alone.`,
      `既知の形式名は ${KNOWN_FORMATS.join('、')} です。log_format は、シェルが $ を展開しないよう単一引用符で囲んでください。`,
    ),
  });
