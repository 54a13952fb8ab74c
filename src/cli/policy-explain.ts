import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import pc from 'picocolors';
import { loadConfiguration, type Organization } from '#accounts';
import { err, ok, type Problem, problem, type Reason, type Result, type Text, text } from '#core-values';
import {
  askedFacts,
  askedRequest,
  type Decision,
  decide,
  POLICY_ACTIONS,
  type PolicyAction,
  type PolicyQuestion,
  type PolicyRequest,
  policyFolderBeside,
  readPolicyFolder,
  showFactValue,
} from '#policy';
import type { CliCommand } from './command.ts';
import type { CliContext } from './context.ts';
import { failWith } from './problem-text.ts';

interface Options {
  readonly person?: string;
  readonly workload?: string | true;
  readonly action: PolicyAction;
  readonly stack?: string;
  readonly account?: string;
  readonly organization?: true;
  readonly fact: readonly string[];
  readonly policies?: string;
  readonly config?: string;
  readonly format: 'text' | 'json';
}

const HELP = {
  person: text('name of a person in sekisho.yaml', 'sekisho.yaml の people にある名前'),
  workload: text(
    'a CI job of the stack’s protected workflow (the name is for display)',
    'スタックに設定されたワークフローの CI ジョブ (name は表示用)',
  ),
  action: text('what they would do', '行おうとしている操作'),
  stack: text('name of a stack in sekisho.yaml', 'sekisho.yaml の stacks にある名前'),
  account: text('name or id of an account in sekisho.yaml', 'sekisho.yaml の accounts にある名前または ID'),
  organization: text('the organization itself', '組織そのもの'),
  fact: text(
    'a fact to assume, such as findings.losesData=true or approvedBy=hanako,taro; repeatable; others are as on a calm day: nothing found, nobody has approved, the configured freezes',
    '仮定する事実 (例: findings.losesData=true、approvedBy=hanako,taro)。複数指定可。指定のない事実は平常時 (指摘なし・承認なし・凍結は設定どおり) とみなします',
  ),
  policies: text(
    'folder of *.cedar files; the folder policies beside the configuration file, else the shipped policies',
    '*.cedar のフォルダー。省略時は設定ファイルの隣の policies、なければ付属のポリシー',
  ),
  config: text(
    'configuration (default: SEKISHO_CONFIG, or ./sekisho.yaml)',
    '設定ファイル(既定: SEKISHO_CONFIG、なければ ./sekisho.yaml)',
  ),
  format: text('form of the output', '出力形式'),
};

/** `sekisho policy explain`: could X do Y, and why (not). Exit 0 when allowed, 3 when denied, 2 when it cannot be asked. */
export const policyExplain: CliCommand = {
  configure(command: Command, context: CliContext): void {
    const help = (words: Text): string => words[context.language];
    command
      .addOption(new Option('--person <name>', help(HELP.person)).conflicts('workload'))
      .option('--workload [name]', help(HELP.workload))
      .addOption(
        new Option('--action <action>', help(HELP.action)).choices(POLICY_ACTIONS).makeOptionMandatory(),
      )
      .addOption(new Option('--stack <name>', help(HELP.stack)).conflicts(['account', 'organization']))
      .addOption(new Option('--account <name>', help(HELP.account)).conflicts('organization'))
      .option('--organization', help(HELP.organization))
      .option(
        '--fact <key=value>',
        help(HELP.fact),
        (pair: string, all: readonly string[]) => [...all, pair],
        [],
      )
      .option('--policies <folder>', help(HELP.policies))
      .option('--config <file>', help(HELP.config))
      .addOption(new Option('--format <format>', help(HELP.format)).choices(['text', 'json']).default('text'))
      .action(async (options: Options) => {
        const answered = await answer(options, context);
        if (!answered.ok) return failWith(context, answered.error);
        const { request, decision } = answered.value;
        context.stdout.write(
          options.format === 'json'
            ? `${JSON.stringify(asJson(decision), undefined, 2)}\n`
            : asText(request, decision, context),
        );
        context.exitWith(decision.allowed ? 0 : 3);
      });
  },
};

interface Answer {
  readonly request: PolicyRequest;
  readonly decision: Decision;
}

async function answer(options: Options, context: CliContext): Promise<Result<Answer, Problem>> {
  const config = resolve(context.cwd, options.config ?? context.env.SEKISHO_CONFIG ?? 'sekisho.yaml');
  const organization = await readOrganization(config);
  if (!organization.ok) return organization;
  const question = askedBy(options);
  if (!question.ok) return question;
  const request = askedRequest(organization.value, question.value, context.clock.now());
  if (!request.ok) return request;
  const set = await readPolicyFolder(
    options.policies === undefined
      ? await policyFolderBeside(dirname(config))
      : resolve(context.cwd, options.policies),
  );
  if (!set.ok) return set;
  return ok({ request: request.value, decision: decide(set.value, request.value) });
}

async function readOrganization(file: string): Promise<Result<Organization, Problem>> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch {
    return err(
      problem('bad-config', {
        rule: 'policy.config-unreadable',
        message: text('The configuration file cannot be read.', '設定ファイルを読み取れません。'),
        remedy: text('Name it with --config FILE.', '--config FILE で指定してください。'),
        place: { file },
      }),
    );
  }
  const loaded = loadConfiguration({ file, bytes });
  return loaded.ok ? ok(loaded.value.organization) : loaded;
}

function askedBy(options: Options): Result<PolicyQuestion, Problem> {
  const { person, workload, action, stack, account, fact } = options;
  if (person === undefined && workload === undefined) return err(whoIsMissing);
  const job = typeof workload === 'string' ? workload : 'job';
  return ok({
    by: person === undefined ? { kind: 'job', name: job } : { kind: 'person', name: person },
    action,
    on:
      stack !== undefined
        ? { kind: 'stack', name: stack }
        : account !== undefined
          ? { kind: 'account', name: account }
          : { kind: 'organization' },
    facts: (personNamed) => askedFacts(fact, personNamed),
  });
}

const whoIsMissing: Problem = problem('bad-input', {
  rule: 'policy.who-missing',
  message: text('Say who: a person or a workload.', '誰が行うのかを指定してください。'),
  remedy: text('Add --person NAME or --workload.', '--person NAME または --workload を付けてください。'),
});

/** The decision without the hypothetical requests, which only the program needs. */
const asJson = (decision: Decision) => ({
  ...decision,
  wouldChange: decision.wouldChange.map(({ changes, description }) => ({ changes, description })),
});

const TITLES = {
  allowed: text('Allowed', '許可されます'),
  denied: text('Denied', '拒否されます'),
  decidedBy: text('Decided by', '判定したポリシー'),
  nearest: text('Nearest to permitting', '許可に最も近いポリシー'),
  lacks: text('lacks', '満たしていない条件'),
  reasons: text('Why', '理由'),
  facts: text('Facts used', '使われた事実'),
  changes: text('What would change it (any one of these)', '判定が変わる条件 (いずれか 1 つ)'),
};

function asText(request: PolicyRequest, decision: Decision, context: CliContext): string {
  const language = context.language;
  const paint = pc.createColors(context.stdout.isTerminal);
  const verdict = decision.allowed
    ? paint.bold(paint.green(`✓ ${TITLES.allowed[language]}`))
    : paint.bold(paint.red(`✗ ${TITLES.denied[language]}`));
  const section = (title: Text, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ['', paint.bold(title[language]), ...lines.map((line) => `  ${line}`)];
  const place = ({ file, line }: { readonly file: string; readonly line?: number }): string =>
    paint.dim(`${file}${line === undefined ? '' : `:${line}`}`);
  return `${[
    `${verdict}: ${questionOf(request)}`,
    ...section(
      TITLES.decidedBy,
      decision.determining.map((one) => `${one.id}: ${one.message[language]} ${place(one.place)}`),
    ),
    ...section(
      TITLES.reasons,
      decision.reasons.flatMap((reason) => reasonLines(reason, language)),
    ),
    ...section(
      TITLES.nearest,
      decision.nearest.map(
        (one) =>
          `${one.id} ${place(one.place)}; ${TITLES.lacks[language]}: ${one.unmet.map((unmet) => unmet.text).join(', ')}`,
      ),
    ),
    ...section(
      TITLES.facts,
      decision.facts.map((fact) => `${fact.name} = ${showFactValue(fact.value)}`),
    ),
    ...section(
      TITLES.changes,
      decision.wouldChange.map((way) => `• ${way.description[language]}`),
    ),
  ].join('\n')}\n`;
}

const questionOf = ({ principal, action, resource }: PolicyRequest): string =>
  `${principal.kind === 'person' ? principal.name : principal.id} → ${action} → ${resource.kind} ${resource.name}`;

const reasonLines = (reason: Reason, language: CliContext['language']): readonly string[] => [
  `• ${reason.message[language]} [${reason.rule}]`,
  `  → ${reason.remedy[language]}`,
];
