import { type Text, text } from '#core-values';
import type { Answers } from './answers.ts';
import type { Choice } from './prompter.ts';
import type { GitFacts } from './remote.ts';
import type { Survey } from './survey.ts';

/** What is known while asking. */
export interface Known {
  readonly answers: Answers;
  readonly survey: Survey;
  readonly git: GitFacts;
  /** Public SSH keys of whoever sits here. */
  readonly ownKeys: readonly string[];
}

export interface Question {
  /** Of the answer, and on the command line: `--server-role`. */
  readonly key: string;
  /** How to answer it on the command line. */
  readonly flag: string;
  readonly ask: Text;
  /** Taken without asking: the repository itself tells. */
  readonly found?: string;
  /** Taken where the person presses return, and by `--yes`. */
  readonly suggestion?: string;
  readonly choices?: readonly Choice[];
  /** What is wrong with an answer; `undefined` where nothing is. */
  readonly fault: (answer: string) => Text | undefined;
}

type Parse = (answer: string) => unknown;

export const form =
  (parse: Parse, fault: Text) =>
  (answer: string): Text | undefined =>
    parse(answer) === undefined ? fault : undefined;

export const oneOf =
  (choices: readonly Choice[]) =>
  (answer: string): Text | undefined =>
    choices.some(({ value }) => value === answer)
      ? undefined
      : text(
          `One of: ${choices.map(({ value }) => value).join(', ')}.`,
          `次のいずれかを指定してください: ${choices.map(({ value }) => value).join('、')}`,
        );

export const YES_NO: readonly Choice[] = [
  { value: 'no', label: text('no', 'いいえ') },
  { value: 'yes', label: text('yes', 'はい') },
];

/** Ids that CI's tokens carry: GitHub's and GitLab's numbers. */
export const ID_FAULT = text('Only digits.', '数字だけを入力してください。');
