import type { AccountTemplate, AccountValues, RoleTemplate } from './model.ts';
import { attributes, comment, patternHcl, policyHcl, quotedHcl } from './terraform-text.ts';

/** A file of what is written out; the path is relative to the folder of all. */
export interface WrittenFile {
  readonly path: string;
  readonly text: string;
}

/** The module that makes everything of the template in the account whose credentials apply it. */
export const terraformModule = (
  template: AccountTemplate,
  accounts: readonly AccountValues[],
): readonly WrittenFile[] => [
  { path: 'versions.tf', text: VERSIONS },
  { path: 'variables.tf', text: variables(accounts) },
  { path: 'main.tf', text: main(template) },
  { path: 'outputs.tf', text: outputs(template) },
  { path: 'README.md', text: readme(template) },
];

const VERSIONS = `terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source = "hashicorp/aws"
      # From 5.81 on, an identity provider needs no thumbprint: AWS checks the certificate itself.
      version = ">= 5.81"
    }
  }
}
`;

const variables = (accounts: readonly AccountValues[]): string => `variable "accounts" {
  description = "What Sekisho may do in each account: its stacks (sekisho.yaml), and where their states are."
  type = map(object({
    stacks        = list(string)
    state_objects = list(string)
    lock_tables   = list(string)
  }))
  default = {
${accounts
  .map(
    ({ account, lists }) => `    ${quotedHcl(account)} = {
      stacks        = ${list(lists.stacks)}
      state_objects = ${list(lists.stateObjects)}
      lock_tables   = ${list(lists.lockTables)}
    }
`,
  )
  .join('')}  }
}
`;

const list = (values: readonly string[]): string => `[${values.map(quotedHcl).join(', ')}]`;

function main({ provider, guard, roles }: AccountTemplate): string {
  const blocks = [
    [
      'data "aws_caller_identity" "current" {}',
      'data "aws_partition" "current" {}',
      '',
      'locals {',
      '  account   = data.aws_caller_identity.current.account_id',
      '  partition = data.aws_partition.current.partition',
      '  here      = lookup(var.accounts, local.account, { stacks = [], state_objects = [], lock_tables = [] })',
      '}',
      '',
      '# Applied with the credentials of another account, nothing is made.',
      'resource "terraform_data" "account" {',
      '  lifecycle {',
      '    precondition {',
      '      condition     = contains(keys(var.accounts), local.account)',
      `      error_message = "Account \${local.account} is not in var.accounts: these are the credentials of another account, or sekisho init has not seen it yet."`,
      '    }',
      '  }',
      '}',
    ],
    ...(provider === undefined
      ? []
      : [
          [
            ...comment(provider.why.en, ''),
            'resource "aws_iam_openid_connect_provider" "sekisho" {',
            `  url            = ${quotedHcl(provider.url)}`,
            `  client_id_list = [${quotedHcl(provider.audience)}]`,
            '  depends_on     = [terraform_data.account]',
            '}',
          ],
        ]),
    [
      ...comment(guard.why.en, ''),
      'resource "aws_iam_policy" "guard" {',
      ...attributes(
        [
          ['name', quotedHcl(guard.name)],
          ['path', quotedHcl(guard.path)],
          ['description', '"Permissions boundary of the roles of Sekisho"'],
          ['policy', policyHcl(guard.policy)],
          ['depends_on', '[terraform_data.account]'],
        ],
        '  ',
      ),
      '}',
    ],
    ...roles.flatMap((role) => roleBlocks(role, provider !== undefined)),
  ];
  return `# Written by \`sekisho init\`. What each statement is for: docs/account-roles.md of Sekisho.\n\n${blocks
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n')}`;
}

function roleBlocks(role: RoleTemplate, hasProvider: boolean): readonly (readonly string[])[] {
  const { key, name, path, why, trust, managed, policy, isGuarded } = role;
  const needed = [
    'terraform_data.account',
    ...(hasProvider ? ['aws_iam_openid_connect_provider.sekisho'] : []),
  ];
  return [
    [
      ...comment(why.en, ''),
      `resource "aws_iam_role" "${key}" {`,
      ...attributes(
        [
          ['name', quotedHcl(name)],
          ['path', quotedHcl(path)],
          ['max_session_duration', '3600'],
          ...(isGuarded ? [['permissions_boundary', 'aws_iam_policy.guard.arn'] as const] : []),
          ['assume_role_policy', policyHcl(trust)],
          ['depends_on', `[${needed.join(', ')}]`],
        ],
        '  ',
      ),
      '}',
    ],
    ...managed.map(({ arn, why: reason }, at) => [
      ...comment(reason.en, ''),
      `resource "aws_iam_role_policy_attachment" "${key}${at === 0 ? '' : `_${at + 1}`}" {`,
      `  role       = aws_iam_role.${key}.name`,
      `  policy_arn = ${patternHcl(arn)}`,
      '}',
    ]),
    ...(policy.length === 0
      ? []
      : [
          [
            `resource "aws_iam_role_policy" "${key}" {`,
            ...attributes(
              [
                ['name', quotedHcl(name)],
                ['role', `aws_iam_role.${key}.name`],
                ['policy', policyHcl(policy)],
              ],
              '  ',
            ),
            '}',
          ],
        ]),
  ];
}

const outputs = ({ roles }: AccountTemplate): string =>
  roles
    .map(
      ({ key, setting }) => `output "${key}_role" {
  description = "For accounts[].${setting} of sekisho.yaml."
  value       = aws_iam_role.${key}.arn
}
`,
    )
    .join('\n');

const readme = ({
  provider,
  guard,
  roles,
}: AccountTemplate): string => `# What Sekisho needs in an AWS account

Written by \`sekisho init\`. An administrator applies it once in each account, with credentials of that account:

\`\`\`sh
export AWS_PROFILE=staging        # an administrator of the account
terraform init && terraform workspace select -or-create staging && terraform apply
\`\`\`

Keep this out of the stacks that Sekisho applies: no grant may change it, by the guard. Run \`sekisho init\` again when stacks or accounts are added.

| What | For |
|---|---|
${[
  ...(provider === undefined ? [] : [['identity provider', provider.why.en]]),
  [`policy \`${guard.name}\``, guard.why.en],
  ...roles.map(({ name, setting, why }) => [`role \`${name}\` (\`${setting}\`)`, why.en]),
]
  .map(([what, why]) => `| ${what} | ${why} |\n`)
  .join('')}
Why each statement is there stands above it in \`main.tf\`.
`;
