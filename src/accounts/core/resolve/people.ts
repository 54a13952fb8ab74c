import { text } from '#core-values';
import type { Issuer, Person, Team } from '../model.ts';
import type { ConfigurationInput, PersonInput } from '../schema.ts';
import { type Faults, named, namedAll, type Table, tableOf, twice } from './faults.ts';
import { checkPeopleSignIn } from './sign-in.ts';

export function resolvePeople(
  config: ConfigurationInput,
  issuers: Table<Issuer>,
  teams: Table<Team>,
  faults: Faults,
): Table<Person> {
  refuseSharedKeys(config.people, faults);
  refuseSharedIdentities(config.people, faults);
  checkPeopleSignIn(config.people, config.server.signIn, faults);
  const people = config.people.map((person, index): Person => {
    const path = ['people', index] as const;
    for (const [at, { issuer }] of person.identities.entries()) {
      named(issuers, issuer, [...path, 'identities', at, 'issuer'], faults);
    }
    return {
      name: person.name,
      identities: person.identities.map(({ issuer, id, login }) => ({
        issuer,
        id,
        ...(login === undefined ? {} : { login }),
      })),
      teams: namedAll(teams, person.teams, [...path, 'teams'], faults).map(({ name }) => name),
      keys: person.keys.flatMap((key) => ('passkey' in key ? [] : [key])),
      passkeys: person.keys.flatMap((key) => ('passkey' in key ? [key.passkey] : [])),
      ...(person.signIn === undefined ? {} : { signIn: person.signIn }),
    };
  });
  return tableOf('person', '人', ['people'], people, faults);
}

/** One key for two people would let one of them approve twice. */
function refuseSharedKeys(people: readonly PersonInput[], faults: Faults): void {
  const owners = new Map<string, string>();
  for (const [index, person] of people.entries()) {
    for (const [at, key] of person.keys.entries()) {
      const shown = 'passkey' in key ? key.passkey : `${key.blob.slice(0, 24)}…`;
      const name = 'passkey' in key ? key.passkey : key.blob;
      const owner = owners.get(name);
      owners.set(name, owner ?? person.name);
      if (owner === undefined) continue;
      const path = ['people', index, 'keys', at];
      if (owner === person.name) faults.report(path, twice('key', '鍵', shown));
      else
        faults.report(path, {
          rule: 'person.key-shared',
          message: text(
            `${owner} has the same key: a signature could not tell who made it, and one person could approve twice.`,
            `${owner} も同じ鍵を持っています。誰の署名か区別できず、一人で二度承認できてしまいます。`,
          ),
          remedy: text('Give each person a key of their own.', '一人ひとりに別の鍵を用意してください。'),
        });
    }
  }
}

function refuseSharedIdentities(people: readonly PersonInput[], faults: Faults): void {
  const seen = new Set<string>();
  for (const [index, person] of people.entries()) {
    for (const [at, { issuer, id }] of person.identities.entries()) {
      const key = `${issuer} ${id}`;
      if (seen.has(key)) {
        faults.report(['people', index, 'identities', at, 'id'], twice('identity', 'ID', key));
      }
      seen.add(key);
    }
  }
}
