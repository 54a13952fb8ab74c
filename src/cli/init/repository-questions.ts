import { parseExternalId, parseRepositoryName } from '#accounts/core';
import { text } from '#core-values';
import type { Choice } from './prompter.ts';
import { form, ID_FAULT, type Known, oneOf, type Question } from './question.ts';

const CI_CHOICES: readonly Choice[] = [
  { value: 'github', label: text('GitHub Actions', 'GitHub Actions') },
  { value: 'gitlab', label: text('GitLab CI', 'GitLab CI') },
];

/** Which repository, CI and branch may ask for credentials. */
export function repositoryQuestions({ answers, git }: Known): readonly Question[] {
  const isGithub = answers.ci !== 'gitlab';
  return [
    {
      key: 'ci',
      flag: '--ci github|gitlab',
      ask: text('Which CI runs Terraform?', 'Terraform を実行する CI はどれですか?'),
      ...(git.remote !== undefined && { found: /gitlab/.test(git.remote.host) ? 'gitlab' : 'github' }),
      choices: CI_CHOICES,
      fault: oneOf(CI_CHOICES),
    },
    {
      key: 'repository',
      flag: '--repository OWNER/NAME',
      ask: text('Which repository is it, as owner/name?', 'リポジトリ名(owner/name)は?'),
      ...(git.remote !== undefined && { found: git.remote.name }),
      fault: form(parseRepositoryName, text('As `shop/infra`.', '`shop/infra` の形で入力してください。')),
    },
    {
      key: 'branch',
      flag: '--branch NAME',
      ask: text('From which protected branch is applied?', '適用元となる保護ブランチは?'),
      ...(git.branch !== undefined && { found: git.branch }),
      suggestion: 'main',
      fault: form(
        (answer) => (/^[A-Za-z0-9_./-]{1,200}$/.test(answer) ? answer : undefined),
        text('A branch’s name, without wildcards.', 'ワイルドカードなしのブランチ名を入力してください。'),
      ),
    },
    {
      key: 'repository-id',
      flag: '--repository-id ID',
      ask: isGithub
        ? text(
            `Number of the repository? (gh api repos/${answers.repository} --jq .id)`,
            `リポジトリの ID(数字)は? (gh api repos/${answers.repository} --jq .id)`,
          )
        : text('Number of the project? (its page, “Project ID”)', 'プロジェクト ID(数字)は?'),
      fault: form(parseExternalId, ID_FAULT),
    },
    {
      key: 'owner-id',
      flag: '--owner-id ID',
      ask: isGithub
        ? text(
            `Number of its owner? (gh api repos/${answers.repository} --jq .owner.id)`,
            `所有者の ID(数字)は? (gh api repos/${answers.repository} --jq .owner.id)`,
          )
        : text('Number of the group? (its page, “Group ID”)', 'グループ ID(数字)は?'),
      fault: form(parseExternalId, ID_FAULT),
    },
  ];
}
