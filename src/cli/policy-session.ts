import type { Command } from 'commander';
import pc from 'picocolors';
import {
  type AccountId,
  err,
  ok,
  type Problem,
  parseAccountId,
  problem,
  type Reason,
  type Result,
  type Text,
  text,
} from '#core-values';
import {
  type FittedPolicy,
  fitPolicy,
  type Need,
  needsOfPlan,
  type PolicyWords,
  stateStoreOf,
  wordsOf,
} from '#credentials/core';
import { operatorName } from '#iam/core';
import { type Plan, readPlan, visible } from '#plan';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { readPlanInput } from './plan-input.ts';
import { failWith } from './problem-text.ts';

const FORMATS = ['text', 'json'] as const;

interface Options {
  readonly account?: string;
  readonly region?: string;
  readonly protect: readonly string[];
  readonly refresh?: true;
  readonly format: (typeof FORMATS)[number];
}

interface Facts {
  readonly account: AccountId;
  readonly region: string;
}

interface Answer {
  readonly needs: readonly Need[];
  readonly fitted: FittedPolicy;
  readonly words: PolicyWords;
}

const WORDS = {
  file: text(
    'plan file, terraform show -json output, or - for standard input',
    'プランファイル、terraform show -json の出力、または -(標準入力)',
  ),
  account: text(
    'the stack’s account, twelve digits; from the plan if it names only one',
    'スタックのアカウント ID(12 桁)。省略時は、プランに 1 つだけ現れるアカウント',
  ),
  region: text(
    'the stack’s region; from the plan’s provider if it names only one',
    'スタックのリージョン。省略時は、プランのプロバイダーに 1 つだけ現れるリージョン',
  ),
  protect: text(
    'ARN of a role or identity provider that no grant may change; repeatable',
    'グラントで変更させないロールや ID プロバイダーの ARN(複数指定可)',
  ),
  refresh: text('also read what does not change', '変更のないリソースの参照も含める'),
  format: text('Output format', '出力形式'),
  can: text('Can do', 'できること'),
  widened: text('Wider than the plan, and why', 'プランより広い権限とその理由'),
  escalations: text('Could be used to gain more', '権限の拡大に使われうる操作'),
  managed: text('Managed policies beside it', '併用する管理ポリシー'),
  size: ({ sizeCharacters, managed, additions }: FittedPolicy, needs: number) =>
    text(
      `${sizeCharacters} of 2,048 characters${managed.length === 0 ? '' : ` and ${managed.length} managed`}; ${needs} needs; additions: ${additions}`,
      `${sizeCharacters} / 2,048 文字${managed.length === 0 ? '' : `、管理ポリシー ${managed.length} 個`}、必要な権限 ${needs} 件、追加 ${additions}`,
    ),
};

/** `sekisho policy session FILE`: works alone. Exit 0 with a policy, 2 where none can be made or the usage is wrong. */
export const policySession: CliCommand = {
  configure(command: Command, context: CliContext): void {
    const { language } = context;
    command
      .argument('<file>', WORDS.file[language])
      .option('--account <id>', WORDS.account[language])
      .option('--region <region>', WORDS.region[language])
      .addOption(
        command
          .createOption('--protect <arn>', WORDS.protect[language])
          .default([], '')
          .argParser((arn: string, before: readonly string[]) => [...before, arn]),
      )
      .option('--refresh', WORDS.refresh[language])
      .addOption(
        command.createOption('--format <format>', WORDS.format[language]).choices(FORMATS).default('text'),
      )
      .action(async (file: string, options: Options) => {
        const answer = await answerTo(file, options, context);
        if (!answer.ok) return failWith(context, answer.error);
        context.stdout.write(
          options.format === 'json'
            ? `${JSON.stringify(asJson(answer.value), undefined, 2)}\n`
            : asText(answer.value, context),
        );
        context.exitWith(0);
      });
  },
};

async function answerTo(
  file: string,
  options: Options,
  context: CliContext,
): Promise<Result<Answer, Problem>> {
  const bytes = await readPlanInput(file, context);
  if (!bytes.ok) return bytes;
  const plan = await readPlan(bytes.value);
  if (!plan.ok) return plan;
  const facts = factsOf(plan.value, options);
  if (!facts.ok) return facts;
  const needs = needsOfPlan(plan.value, { ...facts.value, refreshes: options.refresh === true });
  if (!needs.ok) return needs;
  const stateStore = stateStoreOf(plan.value.backend);
  const fitted = fitPolicy(needs.value, {
    ...facts.value,
    protectedArns: options.protect,
    ...(stateStore !== undefined && { stateStore }),
  });
  if (!fitted.ok) return fitted;
  const words = wordsOf(needs.value, fitted.value, facts.value.region);
  return ok({ needs: needs.value, fitted: fitted.value, words });
}

/** Account and region as given, or as the plan has them where there is only one of each. */
function factsOf(plan: Plan, options: Options): Result<Facts, Problem> {
  const accounts = new Set(plan.accounts.map(({ accountId }) => accountId));
  const regions = new Set(plan.configuration.providers.flatMap(({ region }) => region ?? []));
  const account = parseAccountId(options.account ?? only(accounts) ?? '');
  const region = options.region ?? only(regions) ?? '';
  const isRegion = /^[a-z]{2}(?:-[a-z]+)+-\d{1,2}$/.test(region);
  const [first, ...more] = [
    ...(account === undefined ? [notGiven('account', options.account)] : []),
    ...(isRegion ? [] : [notGiven('region', options.region)]),
    ...options.protect.filter((arn) => !/^arn:[^*?$\s]+$/.test(arn)).map((arn) => notGiven('protect', arn)),
  ];
  if (first !== undefined) return err(problem('bad-input', first, ...more));
  return account === undefined ? err(problem('bad-input', notGiven('account', ''))) : ok({ account, region });
}

const only = (values: ReadonlySet<string>): string | undefined => {
  const [value, ...more] = values;
  return more.length === 0 ? value : undefined;
};

const EXAMPLES = {
  account: '444444444444',
  region: 'ap-northeast-1',
  protect: 'arn:aws:iam::444444444444:role/sekisho/apply',
};

const notGiven = (option: keyof typeof EXAMPLES, given: string | undefined): Reason => ({
  rule: `policy-session.${option}`,
  message:
    given === undefined
      ? text(
          `The plan names no ${option}, or several.`,
          `プランから${option === 'account' ? 'アカウント' : 'リージョン'}を 1 つに決められません。`,
        )
      : text(
          `--${option}: "${visible(given)}" cannot be one.`,
          `--${option}: 「${visible(given)}」は正しい値ではありません。`,
        ),
  remedy: text(
    `Write it like --${option} ${EXAMPLES[option]}.`,
    `--${option} ${EXAMPLES[option]} のように指定してください。`,
  ),
});

const asJson = ({ needs, fitted, words }: Answer) => ({
  formatVersion: 1,
  policy: JSON.parse(fitted.policy),
  sizeCharacters: fitted.sizeCharacters,
  managedPolicies: fitted.managed.map(({ name, policy }) => ({ name, policy: JSON.parse(policy) })),
  additions: fitted.additions,
  needs: needs.map(({ action, resources, conditions, why, wide }) => ({
    action,
    resources,
    conditions: conditions.map(({ operator, key, values }) => ({
      operator: operatorName(operator),
      key,
      values,
    })),
    ...why,
    ...(wide !== undefined && { wide }),
  })),
  ...words,
});

function asText({ needs, fitted, words }: Answer, { language, stdout }: CliContext): string {
  const paint = pc.createColors(stdout.isTerminal);
  const section = (title: Text, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ['', paint.bold(title[language]), ...lines];
  const bullets = (lines: readonly Text[]): readonly string[] =>
    lines.map((line) => `  • ${visible(line[language])}`);
  const managed = fitted.managed.flatMap(({ name, policy }) => [`  ${name}:`, pretty(policy)]);
  return `${[
    pretty(fitted.policy),
    '',
    paint.bold(WORDS.size(fitted, needs.length)[language]),
    ...section(WORDS.managed, managed),
    ...section(WORDS.escalations, bullets(words.escalations)),
    ...section(WORDS.widened, bullets(words.widened)),
    ...section(WORDS.can, bullets(words.can)),
  ].join('\n')}\n`;
}

const pretty = (policy: string): string => JSON.stringify(JSON.parse(policy), undefined, 2);
