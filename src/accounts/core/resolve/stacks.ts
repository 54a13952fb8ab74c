import { text } from '#core-values';
import type { Account, Issuer, Person, Stack, Team } from '../model.ts';
import type { ConfigurationInput, StackInput } from '../schema.ts';
import { checkApprovers, checkTeamAtGitHub } from './approvers.ts';
import { inDependencyOrder } from './dependencies.ts';
import { type Faults, named, namedAll, type Table, tableOf } from './faults.ts';
import { resolveTrusts, resolveWorkflow } from './trust.ts';

/** What `terraform init` fetches for an AWS stack when the configuration does not say more. */
const DEFAULT_PROVIDERS = [
  'registry.terraform.io/hashicorp/aws',
  'registry.opentofu.org/hashicorp/aws',
  'terraform.io/builtin/terraform',
];

export interface StackTables {
  readonly accounts: Table<Account>;
  readonly issuers: Table<Issuer>;
  readonly teams: Table<Team>;
  readonly people: Table<Person>;
}

export function resolveStacks(
  config: ConfigurationInput,
  tables: StackTables,
  faults: Faults,
): readonly Stack[] {
  refuseOneFolderTwice(config.stacks, faults);
  const names = tableOf('stack', 'スタック', ['stacks'], config.stacks, faults);
  const stacks = config.stacks.map((stack, index) => {
    namedAll(names, stack.dependsOn, ['stacks', index, 'dependsOn'], faults);
    refuseServiceTwice(stack, index, faults);
    return resolveStack(stack, index, tables, faults);
  });
  // A cycle among stacks is told only where every stack stands: positions are those of the file.
  const whole = stacks.filter((stack) => stack !== undefined);
  return whole.length === stacks.length ? inDependencyOrder(whole, faults) : whole;
}

function resolveStack(
  stack: StackInput,
  index: number,
  tables: StackTables,
  faults: Faults,
): Stack | undefined {
  const path = ['stacks', index];
  const account = named(tables.accounts, stack.account, [...path, 'account'], faults);
  const issuer = named(tables.issuers, stack.repository.issuer, [...path, 'repository', 'issuer'], faults);
  const team = named(tables.teams, stack.approval.team, [...path, 'approval', 'team'], faults);
  const allowed = namedAll(tables.accounts, stack.allow.accounts, [...path, 'allow', 'accounts'], faults);
  const roles = account && rolesOf(account, path, faults);
  const workflow = issuer && resolveWorkflow(stack, issuer, path, faults);
  if (team !== undefined && issuer !== undefined) {
    const members = [...tables.people.byName.values()].filter(({ teams }) => teams.includes(team.name));
    checkApprovers({ team, issuer, members, accept: stack.approval.accept, path }, faults);
    checkTeamAtGitHub(team, { ...stack.repository, issuer }, [...path, 'approval', 'team'], faults);
  }
  if (!account || !issuer || !team || !roles || !workflow) return;
  return {
    name: stack.name,
    repository: { ...stack.repository, issuer },
    path: stack.path,
    account,
    region: stack.region,
    ...roles,
    workflow,
    ...(stack.workflowSha === undefined ? {} : { workflowSha: stack.workflowSha }),
    ...resolveTrusts(stack, issuer, path, faults),
    approval: { team: team.name, accept: stack.approval.accept },
    dependsOn: stack.dependsOn,
    ...(stack.services === undefined ? {} : { services: stack.services }),
    ...(stack.alsoAffectedBy === undefined ? {} : { alsoAffectedBy: stack.alsoAffectedBy }),
    allow: {
      providers: stack.allow.providers ?? DEFAULT_PROVIDERS,
      modules: stack.allow.modules,
      provisioners: stack.allow.provisioners,
      accounts: allowed,
    },
  };
}

function rolesOf(
  { name, planRole, applyRole }: Account,
  path: readonly (string | number)[],
  faults: Faults,
): Pick<Stack, 'planRole' | 'applyRole'> | undefined {
  if (planRole !== undefined && applyRole !== undefined) return { planRole, applyRole };
  faults.report([...path, 'account'], {
    rule: 'account.role-missing',
    message: text(
      `The account ${name} has no ${planRole === undefined ? 'planRole' : 'applyRole'}, which a stack needs.`,
      `アカウント ${name} に、スタックに必要な ${planRole === undefined ? 'planRole' : 'applyRole'} がありません。`,
    ),
    remedy: text(
      `Add planRole and applyRole to the account ${name}.`,
      `アカウント ${name} に planRole と applyRole を追加してください。`,
    ),
  });
  return;
}

function refuseServiceTwice({ services = [] }: StackInput, index: number, faults: Faults): void {
  for (const [at, name] of services.entries()) {
    if (services.indexOf(name) === at) continue;
    faults.report(['stacks', index, 'services', at], {
      rule: 'stack.service-twice',
      message: text(`The service ${name} is named twice.`, `サービス ${name} が重複しています。`),
      remedy: text('Name it once.', '1 つにしてください。'),
    });
  }
}

/** The same folder may be deployed to many accounts and regions, but to each only once: a stack has one state. */
function refuseOneFolderTwice(stacks: readonly StackInput[], faults: Faults): void {
  const seen = new Map<string, string>();
  for (const [index, { name, repository, path, account, region }] of stacks.entries()) {
    const key = [repository.issuer, repository.id, path, account, region].join(' ');
    const other = seen.get(key);
    seen.set(key, other ?? name);
    if (other === undefined) continue;
    faults.report(['stacks', index, 'path'], {
      rule: 'stack.folder-twice',
      message: text(
        `The stack ${other} already deploys this folder to the same account and region.`,
        `このフォルダーは、すでにスタック ${other} が同じアカウントとリージョンにデプロイしています。`,
      ),
      remedy: text(
        'Keep one of the two stacks, or correct path, account or region.',
        'どちらかのスタックを削除するか、path、account、region を直してください。',
      ),
    });
  }
}
