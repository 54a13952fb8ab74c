import { parseAccountName, parseRegion } from '#accounts/core';
import { parseAccountId, type Text, text } from '#core-values';
import type { Answers } from './answers.ts';
import type { Choice } from './prompter.ts';
import { form, type Known, oneOf, type Question } from './question.ts';

const ENVIRONMENT_CHOICES: readonly Choice[] = [
  { value: 'production', label: text('production', '本番(production)') },
  { value: 'staging', label: text('staging', 'ステージング(staging)') },
  { value: 'development', label: text('development', '開発(development)') },
  { value: 'sandbox', label: text('sandbox', 'サンドボックス(sandbox)') },
  { value: 'shared', label: text('shared by the others', '共有(shared)') },
];

/** Asked of a stack for which its own configuration does not say it; `skip` leaves a folder out. */
export function stackQuestions({ answers, survey }: Known): readonly Question[] {
  const regions = survey.stacks.map(({ region }) => region).filter((one) => one !== undefined);
  return survey.stacks.flatMap(({ path, account, region }): Question[] => {
    const stays = answers[accountKey(path)] !== 'skip';
    const where: Question[] =
      account !== undefined &&
      parseAccountId(account) !== undefined &&
      answers[accountKey(path)] === undefined
        ? []
        : [
            {
              key: accountKey(path),
              flag: `--stack ${path}=ACCOUNT:REGION, or --skip ${path}`,
              ask: text(
                `Account of ${path}? (twelve digits; skip: no stack)`,
                `${path} のアカウントは? (12 桁。スタックでない場合は skip)`,
              ),
              fault: form(
                (answer) => (answer === 'skip' ? answer : parseAccountId(answer)),
                text('Twelve digits, or skip.', '12 桁の数字、または skip を入力してください。'),
              ),
            },
          ];
    const which: Question[] =
      !stays ||
      (region !== undefined && parseRegion(region) !== undefined && answers[regionKey(path)] === undefined)
        ? []
        : [
            {
              key: regionKey(path),
              flag: `--stack ${path}=ACCOUNT:REGION`,
              ask: text(`Region of ${path}?`, `${path} のリージョンは?`),
              ...(regions[0] !== undefined && { suggestion: regions[0] }),
              fault: form(
                parseRegion,
                text('As `ap-northeast-1`.', '`ap-northeast-1` の形で入力してください。'),
              ),
            },
          ];
    return [...where, ...which];
  });
}

export const accountKey = (path: string): string => `stack ${path} account`;
export const regionKey = (path: string): string => `stack ${path} region`;

/** Where each stack goes, by its own configuration or by what was answered. */
export const placesOf = ({ answers, survey }: Pick<Known, 'answers' | 'survey'>) =>
  survey.stacks.flatMap((stack) => {
    const account = parseAccountId(answers[accountKey(stack.path)] ?? stack.account ?? '');
    const region = parseRegion(answers[regionKey(stack.path)] ?? stack.region ?? '');
    return account === undefined || region === undefined ? [] : [{ stack, account, region }];
  });

export function accountQuestions(known: Known): readonly Question[] {
  const places = placesOf(known);
  return [...new Set(places.map(({ account }) => account))].toSorted().map((account): Question => {
    const paths = places.filter((one) => one.account === account).map(({ stack }) => stack.path);
    const guess = environmentOf(paths);
    return {
      key: environmentKey(account),
      flag: `--account ${account}=NAME:ENVIRONMENT`,
      ask: text(
        `What is account ${account} for? (${shown(paths).en})`,
        `アカウント ${account} の用途は? (${shown(paths).ja})`,
      ),
      ...(guess !== undefined && { suggestion: guess }),
      choices: ENVIRONMENT_CHOICES,
      fault: oneOf(ENVIRONMENT_CHOICES),
    };
  });
}

export const environmentKey = (account: string): string => `account ${account} environment`;
export const accountNameKey = (account: string): string => `account ${account} name`;

const MOST_SHOWN = 3;

const shown = (paths: readonly string[]): Text => {
  const more = paths.length - MOST_SHOWN;
  const first = paths.slice(0, MOST_SHOWN).join(', ');
  return more > 0 ? text(`${first} and ${more} more`, `${first} ほか ${more} 件`) : text(first, first);
};

const WORDS: readonly (readonly [RegExp, string])[] = [
  [/prod|prd|live/i, 'production'],
  [/stag|stg/i, 'staging'],
  [/dev/i, 'development'],
  [/sandbox|playground/i, 'sandbox'],
  [/shared|common|tools|network|security/i, 'shared'],
];

/** By the words in the folders of its stacks, where they agree; what is shared may lie in any. */
function environmentOf(paths: readonly string[]): string | undefined {
  const guesses = new Set(paths.flatMap((path) => WORDS.find(([word]) => word.test(path))?.[1] ?? []));
  const [guess, ...others] = guesses.size > 1 ? [...guesses].filter((one) => one !== 'shared') : guesses;
  return others.length === 0 ? guess : undefined;
}

/** Of an account, where nobody named it. */
export function accountNames(answers: Answers, accounts: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const account of accounts) {
    const environment = answers[environmentKey(account)] ?? 'account';
    const given = parseAccountName(answers[accountNameKey(account)] ?? '');
    const isTaken = [...names.values()].includes(environment);
    names.set(account, given ?? (isTaken ? `${environment}-${account.slice(-4)}` : environment));
  }
  return names;
}
