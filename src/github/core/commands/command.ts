import { distance } from 'fastest-levenshtein';
import { parseStackName, type Reason, type StackName, type Text, text } from '#core-values';
import { visible } from '#plan/core';

export const VERBS = ['plan', 'approve', 'reject', 'apply', 'cancel', 'explain', 'unlock', 'help'] as const;

export type Verb = (typeof VERBS)[number];

/** What somebody asks for in a comment. */
export interface PullRequestCommand {
  readonly verb: Verb;
  /** Absent where nobody said: the only stack that the change touches. */
  readonly target?: StackName | 'all';
  readonly reason?: string;
}

export type ReadComment =
  /** Speaks to people. */
  | { readonly kind: 'none' }
  | { readonly kind: 'command'; readonly command: PullRequestCommand }
  | { readonly kind: 'refused'; readonly reason: Reason };

const TAKES_REASON: readonly Verb[] = ['approve', 'reject', 'apply', 'cancel', 'unlock'];
const MOST_REASON = 500;
const LONGEST_SHOWN = 60;

/** `/sekisho` as the first word of a line, with up to three spaces before it as Markdown allows a paragraph. */
const ADDRESSED = /^ {0,3}\/sekisho(?=\s|$)/;

/**
 * Reads a comment. A command is the first line, exactly: `/sekisho VERB [STACK|all] [--reason "…"]`. In a quote or in code it is somebody
 * else's, and speaks to nobody; further down, or more than once, it is refused, so that nobody waits for nothing.
 */
export function readComment(body: string): ReadComment {
  const lines = addressed(body);
  const [first, ...more] = lines;
  if (first === undefined) return { kind: 'none' };
  if (more.length > 0) return refused('command.several', SEVERAL, ONE_EACH);
  if (first.line !== 0) return refused('command.not-first', NOT_FIRST, MOVE_UP);
  return readLine(first.words);
}

/** The lines that speak to us, outside quotes, fences and indented code. */
function addressed(body: string): readonly { readonly line: number; readonly words: string }[] {
  let fence: string | undefined;
  return body.split(/\r\n|\r|\n/).flatMap((words, line) => {
    const [, run] = /^ {0,3}(`{3,}|~{3,})/.exec(words) ?? [];
    if (fence !== undefined) {
      const closes = run?.startsWith(fence) && words.trim() === run;
      if (closes) fence = undefined;
      return [];
    }
    if (run !== undefined) {
      fence = run;
      return [];
    }
    return ADDRESSED.test(words) ? [{ line, words }] : [];
  });
}

const refused = (rule: string, message: Text, remedy: Text): ReadComment => ({
  kind: 'refused',
  reason: { rule, message, remedy },
});

type Token = { readonly kind: 'word' | 'quoted'; readonly words: string };

function readLine(line: string): ReadComment {
  const rest = line.replace(ADDRESSED, '').trim();
  if (rest === '') return { kind: 'command', command: { verb: 'help' } };
  const tokens = tokensOf(rest);
  if (tokens === undefined) return refused('command.quotes', BAD_QUOTES, GRAMMAR);
  const [first, ...others] = tokens;
  if (first === undefined) return refused('command.unknown', unknownWords(''), GRAMMAR);
  const verb = VERBS.find((known) => known === first.words && first.kind === 'word');
  if (verb === undefined)
    return refused('command.unknown', unknownWords(first.words), meant(first.words, VERBS));
  return readRest(verb, others);
}

/** Words between spaces, and words in double quotes; `undefined` for a quote that does not end, or that is glued to a word. */
function tokensOf(line: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  let rest = line;
  while (rest !== '') {
    const [whole, quoted, word] = /^(?:["“]([^"“”]*)["”]|([^\s"“”]+))(?:\s+|$)/.exec(rest) ?? [];
    if (whole === undefined) return undefined;
    tokens.push(
      quoted === undefined ? { kind: 'word', words: word ?? '' } : { kind: 'quoted', words: quoted },
    );
    rest = rest.slice(whole.length);
  }
  return tokens;
}

function readRest(verb: Verb, tokens: readonly Token[]): ReadComment {
  let target: StackName | 'all' | undefined;
  let reason: string | undefined;
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token === undefined) break;
    if (token.kind === 'word' && token.words === '--reason') {
      const next = tokens[at + 1];
      if (!TAKES_REASON.includes(verb)) return refused('command.reason-not-taken', noReason(verb), GRAMMAR);
      if (
        reason !== undefined ||
        next?.kind !== 'quoted' ||
        next.words.trim() === '' ||
        next.words.length > MOST_REASON
      )
        return refused('command.reason', BAD_REASON, GRAMMAR);
      reason = next.words.trim();
      at += 1;
      continue;
    }
    if (token.kind === 'word' && token.words.startsWith('-'))
      return refused('command.option', unknownOption(token.words), meant(token.words, ['--reason']));
    const name = token.kind === 'word' && token.words === 'all' ? 'all' : parseStackName(token.words);
    if (token.kind !== 'word' || name === undefined || target !== undefined || verb === 'help')
      return refused('command.target', badTarget(token.words), GRAMMAR);
    target = name;
  }
  return {
    kind: 'command',
    command: {
      verb,
      ...(target === undefined ? {} : { target }),
      ...(reason === undefined ? {} : { reason }),
    },
  };
}

const shown = (words: string): string =>
  visible(words.length > LONGEST_SHOWN ? `${words.slice(0, LONGEST_SHOWN).toWellFormed()}…` : words);

/** The known word that was probably meant. */
export function nearest<T extends string>(words: string, known: readonly T[]): T | undefined {
  const [first] = known.toSorted((one, other) => distance(one, words) - distance(other, words));
  return first !== undefined && distance(first, words) <= Math.max(1, Math.floor(first.length / 3))
    ? first
    : undefined;
}

function meant(words: string, known: readonly string[]): Text {
  const near = nearest(words.toLowerCase(), known);
  return near === undefined
    ? GRAMMAR
    : text(`Did you mean ${near}? ${GRAMMAR.en}`, `${near} のことでしょうか。${GRAMMAR.ja}`);
}

const GRAMMAR = text(
  'Write it as the first line: /sekisho VERB [STACK or all] [--reason "…"]; /sekisho help lists the verbs.',
  '1 行目に /sekisho 動詞 [スタック または all] [--reason "…"] の形で書いてください。動詞の一覧は /sekisho help で確認できます。',
);
const SEVERAL = text(
  'This comment holds more than one command, and none was followed.',
  'このコメントには複数のコマンドが含まれているため、どれも実行しませんでした。',
);
const ONE_EACH = text('Write one comment for each.', 'コマンドごとに別のコメントを書いてください。');
const NOT_FIRST = text(
  'A command counts only as the first line of a comment; this one was not followed.',
  'コマンドはコメントの 1 行目に書いた場合だけ有効です。このコマンドは実行しませんでした。',
);
const MOVE_UP = text(
  'Write a new comment that begins with it.',
  'コマンドで始まる新しいコメントを書いてください。',
);
const BAD_QUOTES = text('The quotation marks do not match.', '引用符の対応が正しくありません。');
const BAD_REASON = text(
  `A reason is given once, in quotation marks: --reason "…", at most ${MOST_REASON} characters.`,
  `理由は --reason "…" の形で 1 回だけ、${MOST_REASON} 文字以内で指定してください。`,
);
const unknownWords = (words: string): Text =>
  text(`There is no command “${shown(words)}”.`, `「${shown(words)}」というコマンドはありません。`);
const unknownOption = (words: string): Text =>
  text(`There is no option “${shown(words)}”.`, `「${shown(words)}」というオプションはありません。`);
const badTarget = (words: string): Text =>
  text(`“${shown(words)}” is not expected here.`, `「${shown(words)}」はここに指定できません。`);
const noReason = (verb: Verb): Text =>
  text(`The command ${verb} takes no reason.`, `コマンド ${verb} に理由は指定できません。`);
