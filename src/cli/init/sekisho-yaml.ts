import { whereRead } from './order-questions.ts';
import type { Settings, StackSetting } from './settings.ts';

const PREFIX = 'sekisho-';

/** The proposed `sekisho.yaml`. It is loaded once before anybody sees it. */
export function sekishoYaml(settings: Settings): string {
  const { organization, people, team, publicUrl, trust, issuerUrl, ci, source } = settings;
  const [first] = people;
  return `# yaml-language-server: $schema=https://raw.githubusercontent.com/${source.replace('@', '/')}/schema/sekisho.schema.json
# Proposed by \`sekisho init\`. Whoever changes this file changes who may change production: keep it in a repository of its own, with a
# protected branch. Every key: docs/configuration.md of Sekisho.
version: 1

organization: { name: ${quoted(organization)} }

# Accounts, and the roles in them that sekisho-account/ makes. Policies guard \`production\` most.
accounts:
${settings.accounts.map(({ id, name, environment, partition }) => accountYaml(id, name, environment, partition)).join('')}
# Who vouches for CI jobs.
issuers:
  - { name: ${ci}, kind: ${ci === 'github' ? 'github-actions' : 'gitlab'}, url: ${issuerUrl} }

# One Terraform root module, one state, one account each. Trust goes by ids, not by names; names are for people.
# Add \`dependsOn: [other-stack]\` where a stack must be applied after another.
stacks:
${settings.stacks.map((stack, at) => stackYaml(stack, settings, at === 0)).join('')}
teams: [{ name: ${team} }]

# Nobody approves a change of their own, so one person is not enough. Keys sign approvals; best is one in hardware (ssh-keygen -t ed25519-sk).
people:
${people
  .map(
    ({ name, login, id, key }) => `  - name: ${quoted(name)}
    identities: [{ issuer: ${ci}, id: ${quoted(id)}, login: ${quoted(login)} }]
    teams: [${team}]
    keys: ${key === undefined ? '[] # to be added, before they approve' : `[${quoted(key)}]`}
`,
  )
  .join('')}
# Who may pass a plan without approvals, loudly; and who may look after the server.
breakGlass: [${first === undefined ? '' : quoted(first.name)}]
administrators: [${first === undefined ? '' : quoted(first.name)}]

server:
  publicUrl: ${publicUrl}
  encryption: { key: { file: sekisho.key } } # made at the first start; keep a copy elsewhere
${trust.kind === 'web-identity' ? `  aws: { access: web-identity${trust.issuerUrl === publicUrl ? '' : `, issuerUrl: ${trust.issuerUrl}`} }\n` : ''}`;
}

function accountYaml(id: string, name: string, environment: string, partition: string): string {
  const role = (key: string): string => `arn:${partition}:iam::${id}:role/${PREFIX}${key}`;
  return `  - id: ${quoted(id)}
    name: ${quoted(name)}
    environment: ${environment}
    planRole: ${role('plan')}
    applyRole: ${role('apply')}
    revokeRole: ${role('revoke')}
    policyRole: ${role('policy')}
`;
}

function stackYaml(stack: StackSetting, settings: Settings, isFirst: boolean): string {
  const { repository, ci, accounts, team } = settings;
  const account = accounts.find(({ id }) => id === stack.account)?.name ?? '';
  const named = `{ issuer: ${ci}, id: ${quoted(repository.id)}, ownerId: ${quoted(repository.ownerId)}, name: ${quoted(repository.name)} }`;
  const branch = `refs/heads/${settings.branch}`;
  return `  - name: ${quoted(stack.name)}
    repository: ${isFirst ? `&repository ${named}` : '*repository'}
    path: ${quoted(stack.path)}
    account: ${quoted(account)}
    region: ${stack.region}
    workflow: ${workflowOf(settings)}
${settings.branch === 'main' ? '' : `    apply: { refs: [${quoted(branch)}] }\n`}    approval: { team: ${team} }
${dependsOnYaml(stack)}`;
}

function dependsOnYaml({ dependsOn }: StackSetting): string {
  const lines = dependsOn
    .filter(({ closesCircle }) => !closesCircle)
    .map((one) => `      - ${quoted(one.name)} # reads its state: ${whereRead(one)}\n`);
  return lines.length === 0 ? '' : `    dependsOn:\n${lines.join('')}`;
}

/** The one file at one ref that may plan and apply. */
const workflowOf = ({ ci, repository, branch, issuerUrl }: Settings): string =>
  ci === 'github'
    ? `${repository.name}/.github/workflows/terraform.yml@refs/heads/${branch}`
    : `${issuerUrl.replace('https://', '')}/${repository.name}//.gitlab-ci.yml@refs/heads/${branch}`;

/** JSON is YAML. */
const quoted = (words: string): string =>
  /^[a-z][a-z0-9/_-]*$/.test(words) && !RESERVED.has(words) ? words : JSON.stringify(words);

/** What YAML, of either version, would not read as a text. */
const RESERVED = new Set(['true', 'false', 'null', 'yes', 'no', 'on', 'off', 'y', 'n']);
