import type { Region } from '#accounts/core';
import type { AccountId } from '#core-values';
import type { AccountTrust, GuardName } from '#credentials/core';
import { GUARD_NAMES } from '#credentials/core';
import type { Answers } from './answers.ts';
import { stateReads } from './order-questions.ts';
import { peopleOf, personKey, sshKeyKey } from './people-questions.ts';
import { accountNames, environmentKey, placesOf } from './place-questions.ts';
import type { Known } from './question.ts';
import type { StateDependency } from './state-dependencies.ts';

export interface StackSetting {
  readonly name: string;
  readonly path: string;
  readonly account: AccountId;
  readonly region: Region;
  readonly state?: { readonly bucket: string; readonly table?: string };
  readonly backend?: string;
  /** Stacks that are applied before it, because it reads their state. */
  readonly dependsOn: readonly (StateDependency & { readonly name: string })[];
}

export interface AccountSetting {
  readonly id: AccountId;
  readonly name: string;
  readonly environment: string;
  readonly partition: string;
}

export interface PersonSetting {
  /** As `sekisho.yaml` names people. */
  readonly name: string;
  readonly login: string;
  readonly id: string;
  readonly key?: string;
}

/** Everything that was answered, found or told, ready to be written. */
export interface Settings {
  readonly organization: string;
  readonly ci: 'github' | 'gitlab';
  readonly repository: { readonly name: string; readonly id: string; readonly ownerId: string };
  readonly branch: string;
  /** Of the CI's tokens. */
  readonly issuerUrl: string;
  readonly publicUrl: string;
  readonly trust: AccountTrust;
  readonly guards: readonly GuardName[];
  readonly isGuardRequiredOfNew: boolean;
  readonly module: 'terraform' | 'cloudformation' | 'both';
  /** `shop/sekisho@…`: for the workflow. */
  readonly source: string;
  readonly stacks: readonly StackSetting[];
  readonly accounts: readonly AccountSetting[];
  readonly team: string;
  readonly people: readonly PersonSetting[];
}

export interface Options {
  /** Of a GitLab or a GitHub Enterprise Server; else by the remote. */
  readonly issuerUrl?: string;
  readonly organizationId?: string;
  readonly withoutGuards: readonly string[];
}

/** The answers are complete and of their form: the interview has seen to it. */
export function settingsOf(known: Known, options: Options): Settings {
  const { answers } = known;
  const places = placesOf(known);
  const stacks = places.map(
    ({ stack, account, region }): StackSetting => ({
      ...{ name: stack.name, path: stack.path, account, region },
      ...(stack.state !== undefined && { state: stack.state }),
      ...(stack.backend !== undefined && { backend: stack.backend }),
      dependsOn: answers['depends-on'] === 'no' ? [] : stateReads(known, stack),
    }),
  );
  const ids = [...new Set(stacks.map(({ account }) => account))].toSorted();
  const names = accountNames(answers, ids);
  const ci = answers.ci === 'gitlab' ? 'gitlab' : 'github';
  return {
    organization: of(answers, 'name').trim(),
    ci,
    repository: {
      name: of(answers, 'repository'),
      id: of(answers, 'repository-id'),
      ownerId: of(answers, 'owner-id'),
    },
    branch: of(answers, 'branch'),
    issuerUrl: options.issuerUrl ?? issuerOf(ci, known.git.remote?.host),
    publicUrl: of(answers, 'server'),
    trust: trustOf(answers, options.organizationId),
    guards: GUARD_NAMES.filter((guard) => !options.withoutGuards.includes(guard)),
    isGuardRequiredOfNew: answers['guard-new-roles'] === 'yes',
    module: answers.module === 'both' || answers.module === 'cloudformation' ? answers.module : 'terraform',
    source: of(answers, 'source'),
    stacks,
    accounts: ids.map((id) => ({
      id,
      name: names.get(id) ?? id,
      environment: of(answers, environmentKey(id)),
      partition: partitionOf(stacks.find(({ account }) => account === id)?.region ?? ''),
    })),
    team: of(answers, 'team'),
    people: peopleOf(answers).map((login) => {
      const key = answers[sshKeyKey(login)] ?? '';
      return {
        name: login.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'),
        login,
        id: of(answers, personKey(login)),
        ...(key !== '' && { key: key.trim() }),
      };
    }),
  };
}

const of = (answers: Answers, key: string): string => answers[key] ?? '';

function trustOf(answers: Answers, organizationId: string | undefined): AccountTrust {
  if (answers.access === 'web-identity') return { kind: 'web-identity', issuerUrl: of(answers, 'server') };
  const serverRole = of(answers, 'server-role');
  return { kind: 'ambient', serverRole, ...(organizationId !== undefined && { organizationId }) };
}

/** https://docs.github.com/en/enterprise-server/actions/reference/openid-connect-reference, GitLab: the instance itself. */
function issuerOf(ci: Settings['ci'], host: string | undefined): string {
  if (ci === 'gitlab') return `https://${host ?? 'gitlab.com'}`;
  return host === undefined || host === 'github.com'
    ? 'https://token.actions.githubusercontent.com'
    : `https://${host}/_services/token`;
}

const partitionOf = (region: string): string =>
  region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
