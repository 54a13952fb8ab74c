import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { err, ok, type Problem, problem, type Reason, type Result, text } from '#core-values';

/** A command that is Terraform's own, as far as an apply needs to know it. */
export interface TerraformApply {
  /** As it was called: `terraform`, `/opt/bin/tofu`. */
  readonly program: string;
  /** Where it works: `-chdir` or the current folder. */
  readonly directory: string;
  /** Where it prints what goes wrong. */
  readonly errors: 'stdout' | 'stderr';
}

/**
 * Whether a command may have the one grant of a plan. Terraform itself must apply the approved file, since whatever ends well is
 * reported as the apply; any other program is believed, and `undefined` says that nobody knows where its state is.
 */
export async function approvedApply(
  [program = '', ...args]: readonly string[],
  cwd: string,
  digest: string,
): Promise<Result<TerraformApply | undefined, Problem>> {
  if (!/^(?:terraform|tofu)(?:\.exe)?$/.test(basename(program))) return ok(undefined);
  const at = args.findIndex((word) => !word.startsWith('-'));
  const chdir = args.slice(0, Math.max(0, at)).findLast((word) => word.startsWith('-chdir='));
  const directory = resolve(cwd, chdir?.slice('-chdir='.length) ?? '.');
  const file = args.at(-1) ?? '';
  if (args[at] !== 'apply' || at === args.length - 1 || file.startsWith('-')) {
    return err(problem('bad-input', notAnApply([basename(program), ...args].join(' '))));
  }
  const bytes = await readFile(resolve(directory, file)).catch(() => undefined);
  if (bytes === undefined) return err(problem('bad-input', noPlanFile(resolve(directory, file))));
  if (createHash('sha256').update(bytes).digest('hex') !== digest) {
    return err(problem('bad-input', otherPlan(file)));
  }
  return ok({ program, directory, errors: args.includes('-json') ? 'stdout' : 'stderr' });
}

const notAnApply = (command: string): Reason => ({
  rule: 'exec.not-an-apply',
  message: text(
    `\`${command}\` does not apply the approved plan, and a plan’s grant is given once.`,
    `\`${command}\` は承認されたプランの適用ではありません。プランのグラントは一度しか発行されません。`,
  ),
  remedy: text(
    'Run `terraform apply PLAN-FILE`. What comes before, such as `terraform init`, needs no --plan.',
    '`terraform apply プランファイル` を実行してください。`terraform init` などの準備には --plan は不要です。',
  ),
});

const noPlanFile = (path: string): Reason => ({
  rule: 'exec.no-plan-file',
  message: text('The plan file cannot be read.', 'プランファイルを読み取れません。'),
  remedy: text(
    'Name the file that was approved; no grant was asked for.',
    '承認されたプランファイルを指定してください。グラントはまだ要求していません。',
  ),
  place: { file: path },
});

const otherPlan = (file: string): Reason => ({
  rule: 'exec.other-plan',
  message: text('The file is not the plan that --plan names.', '--plan で指定されたプランではありません。'),
  remedy: text(
    'Give the digest of this file (`sha256sum`) if it is approved; no grant was asked for.',
    'このファイルが承認済みなら、そのダイジェスト(`sha256sum`)を --plan に指定してください。グラントはまだ要求していません。',
  ),
  place: { file },
});
