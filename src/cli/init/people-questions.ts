import { parseExternalId } from '#accounts/core';
import { parseTeamName, text } from '#core-values';
import { parseSshKeyLine } from '#platform/core';
import type { Answers } from './answers.ts';
import { form, ID_FAULT, type Known, type Question } from './question.ts';

export function peopleQuestions({ answers, ownKeys }: Known): readonly Question[] {
  const logins = peopleOf(answers);
  return [
    {
      key: 'people',
      flag: '--people LOGIN,LOGIN',
      ask: text(
        'Who approves changes? (logins, separated by commas, you first; at least two, for nobody approves what is their own)',
        '変更を承認する人は? (ログイン名をカンマ区切りで、自分を先頭に。自分の変更は承認できないため 2 人以上)',
      ),
      fault: (answer) =>
        peopleOf({ people: answer }).length > 0 &&
        peopleOf({ people: answer }).every((one) => LOGIN.test(one))
          ? undefined
          : text('As `hanako, yuki`.', '`hanako, yuki` の形で入力してください。'),
    },
    ...logins.flatMap((login, at): Question[] => [
      {
        key: personKey(login),
        flag: `--person ${login}=ID`,
        ask: text(
          `Number of ${login}? (gh api users/${login} --jq .id; GitLab: user id)`,
          `${login} の ID(数字)は? (gh api users/${login} --jq .id。GitLab ではユーザー ID)`,
        ),
        fault: form(parseExternalId, ID_FAULT),
      },
      {
        key: sshKeyKey(login),
        flag: `--key ${login}=FILE`,
        ask:
          at === 0
            ? text(
                `Public SSH key with which ${login} signs approvals? (one line)`,
                `${login} が承認の署名に使う SSH 公開鍵は? (1 行)`,
              )
            : text(
                `Public SSH key with which ${login} signs approvals? (one line; empty: later)`,
                `${login} が承認の署名に使う SSH 公開鍵は? (1 行。空欄なら後で追加)`,
              ),
        ...(at === 0 ? ownKeys[0] !== undefined && { suggestion: ownKeys[0] } : { suggestion: '' }),
        fault: (answer) =>
          // Without any key nobody could approve at all.
          (answer === '' && at > 0) || parseSshKeyLine(answer).ok
            ? undefined
            : text(
                'A line as in ~/.ssh/id_ed25519.pub.',
                '~/.ssh/id_ed25519.pub の内容のような 1 行を入力してください。',
              ),
      },
    ]),
    {
      key: 'team',
      flag: '--team NAME',
      ask: text('Name of their team?', 'チームの名前は?'),
      suggestion: 'sre',
      fault: form(
        parseTeamName,
        text('Lower-case letters, digits and hyphens.', '英小文字、数字、ハイフンで入力してください。'),
      ),
    },
  ];
}

const LOGIN = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?$/;

export const peopleOf = ({ people = '' }: Answers): readonly string[] => [
  ...new Set(
    people
      .split(',')
      .map((login) => login.trim().replace(/^@/, ''))
      .filter((login) => login !== ''),
  ),
];
export const personKey = (login: string): string => `person ${login} id`;
export const sshKeyKey = (login: string): string => `person ${login} key`;
