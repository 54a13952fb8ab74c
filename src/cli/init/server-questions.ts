import { parseRoleArn, parseWebAddress } from '#accounts/core';
import { text } from '#core-values';
import type { Answers } from './answers.ts';
import type { Choice } from './prompter.ts';
import { form, type Known, oneOf, type Question, YES_NO } from './question.ts';

const nonEmpty = form(
  (answer) => (/^[^\p{C}"\\]{1,80}$/u.test(answer.trim()) ? answer : undefined),
  text('1 to 80 characters, without quotes.', '引用符を含まない 1〜80 文字で入力してください。'),
);
const ACCESS_CHOICES: readonly Choice[] = [
  {
    value: 'ambient',
    label: text('the server runs in AWS and has a role there', 'サーバーは AWS 上にあり、ロールを持つ'),
  },
  {
    value: 'web-identity',
    label: text(
      'the server holds no AWS credentials: the accounts trust tokens that it signs',
      'サーバーは AWS の認証情報を持たず、各アカウントがサーバーの署名したトークンを信頼する',
    ),
  },
];
const MODULE_CHOICES: readonly Choice[] = [
  { value: 'terraform', label: text('Terraform', 'Terraform') },
  { value: 'cloudformation', label: text('CloudFormation, for a stack set', 'CloudFormation(StackSets 用)') },
  { value: 'both', label: text('both', '両方') },
];

/** Where Sekisho runs, and how it gets into the accounts. */
export function serverQuestions({ answers }: Pick<Known, 'answers'>): readonly Question[] {
  return [
    {
      key: 'name',
      flag: '--name NAME',
      ask: text('What is your organization called?', '組織の名前は?'),
      ...(answers.repository !== undefined && { suggestion: answers.repository.split('/')[0] ?? '' }),
      fault: nonEmpty,
    },
    {
      key: 'server',
      flag: '--server URL',
      ask: text(
        'Under which address will CI and people reach Sekisho? (https://…)',
        'CI と人が Sekisho にアクセスする URL は? (https://…)',
      ),
      fault: form(
        parseWebAddress,
        text('As `https://sekisho.example.com`.', '`https://sekisho.example.com` の形で入力してください。'),
      ),
    },
    ...accessQuestions(answers),
    {
      key: 'module',
      flag: '--module terraform|cloudformation|both',
      ask: text(
        'How do you want to make the roles in the accounts?',
        '各アカウントのロールはどの形式で作成しますか?',
      ),
      suggestion: 'terraform',
      choices: MODULE_CHOICES,
      fault: oneOf(MODULE_CHOICES),
    },
    {
      key: 'guard-new-roles',
      flag: '--guard-new-roles yes|no',
      ask: text(
        'Must roles and users that Terraform makes carry Sekisho’s guard as their permissions boundary? (strict: existing code must name it, and groups get nothing; what exists without it is not covered)',
        'Terraform が作るロールとユーザーにも、Sekisho のガードをアクセス許可の境界として必須にしますか? (厳格。既存コードでの指定が必要で、グループには権限を付与できない。ガードのない既存のものは対象外)',
      ),
      suggestion: 'no',
      choices: YES_NO,
      fault: oneOf(YES_NO),
    },
    {
      key: 'source',
      flag: '--source OWNER/NAME@COMMIT',
      ask: text(
        'Where is your copy of Sekisho, for the workflow? (owner/name@commit, 40 hexadecimal digits)',
        'ワークフローから使う Sekisho のコピーは? (owner/name@コミット、16 進 40 桁)',
      ),
      fault: form(
        (answer) => (/^[\w.-]+(?:\/[\w.-]+)+@[0-9a-f]{40}$/.test(answer) ? answer : undefined),
        text(
          'As `shop/sekisho@` and a whole commit: a branch or tag could change under you.',
          '`shop/sekisho@` に続けて 40 桁のコミットを指定してください。ブランチやタグは後から変わる可能性があります。',
        ),
      ),
    },
  ];
}

function accessQuestions(answers: Answers): readonly Question[] {
  const access: Question = {
    key: 'access',
    flag: '--access ambient|web-identity',
    ask: text('How does the server reach AWS?', 'サーバーはどのように AWS にアクセスしますか?'),
    suggestion: 'ambient',
    choices: ACCESS_CHOICES,
    fault: oneOf(ACCESS_CHOICES),
  };
  if (answers.access === 'web-identity') return [access];
  return [
    access,
    {
      key: 'server-role',
      flag: '--server-role ARN',
      ask: text('ARN of the server’s role?', 'サーバーのロールの ARN は?'),
      fault: form(
        parseRoleArn,
        text(
          'As `arn:aws:iam::333333333333:role/sekisho-server`.',
          '`arn:aws:iam::333333333333:role/sekisho-server` の形で入力してください。',
        ),
      ),
    },
  ];
}
