import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WrittenFile } from '#credentials/core';
import type { Settings } from './settings.ts';

/** What runs in CI; paths from the repository's root. */
export const workflowFiles = (settings: Settings): readonly WrittenFile[] =>
  settings.ci === 'github'
    ? [
        { path: '.github/workflows/terraform.yml', text: reusable(settings) },
        { path: '.github/workflows/change.yml', text: caller(settings) },
      ]
    : [{ path: '.gitlab-ci.yml', text: gitlab(settings) }];

const template = (): string => readFileSync(join(import.meta.dirname, 'templates', 'terraform.yml'), 'utf8');

const reusable = ({ branch, publicUrl, source }: Settings): string =>
  template()
    .replaceAll('{branch}', branch)
    .replaceAll('{server}', publicUrl)
    .replaceAll('{action}', source.replace('@', '/action@'));

const caller = ({
  branch,
  repository,
  stacks,
}: Settings): string => `# Calls the protected workflow for every stack, from the protected branch.
# \`needs\` orders the stacks: put staging before production.
name: change
on:
  pull_request:
  push: { branches: [${JSON.stringify(branch)}] }
jobs:
${stacks
  .map(
    ({ name }) => `  ${name}:
    uses: ${repository.name}/.github/workflows/terraform.yml@${branch}
    with: { stack: ${name} }
    permissions: { contents: read, id-token: write }
`,
  )
  .join('')}`;

const gitlab = ({ branch, publicUrl, source, stacks }: Settings): string => {
  const [repository = '', commit = ''] = source.split('@');
  return `# Sekisho trusts this file at refs/heads/${branch}. Each request takes an id token of its own.
variables: { SEKISHO_URL: ${JSON.stringify(publicUrl)} }
stages: [plan, apply]
.sekisho:
  image: node:24 # with Terraform on PATH: use an image of your own
  id_tokens:
    SEKISHO_ID_TOKEN: { aud: ${JSON.stringify(publicUrl)} }
    SEKISHO_ID_TOKEN_2: { aud: ${JSON.stringify(publicUrl)} }
    SEKISHO_ID_TOKEN_3: { aud: ${JSON.stringify(publicUrl)} }
  before_script:
    - git clone --quiet https://github.com/${repository} .sekisho-cli
    - git -C .sekisho-cli checkout --quiet ${commit}
    - npm ci --omit=dev --ignore-scripts --prefix .sekisho-cli
${stacks
  .map(
    ({ name }) => `
plan ${name}:
  extends: .sekisho
  stage: plan
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event" || $CI_COMMIT_BRANCH == ${JSON.stringify(branch)}
  script:
    - .sekisho-cli/bin/sekisho ci plan --stack ${name}
`,
  )
  .join('')}`;
};
