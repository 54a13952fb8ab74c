import { type Configuration, loadConfiguration } from '#accounts';
import { err, ok, type Problem, problem, type Reason, type Result, text } from '#core-values';
import {
  accountDocuments,
  accountTemplate,
  accountValues,
  cloudFormationTemplate,
  terraformModule,
  type WrittenFile,
} from '#credentials/core';
import { lintPolicy } from '#iam/core';
import { whereRead } from './order-questions.ts';
import { sekishoYaml } from './sekisho-yaml.ts';
import type { Settings } from './settings.ts';
import { workflowFiles } from './workflows.ts';

export interface Proposal {
  /** Paths from the repository's root, with slashes. */
  readonly files: readonly WrittenFile[];
  /** What somebody should know before relying on it. */
  readonly notes: readonly Reason[];
  readonly configuration: Configuration;
}

/**
 * Everything that `sekisho init` would write. `bad-config` where the configuration would not be put in force: then an answer is one that
 * no form of a question could refuse.
 */
export function proposalFor(settings: Settings, output: string): Result<Proposal, Problem> {
  if (settings.stacks.length === 0) return err(NO_STACKS);
  const yaml = { path: `${output}/sekisho.yaml`, text: sekishoYaml(settings) };
  const configuration = loadConfiguration({
    file: yaml.path,
    bytes: new TextEncoder().encode(yaml.text),
  });
  if (!configuration.ok) return configuration;
  const { accounts, notes } = accountFiles(settings, output);
  return ok({
    files: [yaml, ...accounts, ...workflowFiles(settings)],
    notes: [...notes, ...peopleNotes(settings), ...stateNotes(settings), ...circleNotes(settings)],
    configuration: configuration.value,
  });
}

function accountFiles(settings: Settings, output: string) {
  const { trust, guards, isGuardRequiredOfNew, stacks, accounts, module } = settings;
  const template = accountTemplate({ trust, guards, isGuardRequiredOfNew, path: '/', prefix: 'sekisho-' });
  const values = accounts.map(({ id, partition }) => {
    const own = stacks.filter(({ account }) => account === id);
    const states = own.flatMap(({ state }) => (state === undefined ? [] : [state]));
    const areStatesKnown = own.every(({ state }) => state !== undefined);
    return accountValues({
      ...{ account: id, partition, states, areStatesKnown, stacks: own.map(({ name }) => name) },
    });
  });
  const written: readonly WrittenFile[] = [
    ...(module === 'cloudformation'
      ? []
      : terraformModule(template, values).map(({ path, text: words }) => ({
          path: `${output}/sekisho-account/${path}`,
          text: words,
        }))),
    ...(module === 'terraform'
      ? []
      : [
          {
            path: `${output}/sekisho-account.cloudformation.yaml`,
            text: cloudFormationTemplate(template, values),
          },
        ]),
    ...(trust.kind === 'ambient'
      ? [{ path: `${output}/server-role-policy.json`, text: serverPolicy(accounts) }]
      : []),
  ];
  const notes = values.flatMap((one) =>
    accountDocuments(template, one).roles.flatMap(({ name, trust: document }) => {
      const found = lintPolicy(JSON.stringify(document), { kind: 'trust', file: name });
      return found.ok && found.value.some(({ rule }) => rule === 'iam.too-long')
        ? [trustTooLong(name, one.account)]
        : [];
    }),
  );
  return { accounts: written, notes };
}

/** What the server's own role needs, and nothing else. */
const serverPolicy = (accounts: Settings['accounts']): string =>
  `${JSON.stringify(
    {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'BecomeSekishoRoles',
          Effect: 'Allow',
          Action: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
          Resource: accounts.flatMap(({ id, partition }) =>
            ['plan', 'apply', 'revoke', 'policy'].map(
              (key) => `arn:${partition}:iam::${id}:role/sekisho-${key}`,
            ),
          ),
        },
      ],
    },
    null,
    2,
  )}\n`;

const trustTooLong = (role: string, account: string): Reason => ({
  rule: 'init.trust-too-long',
  message: text(
    `The trust policy of ${role} in account ${account} names so many stacks that it is longer than AWS’s 2,048 characters.`,
    `アカウント ${account} の ${role} の信頼ポリシーはスタックの数が多く、AWS の上限 2,048 文字を超えています。`,
  ),
  remedy: text(
    'Ask AWS for more before you apply it (Service Quotas, “Role trust policy length”, up to 8,192), or choose `--access ambient`.',
    '適用前に Service Quotas の「Role trust policy length」の引き上げ(最大 8,192)を申請するか、`--access ambient` を選んでください。',
  ),
});

const peopleNotes = ({ people }: Settings): readonly Reason[] => {
  const able = people.filter(({ key }) => key !== undefined);
  if (able.length > 1) return [];
  const [only] = able;
  const message =
    only === undefined
      ? text(
          'Nobody has an SSH key: nobody can approve until somebody has enrolled a passkey.',
          'SSH 鍵を持つ人がいません。パスキーが登録されるまで、誰も承認できません。',
        )
      : text(
          `Only ${only.name} has a key: nobody can approve changes that ${only.name} makes.`,
          `鍵があるのは ${only.name} だけです。${only.name} 自身の変更を承認できる人がいません。`,
        );
  const remedy = text(
    'Add a second person with a key to sekisho.yaml (people[].keys), or have passkeys enrolled at a browser.',
    'sekisho.yaml(people[].keys)に鍵を持つ 2 人目を追加するか、ブラウザーでパスキーを登録してください。',
  );
  return [{ rule: 'init.one-approver', message, remedy }];
};

const stateNotes = ({ stacks }: Settings): readonly Reason[] => {
  const unknown = stacks.filter(({ state }) => state === undefined).map(({ path }) => path);
  if (unknown.length === 0) return [];
  return [
    {
      rule: 'init.state-unknown',
      message: text(
        `Where the state of ${unknown.join(', ')} lies is not written there: the plan role may read any object named *.tfstate.`,
        `${unknown.join('、')} の state の場所が分からないため、プラン用ロールは *.tfstate という名前のすべてのオブジェクトを読めます。`,
      ),
      remedy: text(
        'Run `terraform init` in the folder, or write the bucket into its backend block, and run `sekisho init` again.',
        'そのフォルダーで `terraform init` を実行するか、backend ブロックにバケットを書いてから、`sekisho init` を再実行してください。',
      ),
    },
  ];
};

const circleNotes = ({ stacks }: Settings): readonly Reason[] =>
  stacks.flatMap(({ path, dependsOn }) =>
    dependsOn
      .filter(({ closesCircle }) => closesCircle)
      .map((one) => ({
        rule: 'init.states-in-circle',
        message: text(
          `${path} reads the state of ${one.path} (${whereRead(one)}), which is itself applied after ${path}: it gets no \`dependsOn\` for that.`,
          `${path} は ${one.path} の state を参照していますが(${whereRead(one)})、${one.path} も ${path} より後に適用されるため、\`dependsOn\` を付けていません。`,
        ),
        remedy: text(
          'Decide which comes first, and correct `dependsOn` in sekisho.yaml; better, take what both read into a stack of its own.',
          'どちらを先に適用するか決めて sekisho.yaml の `dependsOn` を直すか、共通で参照する部分を別のスタックに分けてください。',
        ),
      })),
  );

const NO_STACKS: Problem = problem('bad-input', {
  rule: 'init.no-stacks',
  message: text(
    'No Terraform root module was found: no folder with a backend or a configured provider.',
    'Terraform のルートモジュール(backend または provider の設定があるフォルダー)が見つかりません。',
  ),
  remedy: text(
    'Run it in the repository that holds your Terraform code, or name its folder.',
    'Terraform コードのあるリポジトリで実行するか、そのフォルダーを指定してください。',
  ),
});
