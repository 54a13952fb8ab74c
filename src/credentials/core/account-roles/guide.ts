import { type Language, type Text, text } from '#core-values';
import { type AccountTemplate, LISTS, type RoleStatement, type RoleTemplate } from './model.ts';

const WORDS = {
  title: text('What Sekisho needs in an account', 'Sekisho が各アカウントに必要とするもの'),
  other: text('[日本語](account-roles.ja.md)', '[English](account-roles.md)'),
  made: text(
    'Made from what `sekisho init` writes ([init.md](init.md)), by `node scripts/make-account-roles-guide.ts`: statement by statement what is allowed and denied, and why. As Terraform and as CloudFormation it is the same documents.',
    '`sekisho init`([init.ja.md](init.ja.md))が書き出す内容から `node scripts/make-account-roles-guide.ts` で生成しています。ステートメントごとに、何を許可・拒否し、なぜそうするのかを示します。Terraform と CloudFormation のどちらでも同じドキュメントになります。',
  ),
  provider: text('The identity provider', 'ID プロバイダー'),
  providerOnly: text('Only in `web-identity` access.', '`web-identity` の場合のみ作成します。'),
  guard: text('The guard', 'ガード'),
  strict: text(
    'The last three only with `--guard-new-roles yes`; `--without-guard NAME` leaves one of `audit`, `organization`, `people`, `billing` out.',
    '最後の 3 つは `--guard-new-roles yes` の場合のみ。`audit`、`organization`、`people`、`billing` は `--without-guard NAME` で除外できます。',
  ),
  notCovered: text(
    '`--guard-new-roles yes` does not reach what exists without the guard. Such roles, users and groups keep what they have, and IAM has no condition by which a boundary could stop a change from rewriting a role’s trust policy (`iam:UpdateAssumeRolePolicy`) or a managed policy that they have (`iam:CreatePolicyVersion`, `iam:SetDefaultPolicyVersion`), from making keys or passwords of such a user (`iam:CreateAccessKey`, `iam:CreateLoginProfile`), or from passing or assuming such a role. Reviews and session policies do look at these. Put the guard on existing roles and users as their permissions boundary, too, where Terraform manages IAM.',
    '`--guard-new-roles yes` は、ガードのない既存のロール、ユーザー、グループには及びません。既存の権限はそのまま残ります。また、ロールの信頼ポリシーの書き換え(`iam:UpdateAssumeRolePolicy`)、アタッチ済みの管理ポリシーの書き換え(`iam:CreatePolicyVersion`、`iam:SetDefaultPolicyVersion`)、ユーザーのキーやパスワードの作成(`iam:CreateAccessKey`、`iam:CreateLoginProfile`)、ロールの受け渡しや引き受けは、境界の有無を判定する条件が IAM にないため、ここでは防げません(レビューとセッションポリシーでは確認します)。Terraform で IAM を管理するアカウントでは、既存のロールとユーザーにもガードをアクセス許可の境界として設定してください。',
  ),
  role: (role: RoleTemplate) =>
    text(`\`${role.name}\` (\`${role.setting}\`)`, `\`${role.name}\`(\`${role.setting}\`)`),
  trust: text('Who may assume it', '引き受けられる主体'),
  can: text('What it may do', '許可される操作'),
  bounded: text('Bounded by the guard.', 'ガードを境界として設定しています。'),
  columns: text('| Statement | Why | | |', '| ステートメント | 理由 | | |'),
  allow: text('allows', '許可'),
  deny: text('denies', '拒否'),
  except: text('all but', '次を除くすべて: '),
  on: text('on', '対象'),
  onAllBut: text('on all but', '対象(次を除く)'),
  where: text('where', '条件'),
} as const;

const LIST_WORDS: Readonly<Record<keyof typeof LISTS, string>> = {
  stacks: 'STACK',
  stateObjects: 'STATE-BUCKET/*',
  lockTables: 'LOCK-TABLE',
};

/** `docs/account-roles(.ja).md`: both ways to trust, of which an account has one. */
export function accountRolesGuide(
  ambient: AccountTemplate,
  webIdentity: AccountTemplate,
  language: Language,
): string {
  const { provider } = webIdentity;
  const say = (words: Text): string => words[language];
  const sections = [
    `# ${say(WORDS.title)}\n\n${say(WORDS.other)}\n\n${say(WORDS.made)}\n`,
    `## ${say(WORDS.guard)}\n\n${say(webIdentity.guard.why)}\n\n${table(webIdentity.guard.policy, language)}
${say(WORDS.strict)}

${say(WORDS.notCovered)}
`,
    ...webIdentity.roles.map((role) => roleSection(role, ambient, language)),
    provider === undefined
      ? ''
      : `## ${say(WORDS.provider)}\n\n${say(WORDS.providerOnly)} ${say(provider.why)}\n`,
  ];
  return sections.join('\n');
}

function roleSection(role: RoleTemplate, ambient: AccountTemplate, language: Language): string {
  const other = ambient.roles.find(({ key }) => key === role.key);
  const trusts = [...(other?.trust ?? []), ...role.trust];
  const managed = role.managed
    .map(({ arn, why }) => `- \`${arn.split('/').at(-1)}\`: ${why[language]}\n`)
    .join('');
  const bounded = role.isGuarded ? ` ${WORDS.bounded[language]}` : '';
  const gap = managed === '' ? '' : '\n';
  const policy = role.policy.length === 0 ? '' : `${gap}${table(role.policy, language)}`;
  return `## ${WORDS.role(role)[language]}

${role.why[language]}${bounded}

**${WORDS.trust[language]}**

${table(trusts, language)}
**${WORDS.can[language]}**

${managed}${policy}`;
}

const table = (statements: readonly RoleStatement[], language: Language): string =>
  `${WORDS.columns[language]}\n|---|---|---|---|\n${statements.map((statement) => row(statement, language)).join('')}`;

function row(
  { sid, why, effect, principal, actions, resources, conditions }: RoleStatement,
  language: Language,
): string {
  const named = code(actions.patterns);
  const what = `${WORDS[effect === 'Allow' ? 'allow' : 'deny'][language]} ${actions.isNegated ? `${WORDS.except[language]} ` : ''}${named}`;
  const targets =
    principal !== undefined
      ? code([principal.id])
      : resources?.patterns.join() === '*'
        ? ''
        : `${WORDS[resources?.isNegated ? 'onAllBut' : 'on'][language]} ${code(resources?.patterns ?? [])}`;
  const given = Object.entries(conditions ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => `\`${key}\` ${operator} ${code(values)}`),
  );
  const where =
    given.length === 0 ? '' : `${targets === '' ? '' : ' '}${WORDS.where[language]} ${given.join(', ')}`;
  return `| \`${sid}\` | ${why[language]} | ${what} | ${targets}${where} |\n`;
}

const code = (patterns: readonly string[]): string =>
  patterns
    .map((pattern) => {
      const shown = Object.entries(LISTS).reduce(
        (words, [list, mark]) => words.replaceAll(mark, LIST_WORDS[list as keyof typeof LISTS]),
        pattern.replaceAll('{partition}', 'aws').replaceAll('{account}', 'ACCOUNT'),
      );
      return `\`${shown}\``;
    })
    .join(', ');
