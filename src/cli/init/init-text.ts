import pc from 'picocolors';
import { type Reason, type Text, text } from '#core-values';
import { visible } from '#plan';
import type { CliContext } from '../context.ts';
import { whereRead } from './order-questions.ts';
import type { Known } from './question.ts';
import type { Settings } from './settings.ts';

/** What the repository tells of itself, before anything is asked. */
export function foundText({ survey, git }: Known, { language, stdout }: CliContext): string {
  const paint = pc.createColors(stdout.isTerminal);
  const unknown = text('?', '?')[language];
  const lines = survey.stacks.map(({ path, account, region, backend, readsStateOf }) => {
    const place = `${visible(account ?? unknown)}  ${visible(region ?? unknown)}  ${backend ?? WORDS.local[language]}`;
    const reads = readsStateOf.map(
      (one) => `    ${paint.dim(WORDS.reads(visible(one.path), whereRead(one))[language])}\n`,
    );
    return `  ${visible(path)}  ${paint.dim(place)}\n${reads.join('')}`;
  });
  const from = git.remote === undefined ? '' : `  ${git.remote.host}/${git.remote.name}\n`;
  const faults = survey.faults.map((fault) => noteText(fault, { language, stdout }));
  return `${paint.bold(WORDS.found(survey.stacks.length)[language])}\n${from}${lines.join('')}${faults.join('')}\n`;
}

export function noteText(
  note: Reason,
  { language, stdout }: Pick<CliContext, 'language' | 'stdout'>,
): string {
  const paint = pc.createColors(stdout.isTerminal);
  return `${paint.yellow('!')} ${note.message[language]} ${paint.dim(`[${note.rule}]`)}\n  → ${note.remedy[language]}\n`;
}

/** The three steps that follow. */
export function nextStepsText(settings: Settings, output: string, { language, stdout }: CliContext): string {
  const paint = pc.createColors(stdout.isTerminal);
  const steps = [rolesStep(settings, output), serverStep(settings, output), firstStep(settings)];
  const lines = steps.map((step, at) => `${at + 1}. ${step[language]}\n`);
  return `\n${paint.bold(WORDS.next[language])}\n${lines.join('')}`;
}

function rolesStep({ module, accounts, trust }: Settings, output: string): Text {
  const names = accounts.map(({ name, id }) => `${name} (${id})`).join(', ');
  const own =
    trust.kind === 'ambient'
      ? text(
          ` Give the server’s role ${output}/server-role-policy.json.`,
          `サーバーのロールには ${output}/server-role-policy.json を付けてください。`,
        )
      : text('', '');
  return module === 'cloudformation'
    ? text(
        `Make the roles: create ${output}/sekisho-account.cloudformation.yaml as a stack set (CAPABILITY_NAMED_IAM) in ${names}.${own.en}`,
        `ロールを作成します。${output}/sekisho-account.cloudformation.yaml を StackSets(CAPABILITY_NAMED_IAM)で ${names} にデプロイしてください。${own.ja}`,
      )
    : text(
        `Make the roles: as an administrator of each of ${names}, run terraform init and terraform apply in ${output}/sekisho-account (its README has the lines).${own.en}`,
        `ロールを作成します。${names} それぞれの管理者として ${output}/sekisho-account で terraform init と terraform apply を実行してください(手順は README)。${own.ja}`,
      );
}

const serverStep = ({ publicUrl }: Settings, output: string): Text =>
  text(
    `Start the server: move ${output}/sekisho.yaml into a repository of its own, check it with sekisho config check, and run sekisho serve behind ${publicUrl} (docs/adopt.md, 1).`,
    `サーバーを起動します。${output}/sekisho.yaml を専用のリポジトリに移し、sekisho config check で検査してから、${publicUrl} の背後で sekisho serve を実行してください(docs/adopt.ja.md の 1)。`,
  );

const firstStep = ({ ci, branch }: Settings): Text => {
  const files = ci === 'github' ? '.github/workflows/' : '.gitlab-ci.yml';
  return text(
    `Merge ${files} into ${branch}, then open a pull request with a harmless change: its job prints the review, and sekisho approve takes it from there (docs/adopt.md, 5).`,
    `${files} を ${branch} にマージし、無害な変更のプルリクエストを作成してください。ジョブがレビューを表示するので、sekisho approve で承認します(docs/adopt.ja.md の 5)。`,
  );
};

const WORDS = {
  found: (count: number) =>
    text(
      `Found ${count} Terraform root module${count === 1 ? '' : 's'}`,
      `Terraform のルートモジュールが ${count} 件見つかりました`,
    ),
  reads: (path: string, where: string) =>
    text(`reads the state of ${path} (${where})`, `${path} の state を参照(${where})`),
  local: text('local state', 'ローカルの state'),
  next: text('Next', '次の手順'),
} as const;
