import { err, ok, type Reason, type Result, text, verbatim } from '#core-values';
import type { PlaceOf } from '#platform/core';
import type { Account, Freeze, Organization, Person } from '../model.ts';
import type { ConfigurationInput } from '../schema.ts';
import type { ServerSettings } from '../server.ts';
import { resolveAccounts, resolveIssuers } from './accounts.ts';
import { type Faults, faultsOf, named, namedAll, type Table, tableOf } from './faults.ts';
import { resolvePeople } from './people.ts';
import { resolveServer } from './server.ts';
import { resolveStacks } from './stacks.ts';

/** What `sekisho.yaml` says, names resolved and cross-checked. */
export interface Configuration {
  readonly organization: Organization;
  readonly server: ServerSettings;
}

/** Checks the parts of a configuration against each other; every fault at once, each with its place. */
export function resolveConfiguration(
  config: ConfigurationInput,
  placeOf: PlaceOf,
): Result<Configuration, readonly Reason[]> {
  const faults = faultsOf(placeOf);
  const accounts = resolveAccounts(config, faults);
  const issuers = resolveIssuers(config, faults);
  const teams = tableOf('team', 'チーム', ['teams'], config.teams, faults);
  const people = resolvePeople(config, issuers, teams, faults);
  const stacks = resolveStacks(config, { accounts, issuers, teams, people }, faults);
  const server = resolveServer(config.server, teams, faults);
  const organization = {
    ...organizationOf(config, accounts, faults),
    accounts: [...accounts.byName.values()],
    issuers: [...issuers.byName.values()],
    stacks,
    teams: [...teams.byName.values()],
    people: [...people.byName.values()],
    breakGlass: peopleOf(config, 'breakGlass', people, faults),
    administrators: peopleOf(config, 'administrators', people, faults),
    freezes: resolveFreezes(config, faults),
  };
  return server === undefined || faults.reasons.length > 0
    ? err(faults.reasons)
    : ok(frozen({ organization, server }));
}

/** What is in force is shared by every request: nobody may change it on the way. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.values(value).forEach(frozen);
  return Object.freeze(value);
}

function organizationOf(
  { organization: { id, name, managementAccount } }: ConfigurationInput,
  accounts: Table<Account>,
  faults: Faults,
): Pick<Organization, 'id' | 'name' | 'managementAccount'> {
  const management =
    managementAccount && named(accounts, managementAccount, ['organization', 'managementAccount'], faults);
  return {
    name,
    ...(id === undefined ? {} : { id }),
    ...(management ? { managementAccount: management } : {}),
  };
}

const peopleOf = (
  config: ConfigurationInput,
  key: 'breakGlass' | 'administrators',
  people: Table<Person>,
  faults: Faults,
) => namedAll(people, config[key], [key], faults).map(({ name }) => name);

function resolveFreezes(config: ConfigurationInput, faults: Faults): readonly Freeze[] {
  for (const [index, { from, to }] of config.freezes.entries()) {
    if (from >= to) {
      faults.report(['freezes', index, 'to'], {
        rule: 'freeze.ends-before-it-starts',
        message: text('The freeze ends before it starts.', '凍結期間の終わりが始まりより前です。'),
        remedy: text('Swap or correct `from` and `to`.', '`from` と `to` を直してください。'),
      });
    }
  }
  const freezes = config.freezes.map((freeze) => ({ ...freeze, reason: verbatim(freeze.reason) }));
  return [...tableOf('freeze', '凍結期間', ['freezes'], freezes, faults).byName.values()];
}
