import type { CommanderError } from 'commander';
import { distance } from 'fastest-levenshtein';
import { type Problem, problem, type Text, text, verbatim } from '#core-values';
import { visible } from '#plan';

/** What commander knows when it refuses a command line. */
export interface RefusedUsage {
  readonly error: CommanderError;
  /** `sekisho audit list` */
  readonly command: string;
  /** Names below it, and its options in their long form: what may have been meant. */
  readonly commands: readonly string[];
  readonly options: readonly string[];
}

interface Explained {
  readonly rule: string;
  readonly message: Text;
  /** Stands before the pointer to help. */
  readonly remedy?: Text;
}

type Explain = (parts: readonly string[], usage: RefusedUsage) => Explained;

/**
 * Commander speaks English only, so its messages are taken apart and said again in both languages. Its version is pinned, and
 * the tests go through every kind; what is not recognised is shown as it is.
 */
const MESSAGES: Readonly<Record<string, readonly [RegExp, Explain]>> = {
  'commander.unknownCommand': [
    /^unknown command '(.*?)'(?:\n|$)/s,
    ([name = ''], { command, commands }) => ({
      rule: 'usage.unknown-command',
      message: text(
        `\`${command}\` has no command “${name}”.`,
        `\`${command}\` に「${name}」というコマンドはありません。`,
      ),
      ...didYouMean(name, commands, (near) => `\`${command} ${near}\``),
    }),
  ],
  'commander.unknownOption': [
    /^unknown option '(.*?)'(?:\n|$)/s,
    ([name = ''], { command, options }) => ({
      rule: 'usage.unknown-option',
      message: text(
        `\`${command}\` has no option “${name}”.`,
        `\`${command}\` に「${name}」というオプションはありません。`,
      ),
      ...didYouMean(name, options, (near) => near),
    }),
  ],
  'commander.missingArgument': [
    /^missing required argument '(.*)'$/s,
    ([name = ''], { command }) => ({
      rule: 'usage.missing-argument',
      message: text(`\`${command}\` needs <${name}>.`, `\`${command}\` には <${name}> が必要です。`),
      remedy: text(`Write \`${command} <${name}>\`.`, `\`${command} <${name}>\` のように指定してください。`),
    }),
  ],
  'commander.optionMissingArgument': [
    /^option '(.*)' argument missing$/s,
    ([flags = '']) => ({
      rule: 'usage.missing-value',
      message: text(`The option needs a value: ${flags}.`, `オプションに値が必要です: ${flags}`),
    }),
  ],
  'commander.missingMandatoryOptionValue': [
    /^required option '(.*)' not specified$/s,
    ([flags = ''], { command }) => ({
      rule: 'usage.missing-option',
      message: text(`\`${command}\` needs ${flags}.`, `\`${command}\` には ${flags} の指定が必要です。`),
    }),
  ],
  'commander.conflictingOption': [
    /^(?:option|environment variable) '(.*?)' cannot be used with (?:option|environment variable) '(.*)'$/s,
    ([one = '', other = '']) => ({
      rule: 'usage.conflicting-options',
      message: text(
        `${one} and ${other} cannot be used together.`,
        `${one} と ${other} は同時に指定できません。`,
      ),
      remedy: text('Leave one of them out.', 'どちらか一方だけを指定してください。'),
    }),
  ],
  'commander.excessArguments': [
    /^too many arguments(?: for '.*?')?\. Expected (\d+) arguments? but got (\d+): (.*)\.$/s,
    ([expected = '', got = '', list = ''], { command }) => ({
      rule: 'usage.too-many-arguments',
      message: text(
        `\`${command}\` takes ${expected} argument${expected === '1' ? '' : 's'}, and got ${got}: ${list}.`,
        `\`${command}\` の引数は ${expected} 個ですが、${got} 個指定されました: ${list}`,
      ),
      remedy: text('Put quotes around one with spaces in it.', '空白を含む引数は引用符で囲んでください。'),
    }),
  ],
  'commander.invalidArgument': [
    /^(?:option '(.*?)' argument|command-argument value) '(.*?)' is invalid(?: for argument '.*?')?\. (.*)$/s,
    ([flags = '', value = '', why = '']) => invalidValue(flags, value, why),
  ],
};

export function usageProblem(usage: RefusedUsage): Problem {
  const words = usage.error.message.replace(/^error: /, '');
  const [pattern, explain] = MESSAGES[usage.error.code] ?? [];
  const found = pattern?.exec(words);
  const explained =
    found && explain
      ? explain(
          found.slice(1).map((part = '') => visible(part)),
          usage,
        )
      : { rule: 'usage.refused', message: verbatim(visible(words)) };
  return problem('bad-input', {
    rule: explained.rule,
    message: explained.message,
    remedy: withHelp(explained.remedy, usage.command),
  });
}

const withHelp = (remedy: Text | undefined, command: string): Text =>
  text(
    `${remedy === undefined ? '' : `${remedy.en} `}\`${command} --help\` tells what it takes.`,
    `${remedy === undefined ? '' : remedy.ja}使い方は \`${command} --help\` で確認できます。`,
  );

/** Commander lists the choices in its message; our own parsers say what they want in the user's language. */
function invalidValue(flags: string, value: string, why: string): Explained {
  const of = flags === '' ? '' : `${flags}: `;
  const message = text(`${of}“${value}” does not fit.`, `${of}「${value}」は指定できません。`);
  const choices = /^Allowed choices are (.*)\.$/.exec(why)?.[1]?.split(', ');
  if (choices === undefined) return { rule: 'usage.bad-value', message, remedy: verbatim(why) };
  const near = nearest(value, choices);
  const known = text(`Known are ${choices.join(', ')}.`, `指定できるのは ${choices.join('、')} です。`);
  return {
    rule: 'usage.bad-value',
    message,
    remedy:
      near === undefined
        ? known
        : text(`Did you mean ${near}? ${known.en}`, `${near} のことでしょうか。${known.ja}`),
  };
}

function didYouMean(
  written: string,
  known: readonly string[],
  show: (near: string) => string,
): { readonly remedy?: Text } {
  const near = nearest(written, known);
  if (near === undefined) return {};
  return { remedy: text(`Did you mean ${show(near)}?`, `${show(near)} のことでしょうか。`) };
}

/** At most two letters in five may differ, so that nothing far-fetched is proposed. */
function nearest(written: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((name) => ({ name, apart: distance(name, written) }))
    .toSorted((a, b) => a.apart - b.apart);
  return best !== undefined && best.apart <= Math.max(1, Math.floor(written.length * 0.4))
    ? best.name
    : undefined;
}
